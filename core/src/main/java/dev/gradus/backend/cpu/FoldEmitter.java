package dev.gradus.backend.cpu;

import dev.gradus.expr.Fn;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;

/**
 * Emits the loop of a fold, for {@link LoopCompiler}. With vectors of 16, the 64 running results
 * are four vectors in registers:
 *
 * <pre>{@code
 * for (int i = 0; i < (n & -64); i += 64) {
 *     v0 = join(v0, … of the elements from i on);
 *     v1 = join(v1, … from i + 16 on);
 *     v2 = join(v2, … from i + 32 on);
 *     v3 = join(v3, … from i + 48 on);
 * }
 * … the last n % 64 elements, by way of memory
 * v0 = join(v0, v2);  v1 = join(v1, v3);  v0 = join(v0, v1);
 * v0 = join(v0, turnedBy8(v0));  …  v0 = join(v0, turnedBy1(v0));
 * out[outOffset] = first(v0);
 * }</pre>
 */
final class FoldEmitter {
    private final CodeBuilder code;
    private final LoopBody body;
    private final Fn join;
    private final double start;

    /** How many vectors of running results are kept in registers at a time. */
    private final int accumulators;

    FoldEmitter(
            CodeBuilder code, Program program, long splats, Reduction reduction, int accumulators) {
        this.code = code;
        this.body = new LoopBody(code, program, splats);
        this.join = reduction.fn();
        this.start = reduction.start();
        this.accumulators = accumulators;
    }

    /** The numbers are those of the method's parameters. */
    void emit(int lanes, int out, int outOffset, int outStep, int n, int rows) {
        int inLanes = body.wholeMultiple(n, Loops.FOLD_LANES);
        int inVectors = body.wholeMultiple(n, VectorFns.LANES);
        int zero = code.allocateLocal(TypeKind.INT);
        code.iconst_0().istore(zero);
        int end = code.allocateLocal(TypeKind.INT);
        code.loadConstant(Loops.FOLD_LANES).istore(end);
        body.when(inVectors, n, () -> emitEnds(lanes, inVectors, n, rows));
        int[] part = body.locals(Loops.FOLD_LANES / VectorFns.LANES, TypeKind.REFERENCE);
        boolean inRegisters = part.length <= accumulators;
        body.eachRow(
                rows,
                () -> {
                    if (inRegisters) {
                        emitLanes(part, zero, inLanes);
                    } else {
                        emitLanesInGroups(lanes, inLanes);
                    }
                    // To memory only where it must be: reading it back takes a while.
                    body.when(
                            inLanes,
                            n,
                            () -> {
                                if (inRegisters) {
                                    store(part, lanes, zero);
                                }
                                emitLastElements(lanes, end, inLanes, inVectors, n);
                                if (inRegisters) {
                                    load(part, lanes, zero);
                                }
                            });
                    if (!inRegisters) {
                        load(part, lanes, zero);
                    }
                    code.aload(out).iload(outOffset);
                    emitTree(part);
                    code.fastore();
                    body.advance(outOffset, outStep);
                });
        code.return_();
    }

    private void load(int[] vectors, int array, int at) {
        for (int k = 0; k < vectors.length; k++) {
            body.load(array, at, k * VectorFns.LANES);
            code.astore(vectors[k]);
        }
    }

    private void store(int[] vectors, int array, int at) {
        for (int k = 0; k < vectors.length; k++) {
            code.aload(vectors[k]);
            body.store(array, at, k * VectorFns.LANES);
        }
    }

    /** Some of the running results, those from {@code lane} on, of the first elements of a row. */
    private void emitLanes(int[] sum, int lane, int inLanes) {
        for (int local : sum) {
            body.all(start);
            code.astore(local);
        }
        body.loop(
                lane,
                inLanes,
                Loops.FOLD_LANES,
                i -> {
                    for (int k = 0; k < sum.length; k++) {
                        body.emitVectors(i, k * VectorFns.LANES);
                        code.aload(sum[k]);
                        body.vectorResult(0);
                        body.vectorFn(join);
                        code.astore(sum[k]);
                    }
                });
    }

    /**
     * With narrow vectors there are not enough registers for 64 lanes, and a large program cannot
     * be there four times: one pass over the data for each group. Every pass reads its own
     * elements.
     */
    private void emitLanesInGroups(int lanes, int inLanes) {
        int[] sum = body.locals(accumulators, TypeKind.REFERENCE);
        int zero = code.allocateLocal(TypeKind.INT);
        int stop = code.allocateLocal(TypeKind.INT);
        code.iconst_0().istore(zero).loadConstant(Loops.FOLD_LANES).istore(stop);
        body.loop(
                zero,
                stop,
                accumulators * VectorFns.LANES,
                lane -> {
                    emitLanes(sum, lane, inLanes);
                    store(sum, lanes, lane);
                });
    }

    /** The elements after the last whole 64, to lanes 0, 1, … */
    private void emitLastElements(int lanes, int end, int inLanes, int inVectors, int n) {
        int lane = code.allocateLocal(TypeKind.INT);
        code.iconst_0().istore(lane);
        body.loop(
                inLanes,
                inVectors,
                VectorFns.LANES,
                i -> {
                    body.emitVectors(i, 0);
                    body.load(lanes, lane, 0);
                    body.vectorResult(0);
                    body.vectorFn(join);
                    body.store(lanes, lane, 0);
                    code.iinc(lane, VectorFns.LANES);
                });
        body.when(
                inVectors,
                n,
                () -> {
                    int count = code.allocateLocal(TypeKind.INT);
                    code.iload(n).iload(inVectors).isub().istore(count);
                    body.load(lanes, lane, 0);
                    body.load(lanes, end, 0);
                    body.replaceFrom(count, start);
                    body.vectorFn(join);
                    body.store(lanes, lane, 0);
                    code.iinc(end, VectorFns.LANES);
                });
    }

    /**
     * The values for the last elements of all rows, less than a vector of each, behind the lanes: a
     * vector for each row. They come first, for the reason given in {@link LoopCompiler}, and as
     * reading a vector of what has just been stored as floats would have to wait.
     */
    private void emitEnds(int lanes, int inVectors, int n, int rows) {
        int end = code.allocateLocal(TypeKind.INT);
        int at = code.allocateLocal(TypeKind.INT);
        code.loadConstant(Loops.FOLD_LANES).istore(end);
        body.eachRow(
                rows,
                () -> {
                    code.iload(end).istore(at);
                    body.loop(
                            inVectors,
                            n,
                            1,
                            i -> {
                                body.emitScalars(i);
                                code.aload(lanes).iload(at);
                                body.scalarResult(0);
                                code.fastore().iinc(at, 1);
                            });
                    code.iinc(end, VectorFns.LANES);
                });
    }

    /** The join of all lanes onto the stack: halves with halves, down to one. */
    private void emitTree(int[] part) {
        for (int half = part.length / 2; half > 0; half /= 2) {
            for (int k = 0; k < half; k++) {
                code.aload(part[k]).aload(part[k + half]);
                body.vectorFn(join);
                code.astore(part[k]);
            }
        }
        for (int half = VectorFns.LANES / 2; half > 0; half /= 2) {
            code.aload(part[0]).aload(part[0]);
            body.vectorFn("turnedBy" + half);
            body.vectorFn(join);
            code.astore(part[0]);
        }
        code.aload(part[0]);
        body.first();
    }
}

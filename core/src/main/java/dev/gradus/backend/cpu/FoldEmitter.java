package dev.gradus.backend.cpu;

import dev.gradus.expr.Fn;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.util.Arrays;

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
 *
 * <p>Before that come rows of whole 64s, several at a time, if there are registers for it.
 */
final class FoldEmitter {
    private final CodeBuilder code;
    private final LoopBody body;
    private final Fn join;
    private final double start;

    /** How many vectors of a row's running results are kept in registers at a time. */
    private final int accumulators;

    /** The body once for each of the rows that are gone through side by side. */
    private final LoopBody[] bodies;

    FoldEmitter(
            CodeBuilder code,
            Program program,
            long splats,
            Reduction reduction,
            int accumulators,
            int rowsAtOnce) {
        this.code = code;
        this.body = new LoopBody(code, program, splats);
        this.join = reduction.fn();
        this.start = reduction.start();
        this.accumulators = accumulators;
        this.bodies = new LoopBody[rowsAtOnce];
        Arrays.setAll(bodies, r -> r == 0 ? body : new LoopBody(code, program, splats));
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
        int first = zero;
        if (bodies.length > 1) {
            first = body.wholeMultiple(rows, bodies.length);
            int sideBySide = first;
            body.when(inLanes, n, () -> code.iconst_0().istore(sideBySide));
            body.when(
                    zero, sideBySide, () -> emitSideBySide(out, outOffset, outStep, n, sideBySide));
        }
        body.eachRow(
                first,
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
                    emitResult(part, out, outOffset, outStep);
                });
        code.return_();
    }

    /**
     * Rows of whole 64s, some at a time: memory and caches are faster at several streams of data,
     * and the joins at the end of one row need not wait for each other.
     */
    private void emitSideBySide(int out, int outOffset, int outStep, int n, int rows) {
        int[][] parts = new int[bodies.length][];
        for (int r = 0; r < bodies.length; r++) {
            parts[r] = body.locals(Loops.FOLD_LANES / VectorFns.LANES, TypeKind.REFERENCE);
        }
        int zero = code.allocateLocal(TypeKind.INT);
        code.iconst_0().istore(zero);
        Runnable all =
                () -> {
                    for (int[] part : parts) {
                        clear(part);
                    }
                    body.loop(
                            zero,
                            n,
                            Loops.FOLD_LANES,
                            i -> {
                                for (int r = 0; r < bodies.length; r++) {
                                    emitJoins(bodies[r], parts[r], i);
                                }
                            });
                    for (int[] part : parts) {
                        emitResult(part, out, outOffset, outStep);
                    }
                };
        for (int r = 0; r < bodies.length; r++) {
            LoopBody each = bodies[r];
            Runnable inner = all;
            each.startAt(zero, r);
            all = () -> each.row(bodies.length, inner);
        }
        Runnable group = all;
        body.loop(zero, rows, bodies.length, row -> group.run());
    }

    private void emitResult(int[] part, int out, int outOffset, int outStep) {
        code.aload(out).iload(outOffset);
        emitTree(part);
        code.fastore();
        body.advance(outOffset, outStep);
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
        clear(sum);
        body.loop(lane, inLanes, Loops.FOLD_LANES, i -> emitJoins(body, sum, i));
    }

    private void clear(int[] sum) {
        body.all(start);
        for (int local : sum) {
            code.dup().astore(local);
        }
        code.pop();
    }

    /** The elements from i on, a vector for each running result. */
    private void emitJoins(LoopBody from, int[] sum, int i) {
        for (int k = 0; k < sum.length; k++) {
            from.emitVectors(i, k * VectorFns.LANES);
            code.aload(sum[k]);
            from.vectorResult(0);
            body.vectorFn(join);
            code.astore(sum[k]);
        }
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
        int zero = code.allocateLocal(TypeKind.INT);
        code.iconst_0().istore(zero);
        body.eachRow(
                zero,
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

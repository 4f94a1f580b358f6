package dev.gradus.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;

import org.jspecify.annotations.Nullable;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.function.Consumer;

/**
 * The second tier: a hot program becomes a class of its own, whose loop is what one would write by
 * hand with the Vector API. For relu(x0 · s0 + x1), with x1 the same for all elements of a row:
 *
 * <pre>{@code
 * float[] a0 = in[0];  int p0 = inOffset[0];  int d0 = inStep[0];
 * float[] a1 = in[1];  int p1 = inOffset[1];  int d1 = inStep[1];
 * FloatVector v2 = all(scalars[0]);
 * FloatVector v3 = all(0.0);
 * for (int row = 0; row < rows; row++) {
 *     FloatVector v1 = splat(a1, p1);
 *     for (int i = 0; i < (n & -LANES); i += LANES) {
 *         FloatVector v0 = load(a0, p0 + i);
 *         FloatVector v4 = mul(v0, v2);
 *         FloatVector v5 = add(v4, v1);
 *         FloatVector v6 = le(v5, v3);
 *         FloatVector v7 = where(v6, v3, v5);
 *         store(v7, b0, q0 + i);
 *     }
 *     p0 += d0;  p1 += d1;  q0 += e0;
 * }
 * … once more over all rows, for their last n % LANES elements as floats
 * }</pre>
 *
 * <p>A loop that took a lambda would be as fast for one expression and 20 times slower for three,
 * when the JIT compiler no longer knows what it calls: hence a class for each. The vector functions
 * called here are copied in by an {@link Inliner}. The last elements of rows are not: a call uses
 * all vector registers, and in the loop over rows C2 would load the functions' constants anew for
 * every vector, for which a GELU took half as long again. So they have a loop over rows of their
 * own.
 */
final class LoopCompiler {
    /**
     * The most bytes of a fold that holds its program several times, for each row and vector of
     * running results once. Of 7000, such as for a binary cross-entropy, the JIT compilers make
     * nothing: it would be ten times slower than one that holds the program once and passes over a
     * row four times.
     */
    private static final int LARGEST_WIDE_FOLD = 2500;

    /**
     * Rows at a time, and vectors of running results for each: what fits 32 registers of 512 bits.
     */
    private static final int[][] FOLD_SIZES =
            VectorFns.LANES == 16
                    ? new int[][] {{4, 4}, {2, 4}, {1, 4}, {1, 1}}
                    : new int[][] {{1, 4}, {1, 1}};

    private static final ClassDesc FLOATS = CD_float.arrayType();
    private static final ClassDesc FLOATS2 = FLOATS.arrayType();
    private static final ClassDesc INTS = CD_int.arrayType();
    private static final ClassDesc DOUBLES = CD_double.arrayType();

    private final CodeBuilder code;
    private final Program program;
    private final LoopBody body;

    private LoopCompiler(CodeBuilder code, Program program, long splats) {
        this.code = code;
        this.program = program;
        this.body = new LoopBody(code, program, splats);
    }

    /**
     * A class for {@code out[k][…] = expression k}; null if it would be too large to be compiled.
     */
    static Loops.@Nullable Map map(Program program, long splats) {
        MethodTypeDesc type =
                MethodTypeDesc.of(
                        CD_void, FLOATS2, INTS, INTS, DOUBLES, FLOATS2, INTS, INTS, CD_int, CD_int);
        return GeneratedLoop.define(
                Loops.Map.class,
                type,
                code -> new LoopCompiler(code, program, splats).emitMap(5, 6, 7, 8, 9));
    }

    /** A class that joins the program's only expression along each row; null as for a map. */
    static Loops.@Nullable Fold fold(Reduction reduction, Program program, long splats) {
        MethodTypeDesc type =
                MethodTypeDesc.of(
                        CD_void, FLOATS2, INTS, INTS, DOUBLES, FLOATS, FLOATS, CD_int, CD_int,
                        CD_int, CD_int);
        // Rows at once and vectors of running results of each: as much as is small enough.
        for (int[] size : FOLD_SIZES) {
            Consumer<CodeBuilder> body =
                    code ->
                            new FoldEmitter(code, program, splats, reduction, size[1], size[0])
                                    .emit(5, 6, 7, 8, 9, 10);
            boolean isSmallest = size == FOLD_SIZES[FOLD_SIZES.length - 1];
            int most = isSmallest ? GeneratedLoop.LARGEST_METHOD : LARGEST_WIDE_FOLD;
            Loops.Fold loop = GeneratedLoop.define(Loops.Fold.class, type, most, body);
            if (loop != null) {
                return loop;
            }
        }
        return null;
    }

    /** The numbers are those of the method's parameters. */
    private void emitMap(int out, int outOffset, int outStep, int n, int rows) {
        int zero = code.allocateLocal(TypeKind.INT);
        code.iconst_0().istore(zero);
        int whole = body.wholeMultiple(n, VectorFns.LANES);
        int[] target = body.locals(program.outputs(), TypeKind.REFERENCE);
        int[] offset = body.locals(program.outputs(), TypeKind.INT);
        int[] step = body.locals(program.outputs(), TypeKind.INT);
        Runnable start =
                () -> {
                    for (int k = 0; k < program.outputs(); k++) {
                        code.aload(out).loadConstant(k).aaload().astore(target[k]);
                        code.aload(outOffset).loadConstant(k).iaload().istore(offset[k]);
                        code.aload(outStep).loadConstant(k).iaload().istore(step[k]);
                    }
                };
        Runnable advance =
                () -> {
                    for (int k = 0; k < program.outputs(); k++) {
                        body.advance(offset[k], step[k]);
                    }
                };
        start.run();
        body.eachRow(
                zero,
                rows,
                () -> {
                    body.loop(
                            zero,
                            whole,
                            VectorFns.LANES,
                            i -> {
                                body.emitVectors(i, 0);
                                for (int k = 0; k < program.outputs(); k++) {
                                    body.vectorResult(k);
                                    body.storeElements(target[k], offset[k], i);
                                }
                            });
                    advance.run();
                });
        body.when(
                whole,
                n,
                () -> {
                    start.run();
                    body.eachRow(
                            zero,
                            rows,
                            () -> {
                                body.loop(
                                        whole,
                                        n,
                                        1,
                                        i -> {
                                            body.emitScalars(i);
                                            for (int k = 0; k < program.outputs(); k++) {
                                                code.aload(target[k]);
                                                code.iload(offset[k]).iload(i).iadd();
                                                body.scalarResult(k);
                                                code.fastore();
                                            }
                                        });
                                advance.run();
                            });
                });
        code.return_();
    }
}

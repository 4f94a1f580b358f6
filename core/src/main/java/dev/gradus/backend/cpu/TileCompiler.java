package dev.gradus.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;
import java.util.Objects;

/**
 * The one template of the innermost loops of {@link VectorGemm}. A tile is a few rows by a few
 * vectors of C, whose sums stay in registers; for 2 rows by 2 vectors, overwriting C, it is
 *
 * <pre>{@code
 * for (int i = 0; i < m; i += 2) {
 *     FloatVector c00 = 0, c01 = 0;
 *     FloatVector c10 = 0, c11 = 0;
 *     int ap = at;  int bp = bt;
 *     for (int p = 0; p < depth; p++) {
 *         FloatVector b0 = load(b, bp);
 *         FloatVector b1 = load(b, bp + LANES);
 *         FloatVector a0 = splat(a, ap);
 *         c00 = fma(a0, b0, c00);
 *         c01 = fma(a0, b1, c01);
 *         FloatVector a1 = splat(a, ap + aRow);
 *         c10 = fma(a1, b0, c10);
 *         c11 = fma(a1, b1, c11);
 *         ap += aStep;  bp += bStep;
 *     }
 *     store(c00, c, ct);
 *     store(c01, c, ct + LANES);
 *     store(c10, c, ct + cRow);
 *     store(c11, c, ct + cRow + LANES);
 *     at += 2 * aRow;  ct += 2 * cRow;
 * }
 * }</pre>
 *
 * <p>A class for each size, since C2 keeps a vector in a register only where it is a local variable
 * of its own. Three more things keep the loops fast: a method has under 2000 bytes of bytecode,
 * above which C2 may never compile it, so that it stays 70 times slower; there is no branch but the
 * loops, for when a branch is taken for the first time, C2 throws the compiled method away (so what
 * adds to C is another class than what overwrites it); and indices are stepped, not multiplied,
 * which leaves just enough registers for 4 rows by 3 vectors where there are 16.
 */
final class TileCompiler {
    private static final ClassDesc VECTOR = ClassDesc.of("jdk.incubator.vector", "FloatVector");
    private static final ClassDesc VECTOR_FNS = VectorFns.class.describeConstable().orElseThrow();
    private static final ClassDesc FLOATS = CD_float.arrayType();

    // The parameters of Loops.Tile.run.
    private static final int M = 1;
    private static final int DEPTH = 2;
    private static final int A = 3;
    private static final int AT = 4;
    private static final int A_ROW = 5;
    private static final int A_STEP = 6;
    private static final int B = 7;
    private static final int BT = 8;
    private static final int B_STEP = 9;
    private static final int C = 10;
    private static final int CT = 11;
    private static final int C_ROW = 12;

    private final CodeBuilder code;
    private final Inliner inliner;
    private final int rows;

    /** In a row, the half one included. */
    private final int vectors;

    /** Whether the last vector of a row is half as wide. */
    private final boolean endsInHalf;

    private TileCompiler(CodeBuilder code, int rows, int halves) {
        this.code = code;
        this.inliner = new Inliner(code);
        this.rows = rows;
        this.vectors = (halves + 1) / 2;
        this.endsInHalf = halves % 2 != 0;
    }

    /** A class for tiles of some rows by some half vectors, which adds to C or overwrites it. */
    static Loops.Tile compile(int rows, int halves, boolean adds) {
        MethodTypeDesc type =
                MethodTypeDesc.of(
                        CD_void, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, FLOATS, CD_int,
                        CD_int, FLOATS, CD_int, CD_int);
        Loops.Tile tile =
                GeneratedLoop.define(
                        Loops.Tile.class,
                        type,
                        code -> new TileCompiler(code, rows, halves).emit(adds));
        return Objects.requireNonNull(tile, "a tile is small");
    }

    private void emit(boolean adds) {
        int[] sums = locals(rows * vectors, TypeKind.REFERENCE);
        int i = code.allocateLocal(TypeKind.INT);
        code.iconst_0().istore(i);
        loop(
                i,
                M,
                rows,
                () -> {
                    for (int k = 0; k < sums.length; k++) {
                        code.dconst_0();
                        call("all" + half(k % vectors), VECTOR, CD_double);
                        code.astore(sums[k]);
                    }
                    emitSums(sums);
                    emitStores(sums, adds);
                    code.iload(AT).loadConstant(rows).iload(A_ROW).imul().iadd().istore(AT);
                });
        code.return_();
    }

    private void emitSums(int[] sums) {
        int ap = code.allocateLocal(TypeKind.INT);
        int bp = code.allocateLocal(TypeKind.INT);
        int p = code.allocateLocal(TypeKind.INT);
        int number = code.allocateLocal(TypeKind.REFERENCE);
        int halfNumber = code.allocateLocal(TypeKind.REFERENCE);
        int[] b = locals(vectors, TypeKind.REFERENCE);
        code.iload(AT).istore(ap).iload(BT).istore(bp).iconst_0().istore(p);
        loop(
                p,
                DEPTH,
                1,
                () -> {
                    for (int j = 0; j < vectors; j++) {
                        code.aload(B).iload(bp).loadConstant(j * VectorFns.LANES).iadd();
                        call("load" + half(j), VECTOR, FLOATS, CD_int);
                        code.astore(b[j]);
                    }
                    for (int r = 0; r < rows; r++) {
                        code.aload(A).iload(ap).loadConstant(r).iload(A_ROW).imul().iadd();
                        call("splat", VECTOR, FLOATS, CD_int);
                        code.astore(number);
                        if (endsInHalf) {
                            code.aload(number);
                            call("lowerHalf", VECTOR, VECTOR);
                            code.astore(halfNumber);
                        }
                        for (int j = 0; j < vectors; j++) {
                            int sum = sums[r * vectors + j];
                            code.aload(half(j).isEmpty() ? number : halfNumber);
                            code.aload(b[j]).aload(sum);
                            call("fma", VECTOR, VECTOR, VECTOR, VECTOR);
                            code.astore(sum);
                        }
                    }
                    code.iload(ap).iload(A_STEP).iadd().istore(ap);
                    code.iload(bp).iload(B_STEP).iadd().istore(bp);
                });
    }

    /** How the names of functions end that make vector number j of a row. */
    private String half(int j) {
        return endsInHalf && j == vectors - 1 ? "Half" : "";
    }

    private void emitStores(int[] sums, boolean adds) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < vectors; j++) {
                int shift = j * VectorFns.LANES;
                if (adds) {
                    code.aload(C).iload(CT).loadConstant(shift).iadd();
                    call("load" + half(j), VECTOR, FLOATS, CD_int);
                    code.aload(sums[r * vectors + j]);
                    call("add", VECTOR, VECTOR, VECTOR);
                } else {
                    code.aload(sums[r * vectors + j]);
                }
                code.aload(C).iload(CT).loadConstant(shift).iadd();
                call("store", CD_void, VECTOR, FLOATS, CD_int);
            }
            code.iload(CT).iload(C_ROW).iadd().istore(CT);
        }
    }

    private int[] locals(int count, TypeKind kind) {
        int[] slots = new int[count];
        Arrays.setAll(slots, k -> code.allocateLocal(kind));
        return slots;
    }

    /** {@code for (; i < end; i += step) body}. */
    private void loop(int i, int end, int step, Runnable body) {
        Label top = code.newBoundLabel();
        Label bottom = code.newLabel();
        code.iload(i).iload(end).if_icmpge(bottom);
        body.run();
        code.iinc(i, step).goto_(top);
        code.labelBinding(bottom);
    }

    private void call(String name, ClassDesc result, ClassDesc... parameters) {
        inliner.call(VECTOR_FNS, name, MethodTypeDesc.of(result, parameters));
    }
}

package dev.gradus.backend.cpu;

import dev.gradus.backend.cpu.Gemm.Matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of {@link VectorGemm}. Each overwrites a tile of C, 4 rows or 1 row by 1 to 4
 * vectors, with a product whose sums stay in registers: rows {@code i, i + 1, ...} of A times B go
 * to rows {@code ci, ci + 1, ...} of C, from its first column on. A has {@code depth} columns and
 * any strides; B and C have column stride 1.
 *
 * <p>The methods are written out by hand, because C2 keeps a vector in a register only where it is
 * a local variable of its own. Four more things keep them fast:
 *
 * <ul>
 *   <li>The largest has under 800 bytes of bytecode. From about 2000 on, C2 may never compile a
 *       method, and it stays 70 times slower.
 *   <li>There is no branch but the loop: when a branch is taken for the first time, C2 throws the
 *       compiled method away.
 *   <li>Strides are local variables: C2 would load a field again in every iteration (10 % slower).
 *   <li>Indices are stepped, not multiplied. This leaves just enough registers for 4 rows by 3
 *       vectors where there are 16 (25 % faster).
 * </ul>
 *
 * <p>The file is long because there are eight of them, all alike.
 */
final class VectorTile {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    /**
     * Vectors in a row of the widest tile, as many as the registers hold: x86 processors have 32
     * vector registers with AVX-512 and 16 without it, the others have 32.
     */
    static final int VECTORS =
            LANES < 16 && System.getProperty("os.arch", "").matches("amd64|x86_64") ? 3 : 4;

    private VectorTile() {}

    /** Computes 4 rows by {@code vectors} vectors. */
    static void fourRows(int vectors, int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        switch (vectors) {
            case 1 -> tile4x1(depth, a, i, b, c, ci);
            case 2 -> tile4x2(depth, a, i, b, c, ci);
            case 3 -> tile4x3(depth, a, i, b, c, ci);
            case 4 -> tile4x4(depth, a, i, b, c, ci);
            default -> throw new IllegalArgumentException("no tile has " + vectors + " vectors");
        }
    }

    /** Computes 1 row by {@code vectors} vectors. */
    static void oneRow(int vectors, int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        switch (vectors) {
            case 1 -> tile1x1(depth, a, i, b, c, ci);
            case 2 -> tile1x2(depth, a, i, b, c, ci);
            case 3 -> tile1x3(depth, a, i, b, c, ci);
            case 4 -> tile1x4(depth, a, i, b, c, ci);
            default -> throw new IllegalArgumentException("no tile has " + vectors + " vectors");
        }
    }

    private static void tile4x4(int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        float[] av = a.data();
        float[] bv = b.data();
        float[] cv = c.data();
        int row = a.rowStride();
        int aStep = a.colStride();
        int bStep = b.rowStride();
        int at = a.index(i, 0);
        int bt = b.offset();
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero, c01 = zero, c02 = zero, c03 = zero;
        FloatVector c10 = zero, c11 = zero, c12 = zero, c13 = zero;
        FloatVector c20 = zero, c21 = zero, c22 = zero, c23 = zero;
        FloatVector c30 = zero, c31 = zero, c32 = zero, c33 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, bv, bt);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bv, bt + LANES);
            FloatVector b2 = FloatVector.fromArray(SPECIES, bv, bt + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(SPECIES, bv, bt + 3 * LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, av[at]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            c03 = a0.fma(b3, c03);
            FloatVector a1 = FloatVector.broadcast(SPECIES, av[at + row]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            c12 = a1.fma(b2, c12);
            c13 = a1.fma(b3, c13);
            FloatVector a2 = FloatVector.broadcast(SPECIES, av[at + 2 * row]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            c22 = a2.fma(b2, c22);
            c23 = a2.fma(b3, c23);
            FloatVector a3 = FloatVector.broadcast(SPECIES, av[at + 3 * row]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            c32 = a3.fma(b2, c32);
            c33 = a3.fma(b3, c33);
            at += aStep;
            bt += bStep;
        }
        int ct = c.index(ci, 0);
        c00.intoArray(cv, ct);
        c01.intoArray(cv, ct + LANES);
        c02.intoArray(cv, ct + 2 * LANES);
        c03.intoArray(cv, ct + 3 * LANES);
        ct = c.index(ci + 1, 0);
        c10.intoArray(cv, ct);
        c11.intoArray(cv, ct + LANES);
        c12.intoArray(cv, ct + 2 * LANES);
        c13.intoArray(cv, ct + 3 * LANES);
        ct = c.index(ci + 2, 0);
        c20.intoArray(cv, ct);
        c21.intoArray(cv, ct + LANES);
        c22.intoArray(cv, ct + 2 * LANES);
        c23.intoArray(cv, ct + 3 * LANES);
        ct = c.index(ci + 3, 0);
        c30.intoArray(cv, ct);
        c31.intoArray(cv, ct + LANES);
        c32.intoArray(cv, ct + 2 * LANES);
        c33.intoArray(cv, ct + 3 * LANES);
    }

    private static void tile4x3(int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        float[] av = a.data();
        float[] bv = b.data();
        float[] cv = c.data();
        int row = a.rowStride();
        int aStep = a.colStride();
        int bStep = b.rowStride();
        int at = a.index(i, 0);
        int bt = b.offset();
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero, c01 = zero, c02 = zero;
        FloatVector c10 = zero, c11 = zero, c12 = zero;
        FloatVector c20 = zero, c21 = zero, c22 = zero;
        FloatVector c30 = zero, c31 = zero, c32 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, bv, bt);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bv, bt + LANES);
            FloatVector b2 = FloatVector.fromArray(SPECIES, bv, bt + 2 * LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, av[at]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            FloatVector a1 = FloatVector.broadcast(SPECIES, av[at + row]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            c12 = a1.fma(b2, c12);
            FloatVector a2 = FloatVector.broadcast(SPECIES, av[at + 2 * row]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            c22 = a2.fma(b2, c22);
            FloatVector a3 = FloatVector.broadcast(SPECIES, av[at + 3 * row]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            c32 = a3.fma(b2, c32);
            at += aStep;
            bt += bStep;
        }
        int ct = c.index(ci, 0);
        c00.intoArray(cv, ct);
        c01.intoArray(cv, ct + LANES);
        c02.intoArray(cv, ct + 2 * LANES);
        ct = c.index(ci + 1, 0);
        c10.intoArray(cv, ct);
        c11.intoArray(cv, ct + LANES);
        c12.intoArray(cv, ct + 2 * LANES);
        ct = c.index(ci + 2, 0);
        c20.intoArray(cv, ct);
        c21.intoArray(cv, ct + LANES);
        c22.intoArray(cv, ct + 2 * LANES);
        ct = c.index(ci + 3, 0);
        c30.intoArray(cv, ct);
        c31.intoArray(cv, ct + LANES);
        c32.intoArray(cv, ct + 2 * LANES);
    }

    private static void tile4x2(int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        float[] av = a.data();
        float[] bv = b.data();
        float[] cv = c.data();
        int row = a.rowStride();
        int aStep = a.colStride();
        int bStep = b.rowStride();
        int at = a.index(i, 0);
        int bt = b.offset();
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero, c01 = zero;
        FloatVector c10 = zero, c11 = zero;
        FloatVector c20 = zero, c21 = zero;
        FloatVector c30 = zero, c31 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, bv, bt);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bv, bt + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, av[at]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(SPECIES, av[at + row]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(SPECIES, av[at + 2 * row]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(SPECIES, av[at + 3 * row]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            at += aStep;
            bt += bStep;
        }
        int ct = c.index(ci, 0);
        c00.intoArray(cv, ct);
        c01.intoArray(cv, ct + LANES);
        ct = c.index(ci + 1, 0);
        c10.intoArray(cv, ct);
        c11.intoArray(cv, ct + LANES);
        ct = c.index(ci + 2, 0);
        c20.intoArray(cv, ct);
        c21.intoArray(cv, ct + LANES);
        ct = c.index(ci + 3, 0);
        c30.intoArray(cv, ct);
        c31.intoArray(cv, ct + LANES);
    }

    private static void tile4x1(int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        float[] av = a.data();
        float[] bv = b.data();
        float[] cv = c.data();
        int row = a.rowStride();
        int aStep = a.colStride();
        int bStep = b.rowStride();
        int at = a.index(i, 0);
        int bt = b.offset();
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero;
        FloatVector c10 = zero;
        FloatVector c20 = zero;
        FloatVector c30 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, bv, bt);
            FloatVector a0 = FloatVector.broadcast(SPECIES, av[at]);
            c00 = a0.fma(b0, c00);
            FloatVector a1 = FloatVector.broadcast(SPECIES, av[at + row]);
            c10 = a1.fma(b0, c10);
            FloatVector a2 = FloatVector.broadcast(SPECIES, av[at + 2 * row]);
            c20 = a2.fma(b0, c20);
            FloatVector a3 = FloatVector.broadcast(SPECIES, av[at + 3 * row]);
            c30 = a3.fma(b0, c30);
            at += aStep;
            bt += bStep;
        }
        c00.intoArray(cv, c.index(ci, 0));
        c10.intoArray(cv, c.index(ci + 1, 0));
        c20.intoArray(cv, c.index(ci + 2, 0));
        c30.intoArray(cv, c.index(ci + 3, 0));
    }

    private static void tile1x4(int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        float[] av = a.data();
        float[] bv = b.data();
        float[] cv = c.data();
        int aStep = a.colStride();
        int bStep = b.rowStride();
        int at = a.index(i, 0);
        int bt = b.offset();
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero, c01 = zero, c02 = zero, c03 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, bv, bt);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bv, bt + LANES);
            FloatVector b2 = FloatVector.fromArray(SPECIES, bv, bt + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(SPECIES, bv, bt + 3 * LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, av[at]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            c03 = a0.fma(b3, c03);
            at += aStep;
            bt += bStep;
        }
        int ct = c.index(ci, 0);
        c00.intoArray(cv, ct);
        c01.intoArray(cv, ct + LANES);
        c02.intoArray(cv, ct + 2 * LANES);
        c03.intoArray(cv, ct + 3 * LANES);
    }

    private static void tile1x3(int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        float[] av = a.data();
        float[] bv = b.data();
        float[] cv = c.data();
        int aStep = a.colStride();
        int bStep = b.rowStride();
        int at = a.index(i, 0);
        int bt = b.offset();
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero, c01 = zero, c02 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, bv, bt);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bv, bt + LANES);
            FloatVector b2 = FloatVector.fromArray(SPECIES, bv, bt + 2 * LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, av[at]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            c02 = a0.fma(b2, c02);
            at += aStep;
            bt += bStep;
        }
        int ct = c.index(ci, 0);
        c00.intoArray(cv, ct);
        c01.intoArray(cv, ct + LANES);
        c02.intoArray(cv, ct + 2 * LANES);
    }

    private static void tile1x2(int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        float[] av = a.data();
        float[] bv = b.data();
        float[] cv = c.data();
        int aStep = a.colStride();
        int bStep = b.rowStride();
        int at = a.index(i, 0);
        int bt = b.offset();
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero, c01 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, bv, bt);
            FloatVector b1 = FloatVector.fromArray(SPECIES, bv, bt + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, av[at]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            at += aStep;
            bt += bStep;
        }
        int ct = c.index(ci, 0);
        c00.intoArray(cv, ct);
        c01.intoArray(cv, ct + LANES);
    }

    private static void tile1x1(int depth, Matrix a, int i, Matrix b, Matrix c, int ci) {
        float[] av = a.data();
        float[] bv = b.data();
        float[] cv = c.data();
        int aStep = a.colStride();
        int bStep = b.rowStride();
        int at = a.index(i, 0);
        int bt = b.offset();
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector c00 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, bv, bt);
            FloatVector a0 = FloatVector.broadcast(SPECIES, av[at]);
            c00 = a0.fma(b0, c00);
            at += aStep;
            bt += bStep;
        }
        c00.intoArray(cv, c.index(ci, 0));
    }
}

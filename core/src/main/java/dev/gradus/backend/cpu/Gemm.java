package dev.gradus.backend.cpu;

/**
 * Single-precision matrix multiplication, {@code C[m, n] = A[m, k] B[k, n]}.
 *
 * <p><b>The bits of the result are part of the contract.</b> Floating-point addition is not
 * associative, so the order of the additions is fixed. For each element:
 *
 * <pre>{@code
 * c[i][j] = 0
 * for each slice [from, to) of [0, k), with from = 0, SLICE, 2 * SLICE, ...
 *     sum = 0
 *     for p = from, ..., to - 1
 *         sum = fma(a[i][p], b[p][j], sum)
 *     c[i][j] = from == 0 ? sum : c[i][j] + sum
 * }</pre>
 *
 * Nothing else enters: neither the vector width, nor the number of threads, nor how C is cut into
 * parts, nor whether the virtual machine has compiled the loops yet. (Which of the many bit
 * patterns of NaN a NaN has is left open.)
 *
 * <p>Implementations are safe to call from several threads at once.
 */
interface Gemm {

    /** The longest run of k that is summed before it is added to C. */
    int SLICE = 512;

    /** The fastest there is: with the Vector API where its incubator module was added. */
    static Gemm best() {
        return VectorModule.PRESENT ? new WarmingGemm() : new PlainGemm();
    }

    /**
     * Computes C, whose old contents do not matter. With {@code k = 0}, C is filled with zeros.
     *
     * @param a [m, k], any strides
     * @param b [k, n], any strides
     * @param c [m, n], column stride 1; must not overlap a or b
     */
    void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c);

    /**
     * Computes one of {@code parts} parts of C, which together are all of it: one for each thread.
     * The parts are blocks of rows, or of columns too where every thread would otherwise copy all
     * of B.
     */
    default void multiplyPart(
            int part, int parts, int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        Block block = block(part, parts, m, n, b);
        multiply(
                block.rows,
                block.columns,
                k,
                a.from(block.row, 0),
                b.from(0, block.column),
                c.from(block.row, block.column));
    }

    /** Which part of C {@link #multiplyPart} computes. */
    static Block block(int part, int parts, int m, int n, Matrix b) {
        boolean byColumns = b.colStride != 1 || m < 16 * parts;
        int columnParts = byColumns ? Math.clamp(n / 64, 1, parts) : 1;
        while (parts % columnParts != 0) {
            columnParts--;
        }
        int rowParts = parts / columnParts;
        int i0 = boundary(m, 8, part % rowParts, rowParts);
        int i1 = boundary(m, 8, part % rowParts + 1, rowParts);
        int j0 = boundary(n, 64, part / rowParts, columnParts);
        int j1 = boundary(n, 64, part / rowParts + 1, columnParts);
        return new Block(i0, i1 - i0, j0, j1 - j0);
    }

    /** Where part {@code part} of [0, size) starts, when all but the last end at a multiple. */
    private static int boundary(int size, int multiple, int part, int parts) {
        long tiles = Math.ceilDiv(size, multiple);
        return (int) Math.min(size, tiles * part / parts * multiple);
    }

    /** Whether copies and tiles cost more than they save. If so, k is a single slice. */
    static boolean isSmall(int m, int n, int k) {
        return (long) m * n * k <= SLICE;
    }

    /** {@link #multiply} where {@link #isSmall}: the definition, for four columns at a time. */
    static void multiplySmall(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        float[] av = a.data;
        float[] bv = b.data;
        float[] cv = c.data;
        int aStep = a.colStride;
        int bStep = b.rowStride;
        int column = b.colStride;
        for (int i = 0; i < m; i++) {
            int ai = a.index(i, 0);
            int ci = c.index(i, 0);
            int j = 0;
            for (; j + 4 <= n; j += 4) {
                int at = ai;
                int bt = b.index(0, j);
                float sum0 = 0;
                float sum1 = 0;
                float sum2 = 0;
                float sum3 = 0;
                for (int p = 0; p < k; p++) {
                    float x = av[at];
                    sum0 = Math.fma(x, bv[bt], sum0);
                    sum1 = Math.fma(x, bv[bt + column], sum1);
                    sum2 = Math.fma(x, bv[bt + 2 * column], sum2);
                    sum3 = Math.fma(x, bv[bt + 3 * column], sum3);
                    at += aStep;
                    bt += bStep;
                }
                cv[ci + j] = sum0;
                cv[ci + j + 1] = sum1;
                cv[ci + j + 2] = sum2;
                cv[ci + j + 3] = sum3;
            }
            for (; j < n; j++) {
                int at = ai;
                int bt = b.index(0, j);
                float sum = 0;
                for (int p = 0; p < k; p++) {
                    sum = Math.fma(av[at], bv[bt], sum);
                    at += aStep;
                    bt += bStep;
                }
                cv[ci + j] = sum;
            }
        }
    }

    /** Some rows and columns of a matrix. */
    record Block(int row, int rows, int column, int columns) {}

    /**
     * A matrix inside an array: element (i, j) is {@code data[offset + i * rowStride + j *
     * colStride]}. Strides may be zero or negative, so a transposed, sliced, flipped or expanded
     * matrix is one too.
     */
    record Matrix(float[] data, int offset, int rowStride, int colStride) {

        int index(int row, int column) {
            return offset + row * rowStride + column * colStride;
        }

        /** The matrix without its first {@code row} rows and {@code column} columns. */
        Matrix from(int row, int column) {
            boolean isAll = row == 0 && column == 0;
            return isAll ? this : new Matrix(data, index(row, column), rowStride, colStride);
        }

        /** The same elements with rows and columns exchanged. */
        Matrix transposed() {
            return new Matrix(data, offset, colStride, rowStride);
        }
    }
}

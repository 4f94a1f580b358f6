// Plain matrix products, in the type of the operands and in the order of k, so that roundings add
// up as in the worst case of a device's. Compiled for this machine's processor.
#include "cublas.h"
#include <vector>

namespace emulator {
namespace {

// op(A) as k rows of m numbers each, which the inner loop reads from left to right.
template <class T> void pack(const Gemm<T>& g, std::vector<T>& packed) {
    packed.resize((size_t) g.k * g.m);
    for (int l = 0; l < g.k; l++) {
        for (int i = 0; i < g.m; i++) {
            packed[(size_t) l * g.m + i] =
                    g.transposeA ? g.a[(size_t) i * g.lda + l] : g.a[(size_t) l * g.lda + i];
        }
    }
}

// Columns j to j + COLUMNS of C at once, so that each number of A that is loaded serves several
// products.
template <class T, int COLUMNS>
void columns(const Gemm<T>& g, const T* __restrict__ a, int j, T* __restrict__ sums) {
    for (int i = 0; i < COLUMNS * g.m; i++) sums[i] = 0;
    for (int l = 0; l < g.k; l++) {
        T b[COLUMNS];
        for (int c = 0; c < COLUMNS; c++) {
            b[c] = g.transposeB ? g.b[(size_t) l * g.ldb + j + c]
                                : g.b[(size_t) (j + c) * g.ldb + l];
        }
        const T* __restrict__ row = a + (size_t) l * g.m;
        for (int i = 0; i < g.m; i++) {
            for (int c = 0; c < COLUMNS; c++) sums[c * g.m + i] += row[i] * b[c];
        }
    }
    for (int c = 0; c < COLUMNS; c++) {
        T* out = g.c + (size_t) (j + c) * g.ldc;
        for (int i = 0; i < g.m; i++) {
            T product = g.alpha * sums[c * g.m + i];
            out[i] = g.beta == 0 ? product : product + g.beta * out[i];
        }
    }
}

} // namespace

template <class T> void multiply(const Gemm<T>& g) {
    constexpr int AT_ONCE = 4;
    std::vector<T> packed, sums((size_t) AT_ONCE * g.m);
    pack(g, packed);
    int j = 0;
    for (; j + AT_ONCE <= g.n; j += AT_ONCE) columns<T, AT_ONCE>(g, packed.data(), j, sums.data());
    for (; j < g.n; j++) columns<T, 1>(g, packed.data(), j, sums.data());
}

template void multiply(const Gemm<float>&);
template void multiply(const Gemm<double>&);

} // namespace emulator

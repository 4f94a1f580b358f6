// Between the functions of cuBLAS and the arithmetic.
#pragma once
#include <cstddef>

namespace emulator {

// C = alpha * op(A) op(B) + beta * C, all column by column; op transposes where the flag says so. C
// is not read where beta is 0.
template <class T> struct Gemm {
    bool transposeA, transposeB;
    int m, n, k;
    T alpha, beta;
    const T* a;
    int lda;
    const T* b;
    int ldb;
    T* c;
    int ldc;
};

template <class T> void multiply(const Gemm<T>& gemm);

} // namespace emulator

// The functions of libcublas.so.12: handles, and matrix products whose operands are checked.
#include "cublas.h"
#include "emulator.h"
#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <set>

using namespace emulator;

namespace {

enum Status {
    SUCCESS = 0,
    NOT_INITIALIZED = 1,
    INVALID_VALUE = 7,
    EXECUTION_FAILED = 13,
    NOT_SUPPORTED = 15
};

struct Handle {
    void* stream = nullptr;
    int pointerMode = 0; // 1: alpha and beta are on the device
    int mathMode = 0;
    int atomicsMode = 0;
};

std::mutex lock;
std::set<Handle*> handles;

bool isHandle(Handle* handle) {
    std::lock_guard<std::mutex> guard(lock);
    if (handles.count(handle)) return true;
    report("cuBLAS was given a handle that does not exist");
    return false;
}

// An operand of one product: its columns lie `leading` elements apart.
struct Matrix {
    DevicePointer at;
    int rows, columns, leading;
    long long stride; // from one product of the batch to the next

    size_t extent() const { return rows && columns ? (size_t) (columns - 1) * leading + rows : 0; }
    // The memory of one product, of elements of that width.
    void* product(int number, size_t width, const char* user) const {
        if (!extent()) return (void*) width; // not null, and not used
        if (at % width) report("%s: an operand's address is not a multiple of %zu", user, width);
        return deviceMemory(at + number * stride * (long long) width, extent() * width, user);
    }
    bool fits() const { return rows >= 0 && columns >= 0 && leading >= std::max(1, rows); }
    // Whether two products of a batch of that size share an element: they may lie behind each
    // other, or side by side.
    bool overlaps(int count) const {
        long long apart = std::abs(stride);
        bool behind = apart >= (long long) extent();
        bool beside = apart >= rows && apart * (count - 1) + rows <= leading;
        return count > 1 && !behind && !beside;
    }
};

template <class T> struct Products {
    bool transposeA, transposeB;
    int k, count;
    const T *alpha, *beta;
    Matrix a, b, c;
};

template <class T> bool perform(const Products<T>& p, T alpha, T beta, const char* user) {
    for (int i = 0; i < p.count; i++) {
        const T* a = (const T*) p.a.product(i, sizeof(T), user);
        const T* b = (const T*) p.b.product(i, sizeof(T), user);
        T* c = (T*) p.c.product(i, sizeof(T), user);
        if (!a || !b || !c) return false;
        multiply(Gemm<T>{p.transposeA, p.transposeB, p.c.rows, p.c.columns, p.k, alpha, beta, a,
                         p.a.leading, b, p.b.leading, c, p.c.leading});
    }
    return true;
}

// alpha or beta, which is on the device where the handle says so.
template <class T> bool read(Handle* handle, const T* at, const char* user, T* value) {
    if (handle->pointerMode) {
        at = (const T*) deviceMemory((DevicePointer) at, sizeof(T), user);
    } else if ((DevicePointer) at >> 48) {
        report("%s: alpha or beta is a device pointer, but the pointer mode is the host's", user);
        return false;
    }
    if (!at) return false;
    *value = *at;
    return true;
}

template <class T> int gemm(Handle* handle, const Products<T>& p, const char* user) {
    if (!isHandle(handle)) return NOT_INITIALIZED;
    if (p.count < 0 || p.k < 0 || !p.a.fits() || !p.b.fits() || !p.c.fits()) {
        report("%s: m=%d n=%d k=%d do not go with lda=%d ldb=%d ldc=%d", user, p.c.rows,
               p.c.columns, p.k, p.a.leading, p.b.leading, p.c.leading);
        return INVALID_VALUE;
    }
    if (!p.alpha || !p.beta) return INVALID_VALUE;
    if (!p.count || !p.c.rows || !p.c.columns) return SUCCESS;
    if (usable()) return EXECUTION_FAILED;
    // Now, while the caller can be told; and when the stream comes to it, once more.
    for (int i = 0; i < p.count; i++) {
        for (const Matrix* operand : {&p.a, &p.b, &p.c}) {
            if (!operand->product(i, sizeof(T), user)) return EXECUTION_FAILED;
        }
    }
    if (p.c.overlaps(p.count)) {
        report("%s: the products of the batch overlap, ldc=%d stride=%lld", user, p.c.leading,
               p.c.stride);
        return INVALID_VALUE;
    }
    countBlasCall();
    bool later = handle->pointerMode;
    T alpha = 0, beta = 0;
    if (!later && (!read(handle, p.alpha, user, &alpha) || !read(handle, p.beta, user, &beta)))
        return INVALID_VALUE;
    int error = submit(handle->stream, [=]() mutable {
        if (usable()) return;
        if (later && (!read(handle, p.alpha, user, &alpha) || !read(handle, p.beta, user, &beta)))
            return;
        perform(p, alpha, beta, user);
    });
    return error ? EXECUTION_FAILED : SUCCESS;
}

template <class T>
Products<T> products(int opA, int opB, int m, int n, int k, const T* alpha, DevicePointer a,
                     int lda, long long strideA, DevicePointer b, int ldb, long long strideB,
                     const T* beta, DevicePointer c, int ldc, long long strideC, int count) {
    Products<T> p = {opA != 0, opB != 0, k, count, alpha, beta, {}, {}, {}};
    p.a = {a, opA ? k : m, opA ? m : k, lda, strideA};
    p.b = {b, opB ? n : k, opB ? k : n, ldb, strideB};
    p.c = {c, m, n, ldc, strideC};
    return p;
}

} // namespace

#define CUBLAS_API EMULATOR_API int
#define NEED(handle) \
    if (!isHandle(handle)) return NOT_INITIALIZED

CUBLAS_API cublasCreate_v2(Handle** result) {
    if (usable()) return NOT_INITIALIZED;
    std::lock_guard<std::mutex> guard(lock);
    handles.insert(*result = new Handle);
    return SUCCESS;
}

CUBLAS_API cublasDestroy_v2(Handle* handle) {
    NEED(handle);
    std::lock_guard<std::mutex> guard(lock);
    handles.erase(handle); // queued products may still name it
    return SUCCESS;
}

CUBLAS_API cublasGetVersion_v2(Handle*, int* version) {
    *version = 120603;
    return SUCCESS;
}

CUBLAS_API cublasSetStream_v2(Handle* handle, void* stream) {
    NEED(handle);
    handle->stream = stream;
    return SUCCESS;
}

CUBLAS_API cublasGetStream_v2(Handle* handle, void** stream) {
    NEED(handle);
    *stream = handle->stream;
    return SUCCESS;
}

#define MODE(name, field) \
    CUBLAS_API cublasSet##name(Handle* handle, int value) { \
        NEED(handle); \
        handle->field = value; \
        return SUCCESS; \
    } \
    CUBLAS_API cublasGet##name(Handle* handle, int* value) { \
        NEED(handle); \
        *value = handle->field; \
        return SUCCESS; \
    }
MODE(PointerMode_v2, pointerMode)
MODE(MathMode, mathMode)
MODE(AtomicsMode, atomicsMode)

CUBLAS_API cublasSetWorkspace_v2(Handle* handle, DevicePointer workspace, size_t bytes) {
    NEED(handle);
    return !bytes || deviceMemory(workspace, bytes, "cublasSetWorkspace") ? SUCCESS : INVALID_VALUE;
}

EMULATOR_API const char* cublasGetStatusName(int status) {
    switch (status) {
    case SUCCESS: return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "CUBLAS_STATUS_INTERNAL_ERROR";
    }
}

EMULATOR_API const char* cublasGetStatusString(int status) { return cublasGetStatusName(status); }

#define GEMM(L, T) \
    CUBLAS_API cublas##L##gemm_v2(Handle* handle, int opA, int opB, int m, int n, int k, \
                                  const T* alpha, DevicePointer a, int lda, DevicePointer b, \
                                  int ldb, const T* beta, DevicePointer c, int ldc) { \
        return gemm( \
                handle, \
                products<T>(opA, opB, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1), \
                "cublas" #L "gemm"); \
    } \
    CUBLAS_API cublas##L##gemmStridedBatched(Handle* handle, int opA, int opB, int m, int n, \
                                             int k, const T* alpha, DevicePointer a, int lda, \
                                             long long strideA, DevicePointer b, int ldb, \
                                             long long strideB, const T* beta, DevicePointer c, \
                                             int ldc, long long strideC, int count) { \
        return gemm(handle, \
                    products<T>(opA, opB, m, n, k, alpha, a, lda, strideA, b, ldb, strideB, beta, \
                                c, ldc, strideC, count), \
                    "cublas" #L "gemmStridedBatched"); \
    }
GEMM(S, float)
GEMM(D, double)

extern "C" int cudaEmulatorUnsupported(const char* name) {
    report("%s is not emulated", name);
    return NOT_SUPPORTED;
}

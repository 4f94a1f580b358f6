// Lets g++ compile CUDA C++ for the emulator. It includes no system header, since NVRTC has none:
// what NVRTC would reject (INFINITY, uint32_t, M_PI, std::) stays undefined here too.
#pragma once
#include "kernel_abi.h"

typedef __SIZE_TYPE__ size_t;

#define __CUDACC__ 1
#define __CUDACC_RTC__ 1
#ifndef __CUDA_ARCH__
#define __CUDA_ARCH__ 900
#endif

// ---- qualifiers

#define __global__ __attribute__((visibility("default")))
#define __device__
#define __host__
#define __constant__
#define __grid_constant__
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
// One block runs at a time, so shared memory is static memory without an initial value. The linker
// puts that from "__bss_start" to "_end", and the driver poisons it before each block. It is "used"
// or a variable that is never written would be read as zero. The emulated NVRTC rewrites
// `extern __shared__`, the dynamic kind.
#define __shared__ static __attribute__((used))
#define EMULATOR_NOT_SHARED __attribute__((section(".data")))

extern char __bss_start[] __attribute__((visibility("hidden")));
extern char _end[] __attribute__((visibility("hidden")));

// ---- where a thread is

typedef EmulatorIndex uint3;
typedef EmulatorIndex dim3;

static EmulatorModule emulatorModule EMULATOR_NOT_SHARED;

#define threadIdx (*emulatorModule.thread)
#define blockIdx ((const EmulatorIndex&) emulatorModule.block)
#define blockDim ((const EmulatorIndex&) emulatorModule.blockSize)
#define gridDim ((const EmulatorIndex&) emulatorModule.gridSize)
#define warpSize 32

static inline int emulatorLane() {
    return (threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) & 31;
}

// ---- barriers, warps. A site is a place in the source: all threads must arrive at the same one.

#define EMULATOR_SITE (__LINE__ | __COUNTER__ << 16)
#define __syncthreads() emulatorModule.runtime->barrier(EMULATOR_SITE)
#define __threadfence() ((void) 0)
#define __threadfence_block() ((void) 0)
#define __trap() emulatorModule.runtime->trap(__LINE__)

template <class T>
static inline T emulatorShuffle(unsigned site, unsigned mask, T value, int lane) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof value);
    bits = emulatorModule.runtime->warp(EMULATOR_SHUFFLE, mask, bits, lane, site);
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}
template <class T>
static inline T emulatorShuffleFrom(unsigned site, unsigned mask, T value, int lane,
                                    int width = 32) {
    return emulatorShuffle(site, mask, value,
                           (emulatorLane() & ~(width - 1)) | (lane & (width - 1)));
}
template <class T>
static inline T emulatorShuffleDown(unsigned site, unsigned mask, T value, unsigned by,
                                    int width = 32) {
    int self = emulatorLane(), other = self + (int) by;
    return emulatorShuffle(site, mask, value,
                           (self & (width - 1)) + (int) by < width ? other : self);
}
template <class T>
static inline T emulatorShuffleUp(unsigned site, unsigned mask, T value, unsigned by,
                                  int width = 32) {
    int self = emulatorLane(), other = self - (int) by;
    return emulatorShuffle(site, mask, value, (self & (width - 1)) >= (int) by ? other : self);
}
template <class T>
static inline T emulatorShuffleXor(unsigned site, unsigned mask, T value, int bits,
                                   int width = 32) {
    int self = emulatorLane(), other = self ^ bits;
    return emulatorShuffle(site, mask, value,
                           (other | (width - 1)) <= (self | (width - 1)) ? other : self);
}
#define __shfl_sync(...) emulatorShuffleFrom(EMULATOR_SITE, __VA_ARGS__)
#define __shfl_down_sync(...) emulatorShuffleDown(EMULATOR_SITE, __VA_ARGS__)
#define __shfl_up_sync(...) emulatorShuffleUp(EMULATOR_SITE, __VA_ARGS__)
#define __shfl_xor_sync(...) emulatorShuffleXor(EMULATOR_SITE, __VA_ARGS__)

static inline unsigned emulatorBallot(unsigned site, unsigned mask, bool vote) {
    return (unsigned) emulatorModule.runtime->warp(EMULATOR_BALLOT, mask, vote, 0, site);
}
static inline bool emulatorAll(unsigned site, unsigned mask, bool vote) {
    return emulatorBallot(site, mask, !vote) == 0;
}
static inline void emulatorSyncWarp(unsigned site, unsigned mask = 0xffffffffu) {
    emulatorModule.runtime->warp(EMULATOR_SYNCHRONIZE, mask, 0, 0, site);
}
#define __ballot_sync(mask, vote) emulatorBallot(EMULATOR_SITE, mask, (vote) != 0)
#define __any_sync(mask, vote) (emulatorBallot(EMULATOR_SITE, mask, (vote) != 0) != 0)
#define __all_sync(mask, vote) emulatorAll(EMULATOR_SITE, mask, (vote) != 0)
#define __syncwarp(...) emulatorSyncWarp(EMULATOR_SITE __VA_OPT__(, ) __VA_ARGS__)

// ---- atomics: only barriers and warp operations interleave threads, so plain code is atomic

template <class T> struct EmulatorSame {
    typedef T Type;
};
#define EMULATOR_ATOMIC(name, replacement) \
    template <class T> static inline T name(T* at, typename EmulatorSame<T>::Type value) { \
        T old = *at; \
        *at = replacement; \
        return old; \
    }
EMULATOR_ATOMIC(atomicAdd, (T) (old + value))
EMULATOR_ATOMIC(atomicSub, (T) (old - value))
EMULATOR_ATOMIC(atomicExch, value)
EMULATOR_ATOMIC(atomicMax, value > old ? value : old)
EMULATOR_ATOMIC(atomicMin, value < old ? value : old)
EMULATOR_ATOMIC(atomicAnd, (T) (old & value))
EMULATOR_ATOMIC(atomicOr, (T) (old | value))
EMULATOR_ATOMIC(atomicXor, (T) (old ^ value))
template <class T>
static inline T atomicCAS(T* at, typename EmulatorSame<T>::Type expected,
                          typename EmulatorSame<T>::Type value) {
    T old = *at;
    if (old == expected) *at = value;
    return old;
}
template <class T> static inline T __ldg(const T* at) { return *at; }

// ---- vectors, aligned as on the device

#define EMULATOR_VECTORS(T, name) \
    struct __align__(2 * sizeof(T)) name##2 { T x, y; }; \
    struct name##3 { T x, y, z; }; \
    struct __align__(16) name##4 { T x, y, z, w; }; \
    static inline name##2 make_##name##2(T x, T y) { return {x, y}; } \
    static inline name##3 make_##name##3(T x, T y, T z) { return {x, y, z}; } \
    static inline name##4 make_##name##4(T x, T y, T z, T w) { return {x, y, z, w}; }
EMULATOR_VECTORS(float, float)
EMULATOR_VECTORS(double, double)
EMULATOR_VECTORS(int, int)
struct __align__(8) uint2 {
    unsigned x, y;
};
struct __align__(16) uint4 {
    unsigned x, y, z, w;
};
static inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
static inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) {
    return {x, y, z, w};
}

#include "cuda_math.h"

// ---- the table of kernels, which the emulated NVRTC writes below the source

template <class T> struct EmulatorIsPointer {
    static constexpr unsigned char value = 0;
};
template <class T> struct EmulatorIsPointer<T*> {
    static constexpr unsigned char value = 1;
};
template <int... I> struct EmulatorNumbers {};
template <class... A> struct EmulatorArguments {
    static constexpr unsigned sizes[] = {(unsigned) sizeof(A)..., 0};
    static constexpr unsigned char arePointers[] = {EmulatorIsPointer<A>::value..., 0};
    template <int... I>
    static inline void pass(void (*function)(), void** arguments, EmulatorNumbers<I...>) {
        ((void (*)(A...)) function)(*(A*) arguments[I]...);
    }
    static void call(void (*function)(), void** arguments) {
        pass(function, arguments, EmulatorNumbers<__integer_pack(sizeof...(A))...>());
    }
};
template <class... A>
static inline EmulatorKernel emulatorKernel(const char* name, void (*function)(A...),
                                            unsigned maxThreads) {
    typedef EmulatorArguments<A...> Arguments;
    return {name,
            (void (*)()) function,
            Arguments::call,
            Arguments::sizes,
            Arguments::arePointers,
            maxThreads};
}
// clang-format off
#define EMULATOR_KERNELS_BEGIN static EmulatorKernel emulatorKernels[] EMULATOR_NOT_SHARED = {
#define EMULATOR_KERNELS_END \
    {}}; \
    extern "C" __attribute__((visibility("default"))) EmulatorModule* cudaEmulatorModule() { \
        emulatorModule.kernels = emulatorKernels; \
        emulatorModule.sharedStart = __bss_start; \
        emulatorModule.sharedEnd = _end; \
        return &emulatorModule; \
    }
// clang-format on

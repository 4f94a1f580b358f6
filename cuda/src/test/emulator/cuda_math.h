// The part of cuda_shim.h that is arithmetic: what CUDA C++ offers without a header.
#pragma once

extern "C" {
int printf(const char*, ...);
#define EMULATOR_FLOATING(name) \
    float name##f(float); \
    double name(double);
#define EMULATOR_FLOATING_OF_TWO(name) \
    float name##f(float, float); \
    double name(double, double);
EMULATOR_FLOATING(exp)
EMULATOR_FLOATING(exp2)
EMULATOR_FLOATING(expm1)
EMULATOR_FLOATING(log)
EMULATOR_FLOATING(log2)
EMULATOR_FLOATING(log10)
EMULATOR_FLOATING(log1p)
EMULATOR_FLOATING(sqrt)
EMULATOR_FLOATING(cbrt)
EMULATOR_FLOATING(sin)
EMULATOR_FLOATING(cos)
EMULATOR_FLOATING(tan)
EMULATOR_FLOATING(asin)
EMULATOR_FLOATING(acos)
EMULATOR_FLOATING(atan)
EMULATOR_FLOATING(sinh)
EMULATOR_FLOATING(cosh)
EMULATOR_FLOATING(tanh)
EMULATOR_FLOATING(erf)
EMULATOR_FLOATING(erfc)
EMULATOR_FLOATING(lgamma)
EMULATOR_FLOATING(tgamma)
EMULATOR_FLOATING(floor)
EMULATOR_FLOATING(ceil)
EMULATOR_FLOATING(round)
EMULATOR_FLOATING(trunc)
EMULATOR_FLOATING(rint)
EMULATOR_FLOATING(nearbyint)
EMULATOR_FLOATING(fabs)
EMULATOR_FLOATING_OF_TWO(pow)
EMULATOR_FLOATING_OF_TWO(fmod)
EMULATOR_FLOATING_OF_TWO(remainder)
EMULATOR_FLOATING_OF_TWO(fmax)
EMULATOR_FLOATING_OF_TWO(fmin)
EMULATOR_FLOATING_OF_TWO(atan2)
EMULATOR_FLOATING_OF_TWO(copysign)
EMULATOR_FLOATING_OF_TWO(hypot)
float fmaf(float, float, float);
double fma(double, double, double);
float ldexpf(float, int);
double ldexp(double, int);
void sincosf(float, float*, float*);
void sincos(double, double*, double*);
int abs(int);
}

// C++ overloads for float
#define EMULATOR_OVERLOAD(name) \
    static inline float name(float a) { return name##f(a); }
EMULATOR_OVERLOAD(exp)
EMULATOR_OVERLOAD(log)
EMULATOR_OVERLOAD(sqrt)
EMULATOR_OVERLOAD(tanh)
EMULATOR_OVERLOAD(sin)
EMULATOR_OVERLOAD(cos)
EMULATOR_OVERLOAD(erf)
EMULATOR_OVERLOAD(fabs)
EMULATOR_OVERLOAD(floor)
EMULATOR_OVERLOAD(ceil)
EMULATOR_OVERLOAD(log1p)
EMULATOR_OVERLOAD(expm1)
static inline float pow(float a, float b) { return powf(a, b); }
static inline float fma(float a, float b, float c) { return fmaf(a, b, c); }
static inline float abs(float a) { return fabsf(a); }
static inline double abs(double a) { return fabs(a); }
#define isnan(a) __builtin_isnan(a)
#define isinf(a) (__builtin_isinf_sign(a) != 0)
#define isfinite(a) __builtin_isfinite(a)
#define signbit(a) (__builtin_signbit(a) != 0)

static inline float rsqrtf(float a) { return 1 / sqrtf(a); }
static inline double rsqrt(double a) { return 1 / sqrt(a); }

// The fast ones of the device are the exact ones here.
#define __expf expf
#define __logf logf
#define __sinf sinf
#define __cosf cosf
#define __powf powf
#define __fsqrt_rn sqrtf
#define __fmaf_rn fmaf
static inline float __fdividef(float a, float b) { return a / b; }
static inline float __frcp_rn(float a) { return 1 / a; }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline float __saturatef(float a) { return fminf(fmaxf(a, 0), 1); }

// ---- bits

template <class To, class From> static inline To emulatorBits(From from) {
    static_assert(sizeof(To) == sizeof(From), "");
    To to;
    __builtin_memcpy(&to, &from, sizeof to);
    return to;
}
static inline float __int_as_float(int a) { return emulatorBits<float>(a); }
static inline int __float_as_int(float a) { return emulatorBits<int>(a); }
static inline float __uint_as_float(unsigned a) { return emulatorBits<float>(a); }
static inline unsigned __float_as_uint(float a) { return emulatorBits<unsigned>(a); }
static inline double __longlong_as_double(long long a) { return emulatorBits<double>(a); }
static inline long long __double_as_longlong(double a) { return emulatorBits<long long>(a); }
static inline int __float2int_rn(float a) { return (int) rintf(a); }
static inline int __float2int_rz(float a) { return (int) a; }
static inline int __popc(unsigned a) { return __builtin_popcount(a); }
static inline int __clz(int a) { return a ? __builtin_clz((unsigned) a) : 32; }
static inline int __ffs(int a) { return __builtin_ffs(a); }
static inline unsigned __umulhi(unsigned a, unsigned b) {
    return (unsigned) ((unsigned long long) a * b >> 32);
}
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return (unsigned long long) ((unsigned __int128) a * b >> 64);
}

#define EMULATOR_MIN_MAX(T) \
    static inline T min(T a, T b) { return b < a ? b : a; } \
    static inline T max(T a, T b) { return a < b ? b : a; }
EMULATOR_MIN_MAX(int)
EMULATOR_MIN_MAX(unsigned)
EMULATOR_MIN_MAX(long)
EMULATOR_MIN_MAX(unsigned long)
EMULATOR_MIN_MAX(long long)
EMULATOR_MIN_MAX(unsigned long long)
static inline float min(float a, float b) { return fminf(a, b); }
static inline float max(float a, float b) { return fmaxf(a, b); }
static inline double min(double a, double b) { return fmin(a, b); }
static inline double max(double a, double b) { return fmax(a, b); }

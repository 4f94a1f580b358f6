// What every kernel may use. NVRTC compiles without headers, so what is needed stands here.
// fn_NAME is the primitive function NAME of an expression, for float, double and int where it has an integer form.

#define DEVICE static __device__ __forceinline__

DEVICE float bits_as_float(unsigned bits) { return __int_as_float((int) bits); }
DEVICE double bits_as_double(unsigned long long bits) { return __longlong_as_double((long long) bits); }

// ---- functions of one number that CUDA has under its own name

#define FLOATING(name, forFloat, forDouble) \
    DEVICE float fn_##name(float a) { return forFloat(a); } \
    DEVICE double fn_##name(double a) { return forDouble(a); }

FLOATING(abs, fabsf, fabs)
FLOATING(sqrt, sqrtf, sqrt)
FLOATING(exp, expf, exp)
FLOATING(log, logf, log)
FLOATING(log1p, log1pf, log1p)
FLOATING(sin, sinf, sin)
FLOATING(cos, cosf, cos)
FLOATING(tanh, tanhf, tanh)
FLOATING(erf, erff, erf)
FLOATING(floor, floorf, floor)

// Ints wrap around, as Java's do; in C++ only unsigned numbers may.
DEVICE int fn_abs(int a) { return a < 0 ? (int) (0u - (unsigned) a) : a; }
DEVICE int fn_floor(int a) { return a; }

DEVICE float fn_neg(float a) { return -a; }
DEVICE double fn_neg(double a) { return -a; }
DEVICE int fn_neg(int a) { return (int) (0u - (unsigned) a); }

template <class F> DEVICE F fn_sigmoid(F a) { return F(1) / (F(1) + fn_exp(-a)); }

// ---- functions of two

DEVICE float fn_add(float a, float b) { return a + b; }
DEVICE double fn_add(double a, double b) { return a + b; }
DEVICE int fn_add(int a, int b) { return (int) ((unsigned) a + (unsigned) b); }

DEVICE float fn_sub(float a, float b) { return a - b; }
DEVICE double fn_sub(double a, double b) { return a - b; }
DEVICE int fn_sub(int a, int b) { return (int) ((unsigned) a - (unsigned) b); }

DEVICE float fn_mul(float a, float b) { return a * b; }
DEVICE double fn_mul(double a, double b) { return a * b; }
DEVICE int fn_mul(int a, int b) { return (int) ((unsigned) a * (unsigned) b); }

DEVICE float fn_div(float a, float b) { return a / b; }
DEVICE double fn_div(double a, double b) { return a / b; }

// C's pow says 1 for 1^NaN and for (±1)^±∞; the specification, as Java, says NaN.
template <class F> DEVICE bool powIsUndefined(F a, F b) {
    return b != b || (fn_abs(a) == F(1) && fn_abs(b) > F(3.0e38) && b - b != F(0));
}
DEVICE float fn_pow(float a, float b) {
    return powIsUndefined(a, b) ? bits_as_float(0x7fc00000u) : powf(a, b);
}
DEVICE double fn_pow(double a, double b) {
    return powIsUndefined(a, b) ? bits_as_double(0x7ff8000000000000ull) : pow(a, b);
}

DEVICE float fn_rem(float a, float b) { return fmodf(a, b); }
DEVICE double fn_rem(double a, double b) { return fmod(a, b); }
DEVICE int fn_rem(int a, int b) { return b == 0 || b == -1 ? 0 : a % b; }

// The larger and the smaller one: NaN if either is, and −0 is below 0. fmaxf would hide a NaN.
DEVICE float bothZeros(float a, float b, bool negative) {
    unsigned x = (unsigned) __float_as_int(a), y = (unsigned) __float_as_int(b);
    return bits_as_float(negative ? x | y : x & y);
}
DEVICE double bothZeros(double a, double b, bool negative) {
    unsigned long long x = (unsigned long long) __double_as_longlong(a);
    unsigned long long y = (unsigned long long) __double_as_longlong(b);
    return bits_as_double(negative ? x | y : x & y);
}
template <class F> DEVICE F largest(F a, F b) {
    return a > b ? a : b > a ? b : a == b ? bothZeros(a, b, false) : a + b;
}
template <class F> DEVICE F smallest(F a, F b) {
    return a < b ? a : b < a ? b : a == b ? bothZeros(a, b, true) : a + b;
}
DEVICE float fn_max(float a, float b) { return largest(a, b); }
DEVICE double fn_max(double a, double b) { return largest(a, b); }
DEVICE int fn_max(int a, int b) { return a > b ? a : b; }
DEVICE float fn_min(float a, float b) { return smallest(a, b); }
DEVICE double fn_min(double a, double b) { return smallest(a, b); }
DEVICE int fn_min(int a, int b) { return a < b ? a : b; }

template <class F> DEVICE F fn_softplus(F a) { return fn_max(a, F(0)) + fn_log1p(fn_exp(-fn_abs(a))); }

template <class F> DEVICE F fn_eq(F a, F b) { return a == b ? F(1) : F(0); }
template <class F> DEVICE F fn_lt(F a, F b) { return a < b ? F(1) : F(0); }
template <class F> DEVICE F fn_le(F a, F b) { return a <= b ? F(1) : F(0); }

template <class F> DEVICE F fn_where(F a, F b, F c) { return a != F(0) ? b : c; }

// ---- where elements lie

const int MAX_RANK = 12;

// The place of element number `flat`, in row-major order, of axes with these sizes, for one operand's strides.
DEVICE long long place(unsigned flat, int rank, const unsigned* size, const int* stride) {
    long long at = 0;
    for (int axis = rank - 1; axis > 0; axis--) {
        unsigned rest = flat / size[axis];
        at += (long long) (flat - rest * size[axis]) * stride[axis];
        flat = rest;
    }
    return rank > 0 ? at + (long long) flat * stride[0] : at;
}

DEVICE unsigned threadNumber() { return blockIdx.x * blockDim.x + threadIdx.x; }
DEVICE unsigned threadCount() { return gridDim.x * blockDim.x; }

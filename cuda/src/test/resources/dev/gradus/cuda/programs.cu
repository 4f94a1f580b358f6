// What kernels do, rightly; EmulatorProgramsTest compares with Java.

__device__ __forceinline__ unsigned number() { return blockIdx.x * blockDim.x + threadIdx.x; }
__device__ __forceinline__ unsigned count() { return gridDim.x * blockDim.x; }

template <class T> __device__ T sumOfWarp(T value) {
#pragma unroll
    for (int by = 16; by > 0; by /= 2) value += __shfl_down_sync(0xffffffffu, value, by);
    return value;
}

// A template that is no static function, with shared memory of its own
template <class T> __device__ T sumOfBlock(T value) {
    __shared__ T part[32];
    value = sumOfWarp(value);
    if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = value;
    __syncthreads();
    value = threadIdx.x < blockDim.x / 32 ? part[threadIdx.x] : T(0);
    return threadIdx.x < 32 ? sumOfWarp(value) : value;
}

extern "C" __global__ void __launch_bounds__(256) add4(const float4* a, const float4* b, float4* __restrict__ c, int n) {
    for (unsigned i = number(); i < n; i += count()) {
        c[i] = make_float4(a[i].x + b[i].x, a[i].y + b[i].y, a[i].z + b[i].z, a[i].w + b[i].w);
    }
}

extern "C" __global__ void sumFloats(const float* x, float* out, int n) {
    float sum = 0;
    for (unsigned i = number(); i < n; i += count()) sum += x[i];
    sum = sumOfBlock(sum);
    if (threadIdx.x == 0) atomicAdd(out, sum);
}

extern "C" __global__ void sumDoubles(const double* x, double* out, int n) {
    double sum = 0;
    for (unsigned i = number(); i < n; i += count()) sum += x[i];
    sum = sumOfBlock(sum);
    if (threadIdx.x == 0) atomicAdd(out, sum);
}

// Dynamic shared memory and a tree of barriers
extern "C" __global__ void sumTree(const float* x, float* out, int n) {
    extern __shared__ __align__(16) float part[];
    float sum = 0;
    for (unsigned i = threadIdx.x; i < n; i += blockDim.x) sum += x[i];
    part[threadIdx.x] = sum;
    __syncthreads();
    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) out[0] = part[0];
}

// A warp for each row
extern "C" __global__ void softmax(const float* x, float* y, int rows, int n) {
    int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= rows) return;
    float most = -3.4e38f, sum = 0;
    for (int i = lane; i < n; i += 32) most = fmaxf(most, x[row * n + i]);
    for (int bits = 16; bits > 0; bits /= 2) most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, bits));
    for (int i = lane; i < n; i += 32) sum += expf(x[row * n + i] - most);
    sum = __shfl_sync(0xffffffffu, sumOfWarp(sum), 0);
    for (int i = lane; i < n; i += 32) y[row * n + i] = expf(x[row * n + i] - most) / sum;
}

struct Strided {
    int n, rank;
    const float* in[2];
    float* out;
    double scale;
    unsigned size[4];
    int stride[2][4];
};

extern "C" __global__ void strided(const Strided p, float shift) {
    for (unsigned i = number(); i < p.n; i += count()) {
        long long at[2] = {0, 0};
        unsigned rest = i;
        for (int axis = p.rank - 1; axis >= 0; axis--) {
            unsigned place = rest % p.size[axis];
            rest /= p.size[axis];
            for (int k = 0; k < 2; k++) at[k] += (long long) place * p.stride[k][axis];
        }
        p.out[i] = (float) (p.in[0][at[0]] * p.scale) + p.in[1][at[1]] + shift;
    }
}

extern "C" __global__ void votes(const int* x, unsigned* out) {
    int mine = x[threadIdx.x];
    unsigned positive = __ballot_sync(0xffffffffu, mine > 0);
    bool any = __any_sync(0xffffffffu, mine > 5), all = __all_sync(0xffffffffu, mine > -5);
    int before = __shfl_up_sync(0xffffffffu, mine, 1), inHalf = __shfl_sync(0xffffffffu, mine, 3, 16);
    double wide = __shfl_xor_sync(0xffffffffu, (double) mine, 31);
    __syncwarp();
    unsigned* row = out + 6 * threadIdx.x;
    row[0] = positive;
    row[1] = any;
    row[2] = all;
    row[3] = before;
    row[4] = inHalf;
    row[5] = (unsigned) (int) wide;
}

extern "C" __global__ void atomics(int* ints, unsigned* words, float* floats, double* doubles) {
    atomicAdd(&ints[0], 2);
    atomicMax(&ints[1], (int) number());
    atomicMin(&ints[2], -(int) number());
    atomicCAS(&ints[3], 0, 7);
    atomicOr(&words[0], 1u << threadIdx.x % 32);
    atomicExch(&words[1], 5u);
    atomicAdd(&floats[0], 0.5f);
    atomicAdd(&doubles[0], 0.25);
}

extern "C" __global__ void functionsOfFloats(const float* x, float* y, int n) {
    float a = x[threadIdx.x], s, c;
    sincosf(a, &s, &c);
    float all[] = {expf(a), logf(fabsf(a)), log1pf(fabsf(a)), expm1f(a), sinf(a), cosf(a), tanhf(a), erff(a), floorf(a),
                   rintf(a), truncf(a), sqrtf(fabsf(a)), powf(fabsf(a), 1.5f), fmodf(a, 0.75f), fmaf(a, a, -1.f),
                   s, c, rsqrtf(fabsf(a)), exp(a), (float) isnan(a), (float) isinf(a / 0.f),
                   __int_as_float(__float_as_int(a) ^ 1), (float) __umulhi(3000000000u, 3000000000u),
                   (float) __popc(__float_as_uint(a)), max(a, 0.f), min(a, 0.f)};
    for (int i = 0; i < n; i++) y[threadIdx.x * n + i] = all[i];
}

extern "C" __global__ void functionsOfDoubles(const double* x, double* y, int n) {
    double a = x[threadIdx.x], s, c;
    sincos(a, &s, &c);
    double all[] = {exp(a), log(fabs(a)), log1p(fabs(a)), expm1(a), sin(a), cos(a), tanh(a), erf(a), floor(a), rint(a),
                    trunc(a), sqrt(fabs(a)), pow(fabs(a), 1.5), fmod(a, 0.75), fma(a, a, -1.), s, c, rsqrt(fabs(a)),
                    (double) __umul64hi(1ull << 63, 6), __longlong_as_double(__double_as_longlong(a) ^ 1)};
    for (int i = 0; i < n; i++) y[threadIdx.x * n + i] = all[i];
}

template <class T, int N> __global__ void scaled(T* x) { x[threadIdx.x] *= N; }

// Each kernel has the fault that its name says; EmulatorSelfTest looks for it, by the line where there is one.
template <class T> __device__ T firstShared(T value) {
    __shared__ T s[64];
    s[1 + threadIdx.x % 63] = value;
    __syncthreads();
    return s[0];
}

extern "C" {

__global__ void writes(float* x, int at) {
    x[at] = 1.f; // LINE writes
}

__global__ void reads(float* x, int at) {
    x[0] = x[at]; // LINE reads
}

__global__ void increments(float* x, int n) {
    int i = threadIdx.x;
    if (i < n) x[i] = -(x[i] + 1.f);
}

struct Rows {
    int n, stride;
    float* x;
    long long rest;
};

__global__ void rows(const Rows p) {
    if (threadIdx.x < p.n) p.x[threadIdx.x * p.stride] += 1.f;
}

__global__ void oneBranchWaits(float* x) {
    if (threadIdx.x < 16) __syncthreads(); // LINE oneBranchWaits
    x[threadIdx.x] = 1.f;
}

__global__ void branchesWaitApart(float* x) {
    if (threadIdx.x < 16) {
        __syncthreads();
    } else {
        x[threadIdx.x] = 1.f;
        __syncthreads();
    }
}

__global__ void returnsBeforeBarrier(float* x, int n) {
    if (threadIdx.x >= n) return;
    __syncthreads();
    x[threadIdx.x] = 1.f;
}

// Right only where thread i runs before thread i + 1.
__global__ void lacksBarrier(const float* x, float* y) {
    __shared__ float s[64];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    if (threadIdx.x > 0) s[threadIdx.x] += s[threadIdx.x - 1];
    __syncthreads();
    y[threadIdx.x] = s[threadIdx.x];
}

__global__ void readsUnwrittenShared(float* y) {
    __shared__ float s[64];
    if (threadIdx.x) s[threadIdx.x] = 1.f;
    __syncthreads();
    y[threadIdx.x] = s[63 - threadIdx.x];
}

__global__ void readsUnwrittenSharedOfTemplate(float* y) {
    y[threadIdx.x] = firstShared(1.f);
}

// Right only where the first block runs first.
__global__ void lacksOrderOfBlocks(int* order) {
    order[1 + blockIdx.x] = order[0];
    order[0]++;
}

__global__ void leavesLaneOut(int* x) {
    x[threadIdx.x] = __shfl_sync(0x0000ffffu, (int) threadIdx.x, 0); // LINE leavesLaneOut
}

__global__ void halfWarpShuffles(int* x) {
    if (threadIdx.x < 16) x[threadIdx.x] = __shfl_xor_sync(0xffffffffu, (int) threadIdx.x, 1);
    else __syncthreads();
}

__global__ void shufflesFromAbsentLane(float* x) {
    if (threadIdx.x < 16) x[threadIdx.x] = __shfl_sync(0x0000ffffu, 1.f, 20);
    else x[threadIdx.x] = 1.f;
}

__global__ void misaligned(float* x) {
    ((float4*) (x + 1))[0] = make_float4(1.f, 2.f, 3.f, 4.f); // LINE misaligned
}

__global__ void misalignedPair(float* x) {
    float2 pair = *(const float2*) (x + 1); // LINE misalignedPair
    x[0] = pair.x;
}

__global__ void leavesSharedArray(float* x) {
    __shared__ float s[64];
    s[threadIdx.x + 1] = 1.f; // LINE leavesSharedArray
    x[threadIdx.x] = s[threadIdx.x];
}

__global__ void leavesLocalArray(float* x, int n) {
    float local[4] = {1, 2, 3, 4};
    for (int i = 0; i <= n; i++) local[i] += x[0]; // LINE leavesLocalArray
    x[0] = local[n - 1];
}

__global__ void leavesDynamicShared(float* x) {
    extern __shared__ float s[];
    s[threadIdx.x + 1] = 1.f; // LINE leavesDynamicShared
    x[threadIdx.x] = s[threadIdx.x];
}

__global__ void dividesByZero(int* x, int by) {
    x[0] = x[0] / by; // LINE dividesByZero
}

__global__ void followsStoredPointer(float** x) {
    **x = 1.f; // LINE followsStoredPointer
}

__global__ void traps(float* x) {
    if (x) __trap(); // LINE traps
}

__global__ void __launch_bounds__(2 * 32, 4) bounded(float* x) {
    x[threadIdx.x] = 1.f;
}

}

__global__ void mangled(float* x) {
    x[0] = 1.f;
}

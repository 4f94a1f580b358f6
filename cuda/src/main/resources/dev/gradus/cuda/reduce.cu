// Joins an expression's values along some axes. `evaluate`, `join` and START are generated.
//
// `width` threads, a power of two, share one result: each joins every width-th element, then halves are joined in
// turn. So the order depends on the sizes alone, and the bits are the same on every run.

struct Reduce {
    const T* in[INPUTS + 1];
    T* out; // [splits, results]
    double scalar[SCALARS + 1];
    unsigned results;
    unsigned length;   // elements that each result joins
    unsigned piece;    // of them, how many a split takes
    unsigned width;
    unsigned adjacent; // 1 where the threads of one result are neighbours, 0 where those of neighbouring results are
    int keptRank;
    int joinedRank;
    unsigned kept[MAX_RANK];
    unsigned joined[MAX_RANK];
    int keptStride[INPUTS + 1][MAX_RANK];
    int joinedStride[INPUTS + 1][MAX_RANK];
};

extern "C" __global__ void __launch_bounds__(256) reduce(const Reduce p) {
    __shared__ T part[256];
    T s[SCALARS + 1];
#pragma unroll
    for (int k = 0; k < SCALARS; k++) s[k] = (T) p.scalar[k];
    unsigned perBlock = blockDim.x / p.width;
    unsigned lane = p.adjacent ? threadIdx.x % p.width : threadIdx.x / perBlock;
    unsigned number = p.adjacent ? threadIdx.x / p.width : threadIdx.x % perBlock;
    unsigned result = blockIdx.x * perBlock + number;
    T sum = START;
    if (result < p.results) {
        const T* in[INPUTS + 1];
#pragma unroll
        for (int k = 0; k < INPUTS; k++) in[k] = p.in[k] + place(result, p.keptRank, p.kept, p.keptStride[k]);
        unsigned first = blockIdx.y * p.piece;
        unsigned end = p.length - first < p.piece ? p.length : first + p.piece;
        for (unsigned i = first + lane; i < end; i += p.width) {
            T x[INPUTS + 1], y[1];
#pragma unroll
            for (int k = 0; k < INPUTS; k++) x[k] = in[k][place(i, p.joinedRank, p.joined, p.joinedStride[k])];
            evaluate(x, s, y);
            sum = join(sum, y[0]);
        }
    }
    part[threadIdx.x] = sum;
    unsigned apart = p.adjacent ? 1 : perBlock;
    for (unsigned half = p.width / 2; half > 0; half /= 2) {
        __syncthreads();
        if (lane < half) {
            sum = join(sum, part[threadIdx.x + half * apart]);
            part[threadIdx.x] = sum;
        }
    }
    if (lane == 0 && result < p.results) p.out[blockIdx.y * p.results + result] = sum;
}

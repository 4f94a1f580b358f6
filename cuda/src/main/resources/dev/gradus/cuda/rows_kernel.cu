
extern "C" __global__ void __launch_bounds__(256) rows(const Rows p) {
    __shared__ T part[256];
    T s[SCALARS + 1];
#pragma unroll
    for (int k = 0; k < SCALARS; k++) s[k] = (T) p.scalar[k];
    unsigned lane = threadIdx.x % p.width;
    unsigned row = blockIdx.x * (blockDim.x / p.width) + threadIdx.x / p.width;
    // Threads of rows that do not exist meet the barriers too: they repeat the last row, and write nothing.
    bool exists = row < p.rows;
    unsigned from = exists ? row : p.rows - 1;
    const T* in[INPUTS + 1];
#pragma unroll
    for (int k = 0; k < INPUTS; k++) in[k] = p.in[k] + place(from, p.rank, p.size, p.stride[k]);
    stages(p, in, s, part, lane, row, exists);
}

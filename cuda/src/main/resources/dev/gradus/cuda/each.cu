// One expression for several groups of tensors: an optimizer's step over all parameters. `evaluate` is generated.

struct Each {
    const T* in[GROUPS][INPUTS + 1];
    T* out[GROUPS][OUTPUTS];
    double scalar[SCALARS + 1];
    unsigned n[GROUPS];
    unsigned firstBlock[GROUPS + 1];
    unsigned step[GROUPS][INPUTS + 1]; // 1, or 0 for one element that stands for all
    unsigned groups;
};

// A block belongs to one group.
extern "C" __global__ void __launch_bounds__(256) map_each(const Each p) {
    T s[SCALARS + 1];
#pragma unroll
    for (int k = 0; k < SCALARS; k++) s[k] = (T) p.scalar[k];
    unsigned g = 0;
    while (g + 1 < p.groups && p.firstBlock[g + 1] <= blockIdx.x) g++;
    unsigned blocks = p.firstBlock[g + 1] - p.firstBlock[g];
    unsigned first = (blockIdx.x - p.firstBlock[g]) * blockDim.x + threadIdx.x;
    for (unsigned i = first; i < p.n[g]; i += blocks * blockDim.x) {
        T x[INPUTS + 1], y[OUTPUTS];
#pragma unroll
        for (int k = 0; k < INPUTS; k++) x[k] = p.in[g][k][i * p.step[g][k]];
        evaluate(x, s, y);
#pragma unroll
        for (int k = 0; k < OUTPUTS; k++) p.out[g][k][i] = y[k];
    }
}

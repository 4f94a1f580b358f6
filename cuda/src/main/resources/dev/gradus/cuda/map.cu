// An expression at every place. `evaluate` is generated: outputs from inputs and scalars.

// 16 bytes, which one instruction reads or writes; of doubles just one, as two at once need too many registers.
const int LANES = sizeof(T) == 4 ? 4 : 1;
struct __align__(LANES * sizeof(T)) Pack {
    T v[LANES];
};

struct Dense {
    const T* in[INPUTS + 1];
    T* out[OUTPUTS];
    double scalar[SCALARS + 1];
    unsigned n;
    unsigned packs;          // how many whole packs; 0 where an operand does not begin at a multiple of 16 bytes
    unsigned step[INPUTS + 1]; // 1, or 0 for one element that stands for all
};

// Inputs without gaps, or of one element.
extern "C" __global__ void __launch_bounds__(256) map_dense(const Dense p) {
    T s[SCALARS + 1];
#pragma unroll
    for (int k = 0; k < SCALARS; k++) s[k] = (T) p.scalar[k];
    for (unsigned i = threadNumber(); i < p.packs; i += threadCount()) {
        Pack in[INPUTS + 1], out[OUTPUTS];
#pragma unroll
        for (int k = 0; k < INPUTS; k++) {
            if (p.step[k]) {
                in[k] = ((const Pack*) p.in[k])[i];
            } else {
                T one = p.in[k][0];
#pragma unroll
                for (int lane = 0; lane < LANES; lane++) in[k].v[lane] = one;
            }
        }
#pragma unroll
        for (int lane = 0; lane < LANES; lane++) {
            T x[INPUTS + 1], y[OUTPUTS];
#pragma unroll
            for (int k = 0; k < INPUTS; k++) x[k] = in[k].v[lane];
            evaluate(x, s, y);
#pragma unroll
            for (int k = 0; k < OUTPUTS; k++) out[k].v[lane] = y[k];
        }
#pragma unroll
        for (int k = 0; k < OUTPUTS; k++) ((Pack*) p.out[k])[i] = out[k];
    }
    // What is left after the last whole pack, or everything.
    for (unsigned i = p.packs * LANES + threadNumber(); i < p.n; i += threadCount()) {
        T x[INPUTS + 1], y[OUTPUTS];
#pragma unroll
        for (int k = 0; k < INPUTS; k++) x[k] = p.in[k][i * p.step[k]];
        evaluate(x, s, y);
#pragma unroll
        for (int k = 0; k < OUTPUTS; k++) p.out[k][i] = y[k];
    }
}

struct Strided {
    const T* in[INPUTS + 1];
    T* out[OUTPUTS];
    double scalar[SCALARS + 1];
    unsigned n;
    int rank;
    unsigned size[MAX_RANK];
    int stride[INPUTS + 1][MAX_RANK];
};

// Inputs of any layout; results have no gaps.
extern "C" __global__ void __launch_bounds__(256) map_strided(const Strided p) {
    T s[SCALARS + 1];
#pragma unroll
    for (int k = 0; k < SCALARS; k++) s[k] = (T) p.scalar[k];
    for (unsigned i = threadNumber(); i < p.n; i += threadCount()) {
        T x[INPUTS + 1], y[OUTPUTS];
        long long at[INPUTS + 1];
#pragma unroll
        for (int k = 0; k < INPUTS; k++) at[k] = 0;
        unsigned flat = i;
        for (int axis = p.rank - 1; axis >= 0; axis--) {
            unsigned rest = flat / p.size[axis];
            long long index = flat - rest * p.size[axis];
#pragma unroll
            for (int k = 0; k < INPUTS; k++) at[k] += index * p.stride[k][axis];
            flat = rest;
        }
#pragma unroll
        for (int k = 0; k < INPUTS; k++) x[k] = p.in[k][at[k]];
        evaluate(x, s, y);
#pragma unroll
        for (int k = 0; k < OUTPUTS; k++) p.out[k][i] = y[k];
    }
}

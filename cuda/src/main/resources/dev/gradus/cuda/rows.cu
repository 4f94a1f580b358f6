// What is computed along each row by itself: the stages, as `stages`, are generated. `width` threads, a power of two,
// share a row. A value that is a row is computed again where it is needed, from the inputs, which the cache holds.

struct Rows {
    const T* in[INPUTS + 1];
    T* out[OUTPUTS];
    double scalar[SCALARS + 1];
    unsigned rows;
    unsigned n;
    unsigned width;
    int rank;
    unsigned size[MAX_RANK];
    int stride[INPUTS + 1][MAX_RANK];
    int step[INPUTS + 1]; // along the row
};

// Joins the numbers of the threads of a row; every one of them gets the result.
#define JOIN_ROW(join)                                                    \
    DEVICE T joinRow_##join(T sum, T* part, unsigned lane, unsigned width) { \
        for (unsigned half = width / 2; half > 0; half /= 2) {            \
            part[threadIdx.x] = sum;                                      \
            __syncthreads();                                              \
            sum = join(sum, part[threadIdx.x - lane + (lane ^ half)]);    \
            __syncthreads();                                              \
        }                                                                 \
        return sum;                                                       \
    }

JOIN_ROW(fn_add)
JOIN_ROW(fn_mul)
JOIN_ROW(fn_max)
JOIN_ROW(fn_min)

// Rows by index, and random numbers.

struct Axes {
    int rank;
    unsigned size[MAX_RANK];
    int stride[MAX_RANK];
};

DEVICE long long place(unsigned flat, const Axes& a) { return place(flat, a.rank, a.size, a.stride); }

// out[i, j] = table[index[i], j]
struct Gather {
    const T* table;
    const int* index;
    T* out;
    long long rowStride;
    unsigned n;
    unsigned width;
    Axes indexAxes;
    Axes rowAxes;
};

extern "C" __global__ void __launch_bounds__(256) gather(const Gather p) {
    for (unsigned i = threadNumber(); i < p.n; i += threadCount()) {
        unsigned which = i / p.width;
        long long row = p.index[place(which, p.indexAxes)];
        p.out[i] = p.table[row * p.rowStride + place(i - which * p.width, p.rowAxes)];
    }
}

// out[index[i], j] += source[i, j], in the order of i, so that the bits are the same on every run.
struct Scatter {
    const T* source;
    const int* index;  // one after another: as they came, or sorted
    const int* places; // of sorted indices, where each was
    T* out;
    unsigned n;
    unsigned width;
    unsigned indices;
    Axes sourceAxes;
};

// Few: one thread an element of the result looks through all indices.
extern "C" __global__ void __launch_bounds__(256) scatter_add(const Scatter p) {
    for (unsigned i = threadNumber(); i < p.n; i += threadCount()) {
        int row = (int) (i / p.width);
        unsigned column = i % p.width;
        T sum = p.out[i];
        for (unsigned k = 0; k < p.indices; k++) {
            if (p.index[k] == row) sum = fn_add(sum, p.source[place(k * p.width + column, p.sourceAxes)]);
        }
        p.out[i] = sum;
    }
}

// Many: the indices are sorted, and the thread of the first of each run of equal ones adds them all.
extern "C" __global__ void __launch_bounds__(256) scatter_add_sorted(const Scatter p) {
    for (unsigned i = threadNumber(); i < p.n; i += threadCount()) {
        unsigned k = i / p.width;
        unsigned column = i % p.width;
        int row = p.index[k];
        if (k > 0 && p.index[k - 1] == row) continue;
        T* to = p.out + ((long long) row * p.width + column);
        T sum = *to;
        for (; k < p.indices && p.index[k] == row; k++) {
            sum = fn_add(sum, p.source[place(p.places[k] * p.width + column, p.sourceAxes)]);
        }
        *to = sum;
    }
}

// 0, 1, 2, …

struct Numbers {
    T* out;
    unsigned n;
};

extern "C" __global__ void __launch_bounds__(256) numbers(const Numbers p) {
    for (unsigned i = threadNumber(); i < p.n; i += threadCount()) p.out[i] = (T) i;
}

// Copies elements between any layouts and converts them.

DEVICE int toInt(double a) {
    return a != a ? 0 : a >= 2147483647.0 ? 2147483647 : a <= -2147483648.0 ? (-2147483647 - 1) : (int) a;
}
DEVICE void convert(double a, int& to) { to = toInt(a); }
DEVICE void convert(double a, float& to) { to = (float) a; }
DEVICE void convert(double a, double& to) { to = a; }
DEVICE void convert(float a, int& to) { to = toInt(a); }
DEVICE void convert(float a, float& to) { to = a; }
DEVICE void convert(float a, double& to) { to = a; }
DEVICE void convert(int a, int& to) { to = a; }
DEVICE void convert(int a, float& to) { to = (float) a; }
DEVICE void convert(int a, double& to) { to = a; }

struct Copy {
    const From* in;
    T* out;
    unsigned n;
    int rank;
    unsigned size[MAX_RANK];
    int inStride[MAX_RANK];
    int outStride[MAX_RANK];
};

extern "C" __global__ void __launch_bounds__(256) copy(const Copy p) {
    for (unsigned i = threadNumber(); i < p.n; i += threadCount()) {
        T value;
        convert(p.in[place(i, p.rank, p.size, p.inStride)], value);
        p.out[place(i, p.rank, p.size, p.outStride)] = value;
    }
}

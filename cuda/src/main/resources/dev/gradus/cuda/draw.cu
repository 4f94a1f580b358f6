
struct Draw {
    T* out;
    unsigned long long seed;
    unsigned long long first;
    unsigned n;
    unsigned isNormal;
};

// A thread draws the four numbers of one counter.
extern "C" __global__ void __launch_bounds__(256) draw(const Draw p) {
    unsigned quads = (p.n + 3) / 4;
    for (unsigned q = threadNumber(); q < quads; q += threadCount()) {
        unsigned words[4];
        philox(p.seed, p.first + q, words);
        for (unsigned i = 0; i < 4 && 4 * q + i < p.n; i++) {
            p.out[4 * q + i] = (T) (p.isNormal ? normal(words[i & 2], words[i | 1], i & 1) : uniform(words[i]));
        }
    }
}

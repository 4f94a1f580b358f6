// Places ordered by their key, those of equal keys as they came: radix sort, four bits a pass. A thread has a run of
// neighbours and counts its digits; sums over the counts say where each thread's elements of a digit begin. No two
// threads meet, so the result is the same on every run.

const int DIGITS = 16;

struct Sort {
    const int* keys;
    const int* places; // 0 in the first pass: each is where it is
    int* keysTo;
    int* placesTo;
    int* counts; // [DIGITS, threads]
    unsigned n;
    unsigned run;
    unsigned threads;
    unsigned shift;
};

DEVICE int digit(const Sort& p, unsigned i) { return ((unsigned) p.keys[i] >> p.shift) & (DIGITS - 1); }

extern "C" __global__ void __launch_bounds__(256) sort_count(const Sort p) {
    unsigned t = threadNumber();
    if (t >= p.threads) return;
    int count[DIGITS];
    for (int d = 0; d < DIGITS; d++) count[d] = 0;
    for (unsigned i = t * p.run; i < p.n && i < (t + 1) * p.run; i++) count[digit(p, i)]++;
    for (int d = 0; d < DIGITS; d++) p.counts[d * p.threads + t] = count[d];
}

// Each count becomes the sum of those before it. One block does it all.
extern "C" __global__ void __launch_bounds__(256) sort_sum(const Sort p) {
    __shared__ int part[256];
    unsigned all = DIGITS * p.threads;
    unsigned piece = (all + blockDim.x - 1) / blockDim.x;
    unsigned first = threadIdx.x * piece;
    int sum = 0;
    for (unsigned i = first; i < all && i < first + piece; i++) sum += p.counts[i];
    part[threadIdx.x] = sum;
    __syncthreads();
    int before = 0;
    for (unsigned t = 0; t < threadIdx.x; t++) before += part[t];
    for (unsigned i = first; i < all && i < first + piece; i++) {
        int count = p.counts[i];
        p.counts[i] = before;
        before += count;
    }
}

extern "C" __global__ void __launch_bounds__(256) sort_place(const Sort p) {
    unsigned t = threadNumber();
    if (t >= p.threads) return;
    int next[DIGITS];
    for (int d = 0; d < DIGITS; d++) next[d] = p.counts[d * p.threads + t];
    for (unsigned i = t * p.run; i < p.n && i < (t + 1) * p.run; i++) {
        int to = next[digit(p, i)]++;
        p.keysTo[to] = p.keys[i];
        p.placesTo[to] = p.places ? p.places[i] : (int) i;
    }
}

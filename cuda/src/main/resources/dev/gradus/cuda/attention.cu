// What the kernels of attention and of its gradient share. They never store the weights: 32 keys (or queries) at a time lie in
// shared memory, each of the eight warps of a block has one query (or key), each lane one of the 32. DEPTH is the length
// of a query and of a key, WIDTH that of a value.

const int TILE = 32;
const int WARPS = 8;
const int MOST = DEPTH > WIDTH ? DEPTH : WIDTH;
const int COLUMNS = (MOST + 31) / 32;

// One matrix for each head, anywhere in memory.
struct Matrix {
    float* data;
    int stride[MAX_RANK]; // along the axes of the heads
    int row;
    int column;
};

struct Attention {
    Matrix q, k, v, mask, out, logs;      // out and logs are read by the gradient
    Matrix g, change, dq, dk, dv;         // the gradient's alone; change is Σ g·out of each query
    unsigned long long seed;
    unsigned long long first;
    int rank;
    unsigned size[MAX_RANK];
    unsigned queries;
    unsigned keys;
    unsigned causal;
    unsigned limit; // a weight is dropped where its 24 random bits are below; 0 for no dropout
    float kept;     // what the others are multiplied by
    float scale;
};

DEVICE float* head(const Matrix& m, const Attention& a) {
    return m.data ? m.data + place(blockIdx.y, a.rank, a.size, m.stride) : m.data;
}

DEVICE float infinity() { return bits_as_float(0x7f800000u); }

DEVICE bool isAllowed(const Attention& a, const float* mask, unsigned query, unsigned key) {
    if (a.causal && key > query) return false;
    return !mask || mask[(long long) query * a.mask.row + (long long) key * a.mask.column] != 0;
}

// The factor of a weight by dropout.
DEVICE float keeping(const Attention& a, unsigned query, unsigned key) {
    if (a.limit == 0) return 1;
    unsigned long long number = ((unsigned long long) blockIdx.y * a.queries + query) * a.keys + key;
    unsigned words[4];
    philox(a.seed, a.first + number / 4, words);
    return (words[number % 4] >> 8) < a.limit ? 0.0f : a.kept;
}

// Copies 32 rows into shared memory; rows beyond the end become 0. One number more a row spreads a column over the banks.
template <int LENGTH>
DEVICE void load(float (*tile)[LENGTH + 1], const float* from, const Matrix& m, unsigned row, unsigned rows) {
    for (unsigned i = threadIdx.x; i < TILE * LENGTH; i += blockDim.x) {
        unsigned r = i / LENGTH, c = i % LENGTH;
        tile[r][c] = row + r < rows ? from[(long long) (row + r) * m.row + (long long) c * m.column] : 0.0f;
    }
}

// One row into shared memory, by one warp.
DEVICE void loadRow(float* to, int length, const float* from, const Matrix& m, unsigned row, unsigned lane) {
    for (int c = lane; c < length; c += 32) to[c] = from[(long long) row * m.row + (long long) c * m.column];
}

DEVICE float dot(const float* a, const float* b, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) sum = fmaf(a[i], b[i], sum);
    return sum;
}

// sum[c] += Σ over the lanes of weight · row c of the tile; a lane has every 32nd column.
template <int LENGTH>
DEVICE void accumulate(float* sum, float weight, const float (*tile)[LENGTH + 1], unsigned lane) {
    for (int i = 0; i < TILE; i++) {
        float w = __shfl_sync(0xffffffffu, weight, i);
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) {
            if (lane + 32 * c < LENGTH) sum[c] = fmaf(w, tile[i][lane + 32 * c], sum[c]);
        }
    }
}

DEVICE void store(float* to, const Matrix& m, int length, unsigned row, const float* sum, float factor, unsigned lane) {
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
        int column = lane + 32 * c;
        if (column < length) to[(long long) row * m.row + (long long) column * m.column] = sum[c] * factor;
    }
}

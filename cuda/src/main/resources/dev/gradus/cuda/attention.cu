// Scaled dot-product attention and its gradient, without ever storing the weights: 32 keys (or queries) at a time lie in
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

extern "C" __global__ void __launch_bounds__(256) attend(const Attention a) {
    __shared__ float keys[TILE][DEPTH + 1];
    __shared__ float values[TILE][WIDTH + 1];
    __shared__ float mine[WARPS][DEPTH];
    unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    unsigned query = blockIdx.x * WARPS + warp;
    bool exists = query < a.queries;
    unsigned row = exists ? query : a.queries - 1;
    const float* k = head(a.k, a);
    const float* v = head(a.v, a);
    const float* mask = head(a.mask, a);
    loadRow(mine[warp], DEPTH, head(a.q, a), a.q, row, lane);
    float largest = -infinity(), sum = 0;
    float result[COLUMNS];
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) result[c] = 0;
    // With a causal mask no query of the block attends beyond its own number.
    unsigned end = a.causal ? min(a.keys, (blockIdx.x + 1) * WARPS) : a.keys;
    for (unsigned first = 0; first < end; first += TILE) {
        __syncthreads();
        load<DEPTH>(keys, k, a.k, first, a.keys);
        load<WIDTH>(values, v, a.v, first, a.keys);
        __syncthreads();
        unsigned key = first + lane;
        bool allowed = key < a.keys && isAllowed(a, mask, row, key);
        float score = allowed ? a.scale * dot(mine[warp], keys[lane], DEPTH) : -infinity();
        float most = score;
        for (int half = 16; half > 0; half /= 2) most = fn_max(most, __shfl_xor_sync(0xffffffffu, most, half));
        float before = largest;
        largest = fn_max(largest, most);
        // Of a query that attends to nothing yet the largest is −∞, and −∞ − −∞ would be NaN.
        float shift = largest == -infinity() ? 0.0f : largest;
        float weight = allowed ? expf(score - shift) : 0.0f;
        float shrink = before == -infinity() ? 0.0f : expf(before - shift);
        float all = weight;
        for (int half = 16; half > 0; half /= 2) all += __shfl_xor_sync(0xffffffffu, all, half);
        sum = sum * shrink + all;
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) result[c] *= shrink;
        float used = allowed ? weight * keeping(a, row, key) : 0.0f;
        accumulate<WIDTH>(result, used, values, lane);
    }
    if (!exists) return;
    // Without a mask, scores that are all −∞ have no softmax.
    if (!mask && largest == -infinity()) sum = bits_as_float(0x7fc00000u);
    store(head(a.out, a), a.out, WIDTH, query, result, sum == 0 ? 0.0f : 1 / sum, lane);
    float* logs = head(a.logs, a);
    if (logs && lane == 0) logs[(long long) query * a.logs.row] = sum == 0 ? 0.0f : largest + logf(sum);
}

// The weight of a key for a query, again, and the cotangent of their score.
struct Weight {
    float used;   // by dropout
    float change; // of the score
};

DEVICE Weight again(const Attention& a, const float* mask, unsigned query, unsigned key, bool inside, float product,
                    float log, float change, float cotangent) {
    Weight w = {0, 0};
    if (inside && isAllowed(a, mask, query, key)) {
        float weight = expf(a.scale * product - log);
        float factor = keeping(a, query, key);
        w.used = weight * factor;
        w.change = a.scale * weight * (cotangent * factor - change);
    }
    return w;
}

extern "C" __global__ void __launch_bounds__(256) attend_back_queries(const Attention a) {
    __shared__ float keys[TILE][DEPTH + 1];
    __shared__ float values[TILE][WIDTH + 1];
    __shared__ float mine[WARPS][DEPTH];
    __shared__ float cotangent[WARPS][WIDTH];
    unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    unsigned query = blockIdx.x * WARPS + warp;
    bool exists = query < a.queries;
    unsigned row = exists ? query : a.queries - 1;
    const float* k = head(a.k, a);
    const float* v = head(a.v, a);
    const float* mask = head(a.mask, a);
    loadRow(mine[warp], DEPTH, head(a.q, a), a.q, row, lane);
    loadRow(cotangent[warp], WIDTH, head(a.g, a), a.g, row, lane);
    float log = head(a.logs, a)[(long long) row * a.logs.row];
    float change = head(a.change, a)[(long long) row * a.change.row];
    float result[COLUMNS];
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) result[c] = 0;
    unsigned end = a.causal ? min(a.keys, (blockIdx.x + 1) * WARPS) : a.keys;
    for (unsigned first = 0; first < end; first += TILE) {
        __syncthreads();
        load<DEPTH>(keys, k, a.k, first, a.keys);
        load<WIDTH>(values, v, a.v, first, a.keys);
        __syncthreads();
        unsigned key = first + lane;
        Weight w = again(a, mask, row, key, key < a.keys, dot(mine[warp], keys[lane], DEPTH), log, change,
                         dot(cotangent[warp], values[lane], WIDTH));
        accumulate<DEPTH>(result, w.change, keys, lane);
    }
    if (exists) store(head(a.dq, a), a.dq, DEPTH, query, result, 1, lane);
}

extern "C" __global__ void __launch_bounds__(256) attend_back_keys(const Attention a) {
    __shared__ float queries[TILE][DEPTH + 1];
    __shared__ float cotangents[TILE][WIDTH + 1];
    __shared__ float mine[WARPS][DEPTH];
    __shared__ float value[WARPS][WIDTH];
    unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    unsigned key = blockIdx.x * WARPS + warp;
    bool exists = key < a.keys;
    unsigned row = exists ? key : a.keys - 1;
    const float* q = head(a.q, a);
    const float* g = head(a.g, a);
    const float* mask = head(a.mask, a);
    const float* logs = head(a.logs, a);
    const float* changes = head(a.change, a);
    loadRow(mine[warp], DEPTH, head(a.k, a), a.k, row, lane);
    loadRow(value[warp], WIDTH, head(a.v, a), a.v, row, lane);
    float dk[COLUMNS], dv[COLUMNS];
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) dk[c] = dv[c] = 0;
    // With a causal mask no query before the block's first key attends to any of its keys.
    unsigned begin = a.causal ? blockIdx.x * WARPS / TILE * TILE : 0;
    for (unsigned first = begin; first < a.queries; first += TILE) {
        __syncthreads();
        load<DEPTH>(queries, q, a.q, first, a.queries);
        load<WIDTH>(cotangents, g, a.g, first, a.queries);
        __syncthreads();
        unsigned query = first + lane;
        bool inside = query < a.queries;
        float log = inside ? logs[(long long) query * a.logs.row] : 0.0f;
        float change = inside ? changes[(long long) query * a.change.row] : 0.0f;
        Weight w = again(a, mask, query, row, inside, dot(mine[warp], queries[lane], DEPTH), log, change,
                         dot(value[warp], cotangents[lane], WIDTH));
        accumulate<DEPTH>(dk, w.change, queries, lane);
        accumulate<WIDTH>(dv, w.used, cotangents, lane);
    }
    if (!exists) return;
    store(head(a.dk, a), a.dk, DEPTH, key, dk, 1, lane);
    store(head(a.dv, a), a.dv, WIDTH, key, dv, 1, lane);
}

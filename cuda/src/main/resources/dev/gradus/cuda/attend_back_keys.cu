
// The cotangents of keys and values: a warp a key, over all queries.
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


// The cotangent of the queries: a warp a query, over all keys.
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

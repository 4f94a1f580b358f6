
// softmax(scale · q·kᵀ)·v, key by key: what was summed is scaled down when a larger score appears.
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


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

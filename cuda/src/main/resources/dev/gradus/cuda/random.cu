// Philox4x32-10 (Salmon et al., SC 2011): four words from a key and a counter, as on every other backend.

DEVICE void philox(unsigned long long key, unsigned long long counter, unsigned* x) {
    unsigned k0 = (unsigned) key, k1 = (unsigned) (key >> 32);
    x[0] = (unsigned) counter;
    x[1] = (unsigned) (counter >> 32);
    x[2] = 0;
    x[3] = 0;
    for (int round = 0; round < 10; round++) {
        unsigned long long p0 = 0xD2511F53ull * x[0];
        unsigned long long p1 = 0xCD9E8D57ull * x[2];
        unsigned y0 = (unsigned) (p1 >> 32) ^ x[1] ^ k0;
        unsigned y2 = (unsigned) (p0 >> 32) ^ x[3] ^ k1;
        x[1] = (unsigned) p1;
        x[3] = (unsigned) p0;
        x[0] = y0;
        x[2] = y2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

// The upper 24 bits as a number in [0, 1).
DEVICE double uniform(unsigned word) { return (word >> 8) * (1.0 / 16777216); }

// Box and Muller, in double: rounded to float it is what the other backends give.
DEVICE double normal(unsigned first, unsigned second, bool sine) {
    double radius = sqrt(-2 * log(1 - uniform(first)));
    double angle = 2 * 3.141592653589793 * uniform(second);
    return radius * (sine ? sin(angle) : cos(angle));
}

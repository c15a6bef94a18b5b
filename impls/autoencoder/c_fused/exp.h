/* exp of a vector: exp(z) = 2^k exp(r) with k the whole number next to z / ln 2, and r = z - k ln 2.
 *
 * |r| <= ln 2 / 2, so that Taylor's polynomial is off by less than |r|^(d+1) / (d+1)!, relative to exp(r) some more than
 * that: 7e-18 with d = 13 and 9e-9 with d = 7, a fraction of the unit roundoff (1.1e-16 and 6.0e-8). ln 2 is the sum of
 * two numbers, the first short enough for its product with k to be exact. Adding 1.5 2^52 (2^23) to a number rounds it
 * to a whole one and leaves that in its last bits, from where a shift takes it to the exponent of 2^k. z is cut off
 * where 2^k would be no normal number any more; NaN goes through.
 */
typedef __typeof__((vec){0} > (vec){0}) bits; /* whole numbers of the same width */

#define IS_DOUBLE (sizeof(REAL) == 8)
#define BY_WIDTH(wide, narrow) ((REAL)(IS_DOUBLE ? (wide) : (narrow)))

INLINE vec chosen(bits condition, vec one, vec other) { return (vec)((condition & (bits)one) | (~condition & (bits)other)); }

INLINE vec vector_exp(vec z) {
    const vec most = splat(BY_WIDTH(708, 87)), round = splat(BY_WIDTH(0x1.8p52, 0x1.8p23));
    const int degree = IS_DOUBLE ? 13 : 7;
    z = chosen(z > most, most, z);
    z = chosen(z < -most, -most, z);
    vec shifted = z * BY_WIDTH(0x1.71547652b82fep+0, 0x1.715476p+0) + round, k = shifted - round;
    vec r = z - k * BY_WIDTH(0x1.62e42feep-1, 0x1.62e3p-1);
    r -= k * BY_WIDTH(0x1.a39ef35793c76p-33, 0x1.2fefa2p-17);
    static const double inverse[] = {1.0,       1.0 / 1,     1.0 / 2,      1.0 / 6,       1.0 / 24,
                                     1.0 / 120, 1.0 / 720,   1.0 / 5040,   1.0 / 40320,   1.0 / 362880,
                                     1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
    vec sum = splat((REAL)inverse[degree]);
    UNROLL for (int d = degree - 1; d >= 0; d--) sum = sum * r + (REAL)inverse[d];
    return sum * (vec)(((bits)shifted << (IS_DOUBLE ? 52 : 23)) + (bits)splat((REAL)1));
}

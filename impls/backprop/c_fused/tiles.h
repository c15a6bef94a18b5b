/* The inner loops: tiles of sums that stay in registers.
 *
 * A tile's sums stay in registers throughout its loop; at least 8 of them are independent (latency 4, two multiply-adds a
 * cycle), and each number loaded is used several times, so that the loads keep up:
 *   gradients  ROWS x VECS sums,    ROWS broadcasts + VECS loads for ROWS * VECS multiply-adds a sample
 *   delta2     SAMPLES x COLS sums, SAMPLES broadcasts + COLS loads for SAMPLES * COLS multiply-adds a unit
 */
#include "vectors.h"

/* What a thread has for itself. */
typedef struct {
    ptrdiff_t wide, narrow;       /* n and p, rounded up to whole vectors */
    REAL *w1, *w2, *b1, *b2;      /* sums of a stretch, side by side: (p, wide), (p, wide), (narrow), (wide) */
    ptrdiff_t sums;               /* how many numbers these are */
    REAL *totals;                 /* of the stretches so far, as many */
    REAL *theta, *odd, *sparsity; /* (n, narrow), its last column (wide), (narrow) */
    REAL *delta3, *delta2;        /* (BLOCK, wide), (BLOCK, narrow) */
    REAL *x, *a1, *a3, *a2;       /* rows that had to be packed: (BLOCK, wide), of a2 (SAMPLES, narrow) */
} Room;

/* delta3 = (a3 - x) a3 (1 - a3) of `rows` samples; adds to its sum b2; the product with theta's last column is `last`. */
INLINE void delta3_tile(const Room *room, Matrix x, Matrix a3, REAL *delta3, REAL *last, const int rows) {
    vec sum[SAMPLES]; /* unused where last is NULL */
    UNROLL for (int i = 0; i < rows; i++) sum[i] = (vec){0};
    for (ptrdiff_t k = 0; k < room->wide; k += W) {
        vec total = load(room->b2 + k), odd = load(room->odd + k);
        UNROLL for (int i = 0; i < rows; i++) {
            vec a = load(a3.at + i * a3.row + k);
            vec delta = (a - load(x.at + i * x.row + k)) * SLOPE(a);
            store(delta3 + i * room->wide + k, delta);
            total += delta;
            if (last) sum[i] += delta * odd;
        }
        store(room->b2 + k, total);
    }
    if (last) UNROLL for (int i = 0; i < rows; i++) {
        last[i] = 0;
        for (int q = 0; q < W; q++) last[i] += sum[i][q];
    }
}

/* delta2 = (delta3 theta + sparsity) a2 (1 - a2) of `rows` samples and `cols` vectors of units from unit j on. */
INLINE void delta2_tile(ptrdiff_t n, const Room *room, ptrdiff_t j, const REAL *delta3, Matrix a2, REAL *delta2,
                        const REAL *const near[2], Lines ahead, const int rows, const int cols) {
    const REAL *theta = room->theta + j, *sparsity = room->sparsity + j;
    vec sum[SAMPLES][COLS];
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int q = 0; q < cols; q++) sum[i][q] = (vec){0};
    for (ptrdiff_t k = 0; k < n; k++) {
        fetch_near(near[0] + k * SAMPLES);
        fetch_near(near[1] + k * SAMPLES);
        fetch_far(ahead.at + k * ahead.step);
        vec right[COLS];
        UNROLL for (int q = 0; q < cols; q++) right[q] = load(theta + k * room->narrow + q * W);
        UNROLL for (int i = 0; i < rows; i++) {
            vec left = splat(delta3[i * room->wide + k]);
            UNROLL for (int q = 0; q < cols; q++) sum[i][q] += left * right[q];
        }
    }
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int q = 0; q < cols; q++) {
        vec a = load(a2.at + i * a2.row + j + q * W);
        store(delta2 + i * room->narrow + j + q * W, (sum[i][q] + load(sparsity + q * W)) * SLOPE(a));
    }
}

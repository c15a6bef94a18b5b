/* The inner loops: tiles of sums that stay in registers.
 *
 * A tile's sums stay in registers throughout its loop; at least 8 of them are independent (latency 4, two multiply-adds a
 * cycle), and each number loaded is used several times, so that the loads keep up:
 *   gradients  ROWS x VECS sums,    ROWS broadcasts + VECS loads for ROWS * VECS multiply-adds a sample
 *   delta2     SAMPLES x COLS sums, SAMPLES broadcasts + COLS loads for SAMPLES * COLS multiply-adds a unit
 *
 * Plain C with the vector extensions of GCC and Clang; -DREAL=double or float, and -march=native gives the width.
 */
#include <stddef.h>
#include <stdint.h>

/* BYTES of a vector and the tiles, by the number of registers. */
#if defined(__AVX512F__) /* 32: 20 + 5 and 24 + 4; 25 floats are two vectors, so two are a tile's width */
enum { BYTES = 64, ROWS = 5, VECS = 4, COLS = sizeof(REAL) == 4 ? 2 : 3, SAMPLES = 24 / COLS };
#elif defined(__aarch64__) /* 32 */
enum { BYTES = 16, ROWS = 5, VECS = 4, COLS = 3, SAMPLES = 8 };
#elif defined(__AVX__) /* 16: 10 + 3 and 12 + 4 */
enum { BYTES = 32, ROWS = 5, VECS = 2, COLS = 3, SAMPLES = 4 };
#else
enum { BYTES = 16, ROWS = 5, VECS = 2, COLS = 3, SAMPLES = 4 };
#endif

enum {
    W = BYTES / sizeof(REAL),   /* numbers in a vector */
    LINE = 64,                  /* bytes in a cache line */
    BLOCK = 384 / sizeof(REAL), /* samples in a block, a multiple of SAMPLES: what the gradients read again and again of
                                   64 and 25 units, VECS vectors and a row of delta2, then stays in 48 KiB */
    STRETCH = 64,               /* blocks that are summed before their sums are added to the totals */
};

/* A vector anywhere in memory: no alignment is assumed, and it may alias the numbers it is made of. */
typedef REAL vec __attribute__((vector_size(BYTES), aligned(sizeof(REAL)), may_alias));

#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* Strides count numbers, not bytes. */
typedef struct {
    const REAL *at;
    ptrdiff_t row, col;
} Matrix;

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

/* Lines to fetch, one each turn; with step = 0 always the same, where nothing is left to be fetched. */
typedef struct {
    const char *at;
    ptrdiff_t step;
} Lines;

INLINE ptrdiff_t round_up(ptrdiff_t value, ptrdiff_t step) { return (value + step - 1) / step * step; }
INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
INLINE vec load(const REAL *at) { return *(const vec *)at; }
INLINE void store(REAL *at, vec v) { *(vec *)at = v; }
INLINE vec splat(REAL value) { return value - (vec){0}; }
INLINE void fetch_near(const void *at) { __builtin_prefetch(at, 0, 3); }
INLINE void fetch_far(const void *at) { __builtin_prefetch(at, 0, 2); }

/* a (1 - a); with a fused multiply-add, a - a a is rounded only once. */
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define SLOPE(a) ((a) - (a) * (a))
#else
#define SLOPE(a) ((a) * (1 - (a)))
#endif

/* c[j, :] += sum_i s[i, j] v[i, :] for `rows` j and `vecs` vectors. */
INLINE void gradient_tile(ptrdiff_t count, Matrix s, Matrix v, REAL *c, ptrdiff_t wide, Lines ahead,
                          const int rows, const int vecs) {
    vec sum[ROWS][VECS];
    UNROLL for (int j = 0; j < rows; j++) UNROLL for (int q = 0; q < vecs; q++) sum[j][q] = (vec){0};
    for (ptrdiff_t i = 0; i < count; i++) {
        fetch_far(ahead.at + i * ahead.step);
        vec right[VECS];
        UNROLL for (int q = 0; q < vecs; q++) right[q] = load(v.at + i * v.row + q * W);
        UNROLL for (int j = 0; j < rows; j++) {
            vec left = splat(s.at[i * s.row + j * s.col]);
            UNROLL for (int q = 0; q < vecs; q++) sum[j][q] += left * right[q];
        }
    }
    UNROLL for (int j = 0; j < rows; j++) UNROLL for (int q = 0; q < vecs; q++) {
        REAL *at = c + j * wide + q * W;
        store(at, load(at) + sum[j][q]);
    }
}

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

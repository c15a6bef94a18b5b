/* Vectors, and what the kernels of backprop and autoencoder do with them.
 *
 * Plain C with the vector extensions of GCC and Clang; -DREAL=double or float, and -march=native gives the width.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

INLINE Matrix from_row(Matrix a, ptrdiff_t i) { return (Matrix){a.at + i * a.row, a.row, a.col}; }

/* Return the first rows of a matrix, packed side by side; where columns are contiguous, some of them at a time. */
static Matrix packed(Matrix a, ptrdiff_t rows, ptrdiff_t cols, REAL *room, ptrdiff_t wide) {
    enum { SOME = 8 };
    for (ptrdiff_t i = 0; i < rows && a.col == 1; i++) memcpy(room + i * wide, a.at + i * a.row, cols * sizeof(REAL));
    for (ptrdiff_t k = 0; k < cols && a.col != 1; k += SOME)
        for (ptrdiff_t i = 0; i < rows; i++) {
            const REAL *from = a.at + i * a.row + k * a.col;
            REAL *to = room + i * wide + k;
            if (cols - k >= SOME) UNROLL for (int q = 0; q < SOME; q++) to[q] = from[q * a.col];
            else for (ptrdiff_t q = 0; q < cols - k; q++) to[q] = from[q * a.col];
        }
    return (Matrix){room, wide, 1};
}

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

/* A next block's lines of an array that are still to be fetched: `runs` of `lines`, a step and a jump apart. */
typedef struct {
    const char *at;
    ptrdiff_t step, lines, jump, runs, done; /* done: lines of the first run */
} Grid;

typedef struct {
    Grid of[4];
} Ahead;

/* Return the next lines to fetch, for so many turns. */
INLINE Lines take(Ahead *ahead, ptrdiff_t turns) {
    for (Grid *grid = ahead->of; grid < ahead->of + 4; grid++) {
        if (grid->runs <= 0) continue;
        Lines next = {grid->at + grid->done * grid->step, grid->step};
        grid->done += turns;
        if (grid->done >= grid->lines) grid->at += grid->jump, grid->done = 0, grid->runs--;
        return next;
    }
    return (Lines){(const char *)ahead, 0};
}

/* c (p, wide) += s' v. */
static void gradient(ptrdiff_t count, ptrdiff_t p, ptrdiff_t wide, Matrix s, Matrix v, REAL *c, Ahead *ahead) {
    for (ptrdiff_t k = 0, vecs; k < wide; k += vecs * W) {
        vecs = wide - k >= VECS * W ? VECS : 1;
        for (ptrdiff_t j = 0, rows; j < p; j += rows) {
            rows = p - j >= ROWS ? ROWS : 1;
            Matrix left = {s.at + j * s.col, s.row, s.col}, right = {v.at + k, v.row, 1};
            REAL *sums = c + j * wide + k;
            Lines from = take(ahead, count);
            if (rows == ROWS && vecs == VECS) gradient_tile(count, left, right, sums, wide, from, ROWS, VECS);
            else if (rows == ROWS) gradient_tile(count, left, right, sums, wide, from, ROWS, 1);
            else if (vecs == VECS) gradient_tile(count, left, right, sums, wide, from, 1, VECS);
            else gradient_tile(count, left, right, sums, wide, from, 1, 1);
        }
    }
}

/* Cost and gradient in two passes over the samples, a block of them at a time.
 *
 * The first pass computes the hidden units' activations and their means; without these no delta2 can be known. The second
 * does all the rest of a block in buffers that stay in the first- and second-level cache. Between them only a2 is kept,
 * (m, p): to compute it twice would be a fifth more work. Formulas and names are those of ../problem.py.
 *
 * Three of the five products have one form, row by row of the samples: z2 = x w1' + b1, z3 = a2 w2' + b2 and
 * delta2's delta3 w2. product_tile keeps the sums of some samples and some vectors of units in registers, and what
 * follows (exp, deltas) is done to them there. The gradients are those of backprop's kernel, in vectors.h.
 *
 * The weights are packed once a call, w1 and w2 transposed and with their sign changed: what comes out is the argument
 * of exp. Rows are padded to whole vectors; what is computed in the padding is finite and never used.
 */
#include <math.h>
#ifdef _OPENMP
#include <omp.h>
#endif
#include "../_backprop/c_fused/vectors.h"
#include "exp.h"

/* As class Task in __init__.py has it. */
typedef struct {
    ptrdiff_t m, n, p;
    Matrix x, w1, w2;
    const REAL *b1, *b2;
    double decay, beta, rho;
    REAL *cost, *grad_w1, *grad_w2, *grad_b1, *grad_b2; /* results, C-ordered */
    char *room;                                         /* room_bytes(), zeroed once; what pads rows of x stays 0 */
    ptrdiff_t threads;                                  /* that there is room for */
} Task;

/* What all threads share. */
typedef struct {
    ptrdiff_t wide, narrow;      /* n and p, rounded up to whole vectors */
    REAL *w1t, *w2t, *w2;        /* -w1' (n, narrow), -w2' (p, wide), w2 (n, narrow) */
    REAL *b1, *b2, *sparsity;    /* -b1 (narrow), -b2 (wide), (narrow) */
    REAL *a2;                    /* (m, narrow) */
} Shared;

/* What a thread has for itself. */
typedef struct {
    REAL *x, *delta3, *delta2;   /* (BLOCK, wide), (BLOCK, wide), (BLOCK, narrow) */
    REAL *w1, *w2, *b1, *b2;     /* sums of a stretch, side by side: (p, wide), (p, wide), (narrow), (wide) */
    REAL *totals;                /* of the stretches so far, as many */
    ptrdiff_t sums;              /* how many numbers these are */
    double *activations;         /* sums of a2 (narrow) */
    double squares;
} Room;

/* ------------------------------------------------------------------------------------------ the stages of a block */

/* sum = start + left right, of `rows` samples' rows and of `cols` vectors of units; right is packed, `wide` apart. */
INLINE void product_tile(ptrdiff_t count, const REAL *left, ptrdiff_t row, const REAL *right, ptrdiff_t wide,
                         const REAL *start, vec sum[SAMPLES][COLS], const int rows, const int cols) {
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int q = 0; q < cols; q++) sum[i][q] = load(start + q * W);
    for (ptrdiff_t k = 0; k < count; k++) {
        vec some[COLS];
        UNROLL for (int q = 0; q < cols; q++) some[q] = load(right + k * wide + q * W);
        UNROLL for (int i = 0; i < rows; i++) {
            vec one = splat(left[i * row + k]);
            UNROLL for (int q = 0; q < cols; q++) sum[i][q] += one * some[q];
        }
    }
}

/* Do `tile(i, j, rows, cols)` for all tiles of `count` samples and of `wide` numbers in vectors; both are constants. */
#define TILES(count, wide, tile)                                                                                        \
    for (ptrdiff_t i = 0, rows; i < (count); i += rows) {                                                               \
        rows = (count) - i >= SAMPLES ? SAMPLES : 1;                                                                    \
        for (ptrdiff_t j = 0, cols; j < (wide); j += cols * W) {                                                        \
            cols = least(COLS, ((wide) - j) / W);                                                                       \
            if (rows == SAMPLES && cols == COLS) tile(i, j, SAMPLES, COLS);                                             \
            else if (rows == SAMPLES && cols == 2) tile(i, j, SAMPLES, 2);                                              \
            else if (rows == SAMPLES) tile(i, j, SAMPLES, 1);                                                           \
            else if (cols == COLS) tile(i, j, 1, COLS);                                                                 \
            else if (cols == 2) tile(i, j, 1, 2);                                                                       \
            else tile(i, j, 1, 1);                                                                                      \
        }                                                                                                               \
    }

/* a2 = 1 / (1 + exp(-(x w1' + b1))). */
INLINE void hidden_tile(ptrdiff_t n, const Shared *shared, Matrix x, REAL *a2, ptrdiff_t j, const int rows,
                        const int cols) {
    vec sum[SAMPLES][COLS];
    product_tile(n, x.at, x.row, shared->w1t + j, shared->narrow, shared->b1 + j, sum, rows, cols);
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int q = 0; q < cols; q++)
        store(a2 + i * shared->narrow + j + q * W, 1 / (1 + vector_exp(sum[i][q])));
}

/* a3 = 1 / (1 + exp(-(a2 w2' + b2))) and delta3 = (a3 - x) a3 (1 - a3); adds to the sums of delta3 and of the squares. */
INLINE void output_tile(ptrdiff_t p, const Shared *shared, const Room *room, Matrix x, const REAL *a2, REAL *delta3,
                        ptrdiff_t j, vec *squares, const int rows, const int cols) {
    vec sum[SAMPLES][COLS];
    product_tile(p, a2, shared->narrow, shared->w2t + j, shared->wide, shared->b2 + j, sum, rows, cols);
    UNROLL for (int q = 0; q < cols; q++) {
        vec total = load(room->b2 + j + q * W);
        UNROLL for (int i = 0; i < rows; i++) {
            vec a = 1 / (1 + vector_exp(sum[i][q])), off = a - load(x.at + i * x.row + j + q * W);
            vec delta = off * SLOPE(a);
            *squares += off * off;
            total += delta;
            store(delta3 + i * shared->wide + j + q * W, delta);
        }
        store(room->b2 + j + q * W, total);
    }
}

/* delta2 = (delta3 w2 + sparsity) a2 (1 - a2); adds to its sum. */
INLINE void delta2_tile(ptrdiff_t n, const Shared *shared, const Room *room, const REAL *delta3, const REAL *a2,
                        REAL *delta2, ptrdiff_t j, const int rows, const int cols) {
    vec sum[SAMPLES][COLS];
    product_tile(n, delta3, shared->wide, shared->w2 + j, shared->narrow, shared->sparsity + j, sum, rows, cols);
    UNROLL for (int q = 0; q < cols; q++) {
        vec total = load(room->b1 + j + q * W);
        UNROLL for (int i = 0; i < rows; i++) {
            vec a = load(a2 + i * shared->narrow + j + q * W), delta = sum[i][q] * SLOPE(a);
            total += delta;
            store(delta2 + i * shared->narrow + j + q * W, delta);
        }
        store(room->b1 + j + q * W, total);
    }
}

/* Return a block's rows of x as whole vectors: where they lie or, if they lie otherwise, packed. */
static Matrix whole(const Task *task, const Shared *shared, const Room *room, ptrdiff_t start, ptrdiff_t count) {
    Matrix x = from_row(task->x, start);
    return x.col == 1 && task->n == shared->wide ? x : packed(x, count, task->n, room->x, shared->wide);
}

static void first_pass(const Task *task, const Shared *shared, Room *room, ptrdiff_t start, ptrdiff_t count) {
    ptrdiff_t n = task->n, narrow = shared->narrow;
    Matrix x = whole(task, shared, room, start, count);
    REAL *a2 = shared->a2 + start * narrow;
#define TILE(i, j, rows, cols) hidden_tile(n, shared, from_row(x, i), a2 + i * narrow, j, rows, cols)
    TILES(count, narrow, TILE)
#undef TILE
    for (ptrdiff_t j = 0; j < narrow; j += W) {
        vec total = (vec){0};
        for (ptrdiff_t i = 0; i < count; i++) total += load(a2 + i * narrow + j);
        for (int q = 0; q < W; q++) room->activations[j + q] += total[q];
    }
}

static void second_pass(const Task *task, const Shared *shared, Room *room, ptrdiff_t start, ptrdiff_t count) {
    ptrdiff_t n = task->n, p = task->p, wide = shared->wide, narrow = shared->narrow;
    Matrix x = whole(task, shared, room, start, count);
    REAL *a2 = shared->a2 + start * narrow, *delta3 = room->delta3, *delta2 = room->delta2;
    vec squares = (vec){0};
#define TILE(i, j, rows, cols)                                                                                          \
    output_tile(p, shared, room, from_row(x, i), a2 + i * narrow, delta3 + i * wide, j, &squares, rows, cols)
    TILES(count, wide, TILE)
#undef TILE
#define TILE(i, j, rows, cols)                                                                                          \
    delta2_tile(n, shared, room, delta3 + i * wide, a2 + i * narrow, delta2 + i * narrow, j, rows, cols)
    TILES(count, narrow, TILE)
#undef TILE
    for (int q = 0; q < W; q++) room->squares += squares[q];
    Ahead none = {0};
    gradient(count, p, wide, (Matrix){delta2, narrow, 1}, x, room->w1, &none);
    gradient(count, p, wide, (Matrix){a2, narrow, 1}, (Matrix){delta3, wide, 1}, room->w2, &none);
}

/* ------------------------------------------------------------------------------------------------------- the whole */

typedef void Pass(const Task *, const Shared *, Room *, ptrdiff_t, ptrdiff_t);

/* Have one thread's share of the blocks pass; sums of many blocks are summed by themselves, as in backprop's kernel. */
static void pass_share(Pass *pass, const Task *task, const Shared *shared, Room *room, ptrdiff_t thread,
                       ptrdiff_t threads) {
    ptrdiff_t blocks = 1 + (task->m - 1) / BLOCK;
    ptrdiff_t end = least(task->m, blocks * (thread + 1) / threads * BLOCK);
    memset(room->w1, 0, 2 * room->sums * sizeof(REAL));
    for (ptrdiff_t start = blocks * thread / threads * BLOCK, block = 1; start < end; start += BLOCK, block++) {
        pass(task, shared, room, start, least(BLOCK, end - start));
        if (block % STRETCH && start + BLOCK < end) continue;
        for (ptrdiff_t k = 0; k < room->sums; k++) room->totals[k] += room->w1[k];
        memset(room->w1, 0, room->sums * sizeof(REAL));
    }
}

static void pass_all(Pass *pass, const Task *task, const Shared *shared, Room *rooms, ptrdiff_t threads) {
    if (threads == 1) {
        pass_share(pass, task, shared, rooms, 0, 1);
    } else {
#pragma omp parallel for num_threads(threads) schedule(static, 1)
        for (ptrdiff_t t = 0; t < threads; t++) pass_share(pass, task, shared, &rooms[t], t, threads);
    }
}

/* Pack the parameters. */
static void prepare(const Task *task, const Shared *shared) {
    ptrdiff_t n = task->n, p = task->p, wide = shared->wide, narrow = shared->narrow;
    packed((Matrix){task->w1.at, task->w1.col, task->w1.row}, n, p, shared->w1t, narrow);
    packed((Matrix){task->w2.at, task->w2.col, task->w2.row}, p, n, shared->w2t, wide);
    packed(task->w2, n, p, shared->w2, narrow);
    for (ptrdiff_t k = 0; k < n * narrow; k++) shared->w1t[k] = -shared->w1t[k];
    for (ptrdiff_t k = 0; k < p * wide; k++) shared->w2t[k] = -shared->w2t[k];
    for (ptrdiff_t j = 0; j < p; j++) shared->b1[j] = -task->b1[j];
    for (ptrdiff_t k = 0; k < wide; k++) shared->b2[k] = k < n ? -task->b2[k] : 80; /* a3 is 0 there, as x is: to 34 digits */
}

/* Write what the sparsity adds to delta2, given the sums of a2; return what it adds to the cost. */
static double sparsity(const Task *task, const Shared *shared, const Room *rooms, ptrdiff_t threads) {
    double beta = task->beta, rho = task->rho, divergence = 0;
    for (ptrdiff_t j = 0; j < task->p; j++) {
        double rho_hat = 0;
        for (ptrdiff_t t = 0; t < threads; t++) rho_hat += rooms[t].activations[j];
        rho_hat /= task->m;
        shared->sparsity[j] = beta * ((1 - rho) / (1 - rho_hat) - rho / rho_hat);
        divergence += rho * log(rho / rho_hat) + (1 - rho) * log((1 - rho) / (1 - rho_hat));
    }
    return beta * divergence;
}

/* Write a gradient: the mean of the sums, and the decay of its weights; return the sum of the weights' squares. */
static double finish(const Task *task, Matrix sums, Matrix weights, ptrdiff_t rows, ptrdiff_t cols, REAL *gradient) {
    double squares = 0;
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t k = 0; k < cols; k++) {
            REAL weight = weights.at ? weights.at[i * weights.row + k * weights.col] : 0;
            squares += (double)weight * weight;
            gradient[i * cols + k] = sums.at[i * sums.row + k * sums.col] / task->m + (REAL)task->decay * weight;
        }
    return squares;
}

/* How many threads OpenMP would use now: OMP_NUM_THREADS, or what threadpoolctl has set. */
ptrdiff_t threads_now(void) {
#ifdef _OPENMP
    return omp_get_max_threads();
#else
    return 1;
#endif
}

typedef struct {
    char **name;
    size_t bytes;
} Place;

/* Lay places out, from `at`; return where the next begins. */
static char *lay_out(const Place *places, size_t count, char *at) {
    for (size_t k = 0; k < count; k++) {
        *places[k].name = at;
        at += round_up(places[k].bytes, LINE);
    }
    return at;
}

static char *lay_out_shared(const Task *task, Shared *shared, char *at) {
    size_t n = task->n, p = task->p, one = sizeof(REAL);
    size_t wide = shared->wide = round_up(n, W), narrow = shared->narrow = round_up(p, W);
    Place places[] = {
        {(char **)&shared->w1t, n * narrow * one}, {(char **)&shared->w2t, p * wide * one},
        {(char **)&shared->w2, n * narrow * one},  {(char **)&shared->b1, narrow * one},
        {(char **)&shared->b2, wide * one},        {(char **)&shared->sparsity, narrow * one},
        {(char **)&shared->a2, task->m * narrow * one},
    };
    return lay_out(places, sizeof places / sizeof *places, at);
}

static char *lay_out_room(const Task *task, const Shared *shared, Room *room, char *at) {
    size_t p = task->p, wide = shared->wide, narrow = shared->narrow, one = sizeof(REAL);
    room->sums = 2 * p * wide + narrow + wide;
    Place places[] = {
        {(char **)&room->x, BLOCK * wide * one},        {(char **)&room->delta3, BLOCK * wide * one},
        {(char **)&room->delta2, BLOCK * narrow * one}, {(char **)&room->activations, narrow * sizeof(double)},
        {(char **)&room->w1, 2 * room->sums * one},
    };
    at = lay_out(places, sizeof places / sizeof *places, at);
    room->w2 = room->w1 + p * wide, room->b1 = room->w2 + p * wide, room->b2 = room->b1 + narrow;
    room->totals = room->w1 + room->sums;
    return at;
}

size_t room_bytes(const Task *task) {
    Shared shared;
    Room room;
    char *start = (char *)LINE, *own = lay_out_shared(task, &shared, start);
    return (own - start) + (lay_out_room(task, &shared, &room, own) - own) * task->threads + LINE;
}

void evaluate(const Task *task) {
    ptrdiff_t blocks = 1 + (task->m - 1) / BLOCK, n = task->n, p = task->p;
    ptrdiff_t threads = least(least(threads_now(), task->threads), blocks);
    Shared shared;
    Room rooms[threads];
    char *at = lay_out_shared(task, &shared, (char *)round_up((intptr_t)task->room, LINE));
    for (ptrdiff_t t = 0; t < threads; t++) {
        at = lay_out_room(task, &shared, &rooms[t], at);
        memset(rooms[t].activations, 0, shared.narrow * sizeof(double));
        rooms[t].squares = 0;
    }
    prepare(task, &shared);
    pass_all(first_pass, task, &shared, rooms, threads);
    double unwanted = sparsity(task, &shared, rooms, threads), squares = 0;
    pass_all(second_pass, task, &shared, rooms, threads);
    for (ptrdiff_t t = 0; t < threads; t++) squares += rooms[t].squares;
    for (ptrdiff_t t = 1; t < threads; t++)
        for (ptrdiff_t k = 0; k < rooms->sums; k++) rooms->totals[k] += rooms[t].totals[k];
    REAL *w1 = rooms->totals, *w2 = w1 + p * shared.wide, *b1 = w2 + p * shared.wide, *b2 = b1 + shared.narrow;
    Matrix none = {NULL, 0, 0};
    double weights = finish(task, (Matrix){w1, shared.wide, 1}, task->w1, p, n, task->grad_w1);
    weights += finish(task, (Matrix){w2, 1, shared.wide}, task->w2, n, p, task->grad_w2);
    finish(task, (Matrix){b1, 0, 1}, none, 1, p, task->grad_b1);
    finish(task, (Matrix){b2, 0, 1}, none, 1, n, task->grad_b2);
    *task->cost = squares / (2.0 * task->m) + task->decay / 2 * weights + unwanted;
}

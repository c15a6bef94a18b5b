/* Backpropagation in one pass over the samples, a block of them at a time.
 *
 * For each block, delta3 and delta2 are computed into buffers that stay in the first- and second-level cache, and used
 * up at once for the gradients; no array of m rows is ever written. Formulas and names are those of ../problem.py.
 *
 * Both gradients have one form, sum_i s[i, j] v[i, :] with v of the n units' width: s = delta2, v = a1 for grad_w1 and
 * s = a2, v = delta3 for the transpose of grad_w2. So the vectors run along n (64 = 8 vectors of 8 doubles, none of them
 * partly used) and only delta2 = delta3 theta2 has vectors along p (25 = 3 vectors of 8 and one column left over: that
 * column is a dot product, taken while the row of delta3 is in registers). tiles.h has the inner loops.
 *
 * Reading ahead. While a block is computed, each turn of the inner loops fetches one line of the next block's rows into
 * the second-level cache, and the tiles of delta2 the rows of the next tile into the first: fetched when needed they
 * would hold up the multiply-adds, all at once they would fill the queue. (An address beyond the array does no harm.)
 *
 * Adding up. A sum of m numbers one after the other is off by up to m roundings, and numbers of one sign come near to
 * that: with a million of them in single precision the second digit is wrong. So STRETCH blocks are summed by
 * themselves, and then the stretches: no sum has more than some hundreds of terms.
 */
#ifdef _OPENMP
#include <omp.h>
#endif
#include "tiles.h"

/* As class Task in __init__.py has it. */
typedef struct {
    ptrdiff_t m, n, p;
    Matrix x, a1, a2, a3, theta2;
    const REAL *rho_hat;
    double beta, rho;
    REAL *grad_w1, *grad_w2, *grad_b1, *grad_b2; /* results, C-ordered */
    char *room;                                  /* room_bytes(), zeroed once; what pads rows stays 0 */
    ptrdiff_t threads;                           /* that there is room for */
} Task;

/* --------------------------------------------------------------------------------------- the stages of a block */

/* delta3 and delta2 of `rows` samples, given these samples' rows of whole vectors; those of a2 from sample i on. */
INLINE void deltas_tile(const Task *task, const Room *room, ptrdiff_t i, Matrix x, Matrix a3, REAL *delta3,
                        REAL *delta2, Ahead *ahead, const int rows) {
    ptrdiff_t n = task->n, p = task->p;
    ptrdiff_t vectors = p % W == 1 ? p - 1 : room->narrow; /* units done by vectors, the last one otherwise */
    ptrdiff_t next = i + rows < task->m ? rows : 0;
    const REAL *const near[] = {x.at + next * x.row, a3.at + next * a3.row};
    REAL last[SAMPLES] = {0};
    Matrix a2 = from_row(task->a2, i);
    /* A vector may reach beyond a row, into the next, but not beyond the array. */
    if (a2.col != 1 || (vectors > p && (a2.row <= 0 || i + rows - 1 + (vectors - p + a2.row - 1) / a2.row >= task->m)))
        a2 = packed(a2, rows, p, room->a2, room->narrow);
    if (vectors < p) delta3_tile(room, x, a3, delta3, last, rows);
    else delta3_tile(room, x, a3, delta3, NULL, rows);
    for (ptrdiff_t j = 0, cols; j < vectors; j += cols * W) {
        cols = least(COLS, (vectors - j) / W);
        Lines from = take(ahead, n);
        if (cols == COLS) delta2_tile(n, room, j, delta3, a2, delta2, near, from, rows, COLS);
        else if (cols == 2) delta2_tile(n, room, j, delta3, a2, delta2, near, from, rows, 2);
        else delta2_tile(n, room, j, delta3, a2, delta2, near, from, rows, 1);
    }
    for (int r = 0; r < rows && vectors < p; r++) {
        REAL a = a2.at[r * a2.row + vectors];
        delta2[r * room->narrow + vectors] = (last[r] + room->sparsity[vectors]) * SLOPE(a);
    }
    for (ptrdiff_t j = 0; j < room->narrow; j += W) {
        vec total = load(room->b1 + j);
        for (int r = 0; r < rows; r++) total += load(delta2 + r * room->narrow + j);
        store(room->b1 + j, total);
    }
}

/* Return rows of whole vectors: where they lie or, if they lie otherwise, packed. */
static Matrix whole(Matrix a, ptrdiff_t start, ptrdiff_t count, const Room *room, ptrdiff_t n, REAL *space) {
    Matrix from = from_row(a, start);
    return a.col == 1 && n == room->wide ? from : packed(from, count, n, space, room->wide);
}

static void add_block(const Task *task, const Room *room, ptrdiff_t start, ptrdiff_t count, Ahead *ahead) {
    ptrdiff_t n = task->n, p = task->p, wide = room->wide, narrow = room->narrow;
    Matrix x = whole(task->x, start, count, room, n, room->x);
    Matrix a3 = whole(task->a3, start, count, room, n, room->a3);
    for (ptrdiff_t i = 0, rows; i < count; i += rows) {
        rows = count - i >= SAMPLES ? SAMPLES : 1;
        Matrix xs = from_row(x, i), a3s = from_row(a3, i);
        REAL *delta3 = room->delta3 + i * wide, *delta2 = room->delta2 + i * narrow;
        if (rows == SAMPLES) deltas_tile(task, room, start + i, xs, a3s, delta3, delta2, ahead, SAMPLES);
        else deltas_tile(task, room, start + i, xs, a3s, delta3, delta2, ahead, 1);
    }
    Matrix a1 = whole(task->a1, start, count, room, n, room->a1);
    gradient(count, p, wide, (Matrix){room->delta2, narrow, 1}, a1, room->w1, ahead);
    gradient(count, p, wide, from_row(task->a2, start), (Matrix){room->delta3, wide, 1}, room->w2, ahead);
}

/* ------------------------------------------------------------------------------------------------------ threads */

/* The lines of `count` rows of the arrays with a row for each sample: one run or, column by column, a run for each line
 * of a column's piece. */
static Ahead rows_ahead(const Task *task, ptrdiff_t start, ptrdiff_t count) {
    const Matrix *arrays[] = {&task->x, &task->a3, &task->a1, &task->a2};
    Ahead ahead;
    for (int k = 0; k < 4; k++) {
        Matrix a = from_row(*arrays[k], start);
        ptrdiff_t row = a.row * (ptrdiff_t)sizeof(REAL), col = a.col * (ptrdiff_t)sizeof(REAL);
        ptrdiff_t cols = k < 3 ? task->n : task->p, lines = count * row / LINE;
        ahead.of[k] = a.col == 1 ? (Grid){(const char *)a.at, LINE, lines, 0, lines > 0, 0}
                                 : (Grid){(const char *)a.at, col, cols, LINE, count > 0 ? lines + 1 : 0, 0};
    }
    return ahead;
}

/* Lay a thread's room out, from `at`; return where the next begins. */
static char *lay_out(const Task *task, Room *room, char *at) {
    ptrdiff_t n = task->n, p = task->p, wide = round_up(n, W), narrow = round_up(p, W);
    room->wide = wide, room->narrow = narrow, room->sums = 2 * p * wide + narrow + wide;
    struct {
        REAL **name;
        ptrdiff_t numbers;
    } places[] = {
        {&room->w1, room->sums},       {&room->totals, room->sums},
        {&room->theta, n * narrow},    {&room->odd, wide},        {&room->sparsity, narrow},
        {&room->delta3, BLOCK * wide}, {&room->delta2, BLOCK * narrow},
        {&room->x, BLOCK * wide},      {&room->a1, BLOCK * wide}, {&room->a3, BLOCK * wide},
        {&room->a2, SAMPLES * narrow},
    };
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        *places[k].name = (REAL *)at;
        at += round_up(places[k].numbers * (ptrdiff_t)sizeof(REAL), LINE);
    }
    room->w2 = room->w1 + p * wide, room->b1 = room->w2 + p * wide, room->b2 = room->b1 + narrow;
    return at;
}

/* Add the sums to the totals and begin anew. */
static void end_stretch(const Room *room) {
    for (ptrdiff_t k = 0; k < room->sums; k++) room->totals[k] += room->w1[k];
    memset(room->w1, 0, room->sums * sizeof(REAL));
}

/* One thread's share of the blocks, added up in its room's totals. */
static void add_share(const Task *task, const Room *room, ptrdiff_t thread, ptrdiff_t threads, ptrdiff_t blocks) {
    ptrdiff_t n = task->n, p = task->p;
    packed(task->theta2, n, p, room->theta, room->narrow);
    packed((Matrix){room->theta + p - 1, 1, room->narrow}, 1, n, room->odd, room->wide);
    REAL beta = task->beta, rho = task->rho, rest = 1 - task->rho;
    for (ptrdiff_t j = 0; j < p; j++)
        room->sparsity[j] = beta * (rest / (1 - task->rho_hat[j]) - rho / task->rho_hat[j]);
    memset(room->w1, 0, (char *)room->theta - (char *)room->w1);
    ptrdiff_t rows = round_up((task->m + blocks - 1) / blocks, SAMPLES);
    ptrdiff_t begin = least(task->m, blocks * thread / threads * rows);
    ptrdiff_t end = least(task->m, blocks * (thread + 1) / threads * rows);
    for (ptrdiff_t start = begin, block = 1; start < end; start += rows, block++) {
        ptrdiff_t next = start + rows;
        Ahead ahead = rows_ahead(task, next, next < end ? least(rows, end - next) : 0);
        add_block(task, room, start, least(rows, end - start), &ahead);
        if (block % STRETCH == 0 || next >= end) end_stretch(room);
    }
}

/* Write the results: the threads' sums, added in the order of the threads; grad_w2 was computed transposed. */
static void add_up(const Task *task, const Room *rooms, ptrdiff_t threads) {
    ptrdiff_t n = task->n, p = task->p;
    ptrdiff_t wide = rooms->wide;
    REAL *w1 = rooms->totals, *w2 = w1 + p * wide, *b1 = w2 + p * wide, *b2 = b1 + rooms->narrow;
    for (ptrdiff_t t = 1; t < threads; t++)
        for (ptrdiff_t k = 0; k < rooms->sums; k++) w1[k] += rooms[t].totals[k];
    packed((Matrix){w1, wide, 1}, p, n, task->grad_w1, n);
    packed((Matrix){w2, 1, wide}, n, p, task->grad_w2, p);
    memcpy(task->grad_b1, b1, p * sizeof(REAL));
    memcpy(task->grad_b2, b2, n * sizeof(REAL));
}

/* How many threads OpenMP would use now: OMP_NUM_THREADS, or what threadpoolctl has set. */
ptrdiff_t threads_now(void) {
#ifdef _OPENMP
    return omp_get_max_threads();
#else
    return 1;
#endif
}

size_t room_bytes(const Task *task) {
    Room room;
    return (lay_out(task, &room, (char *)task) - (char *)task) * task->threads + LINE;
}

void backprop(const Task *task) {
    ptrdiff_t blocks = 1 + (task->m - 1) / BLOCK;
    ptrdiff_t threads = least(least(threads_now(), task->threads), blocks);
    Room rooms[threads];
    char *at = (char *)round_up((intptr_t)task->room, LINE);
    for (ptrdiff_t t = 0; t < threads; t++) at = lay_out(task, &rooms[t], at);
    if (threads == 1) {
        add_share(task, rooms, 0, 1, blocks);
    } else {
#pragma omp parallel for num_threads(threads) schedule(static, 1)
        for (ptrdiff_t t = 0; t < threads; t++) add_share(task, &rooms[t], t, threads, blocks);
    }
    add_up(task, rooms, threads);
}

/**
 * Estimates over rounds, as bench/stats.py, bench/looks.py and bench/verdict.py make them, for another baseline than
 * the run's own. Ratios are handled as natural logarithms and shown as exp() of them. Pure: no document, no clock.
 */
const Estimate = (() => {
  'use strict';

  /** One-sided level of a two-sided 95 % interval (bench/stats.ALPHA). */
  const ALPHA = 0.025;

  /** With fewer rounds no two-sided 95 % interval exists: 2 * 2**-5 is above .05. */
  const MIN_ROUNDS = 6;

  /** Number of rounds -> its `signedRankCounts`. */
  const countsOf = new Map();

  /** Return the median of numbers that are in ascending order: of an even number of them the mean of the middle two. */
  function median(ordered) {
    const half = ordered.length >> 1;
    return ordered.length % 2 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
  }

  /** Return a copy in ascending order (the default order of sort() is that of strings). */
  const ascending = (values) => Float64Array.from(values).sort();

  /**
   * Return how many of the 2**n choices of signs give the signed-rank statistic W+ = 0, 1, 2, ..., as BigInt.
   *
   * The recurrence c_n(x) = c_(n-1)(x) + c_(n-1)(x - n), in whole numbers: Wilcoxon 1945; Hollander, Wolfe & Chicken,
   * Nonparametric Statistical Methods, 3rd ed., section 3.1.
   */
  function signedRankCounts(n) {
    if (!countsOf.has(n)) {
      let counts = [1n];
      for (let rank = 1; rank <= n; rank += 1) {
        const absent = new Array(rank).fill(0n);
        const having = absent.concat(counts);
        counts = counts.concat(absent).map((without, at) => without + having[at]);
      }
      countsOf.set(n, counts);
    }
    return countsOf.get(n);
  }

  /** Return a positive number as a fraction of whole numbers, exactly: doubling a double loses nothing. */
  function fraction(number) {
    let denominator = 1n;
    let numerator = number;
    while (!Number.isInteger(numerator)) {
      numerator *= 2;
      denominator *= 2n;
    }
    return [BigInt(numerator), denominator];
  }

  /**
   * Return the number k of values x of a statistic for which P(X <= x) <= `alpha`, exactly (stats.critical_index).
   *
   * The k-th smallest and the k-th largest Walsh average end the interval; 0: too few rounds for any.
   */
  function criticalIndex(counts, alpha) {
    if (!(alpha > 0 && alpha < 0.5)) {
      throw new RangeError(`one-sided level ${alpha}: expected a number above 0 and below 0.5`);
    }
    const [numerator, denominator] = fraction(alpha);
    const allowed = numerator * counts.reduce((sum, count) => sum + count, 0n);
    let reached = 0n;
    return counts.findIndex((count) => {
      reached += count;
      return reached * denominator > allowed;
    });
  }

  /** Return the averages (d_i + d_j) / 2 of all pairs with i <= j, in ascending order. */
  function walshAverages(ds) {
    const averages = new Float64Array((ds.length * (ds.length + 1)) / 2);
    let place = 0;
    ds.forEach((a, i) => {
      for (let j = i; j < ds.length; j += 1) averages[place++] = (a + ds[j]) / 2;
    });
    return averages.sort();
  }

  /**
   * Return the Hodges-Lehmann estimate of the centre of `ds`, with its exact signed-rank interval.
   *
   * @param {number[]} ds one value a round, for ratios their natural logarithm; at least one, all finite
   * @param {number} [alpha] probability of missing on each side
   * @returns {{value: number, interval: ?[number, number], rounds: number, reason: ?string}} without an interval below
   *   6 rounds and where none of that level exists; Hollander, Wolfe & Chicken, 3rd ed., sections 3.2 and 3.3
   */
  function hodgesLehmann(ds, alpha = ALPHA) {
    if (ds.length === 0 || !ds.every(Number.isFinite)) {
      throw new RangeError(`expected at least one value, all finite; found ${ds}`);
    }
    const rounds = ds.length;
    const averages = walshAverages(ds);
    const k = criticalIndex(signedRankCounts(rounds), alpha);
    let reason = null;
    if (rounds < MIN_ROUNDS) reason = `no interval below ${MIN_ROUNDS} rounds`;
    else if (k === 0) reason = `no interval at one-sided level ${Number(alpha.toPrecision(3))} with ${rounds} rounds`;
    const interval = reason ? null : [averages[k - 1], averages[averages.length - k]];
    return { value: median(averages), interval, rounds, reason };
  }

  /**
   * Return the one-sided level of a pair's interval (bench/looks.level): a run that looked several times, and could
   * have stopped at each look, holds every look at its part of ALPHA (Bonferroni).
   */
  function level(looks, rounds, alpha = ALPHA) {
    return looks.length > 0 && rounds >= looks[0] ? alpha / looks.length : alpha;
  }

  /**
   * Return round -> log(candidate time / baseline time): the median over the passes that both ran
   * (bench/stats.pass_log_ratio), for the rounds that both finished. Ratios are formed within a round only.
   *
   * @param {{minima: Object}} candidate, baseline arms: round -> pass -> burst minimum in ns per call
   */
  function logRatios(candidate, baseline) {
    const found = {};
    for (const [round, minima] of Object.entries(candidate.minima)) {
      const others = baseline.minima[round] || {};
      const shared = Object.keys(minima).filter((pass) => pass in others);
      const logs = shared.map((pass) => Math.log(minima[pass]) - Math.log(others[pass]));
      if (logs.length > 0) found[round] = median(ascending(logs));
    }
    return found;
  }

  /** Return the estimate of log(candidate time / baseline time), at the level that the run's looks leave; or null. */
  function logRatio(candidate, baseline, data) {
    const ds = Object.values(logRatios(candidate, baseline));
    return ds.length > 0 ? hodgesLehmann(ds, level(data.looks, ds.length)) : null;
  }

  /** Return exp() of a log-ratio the other way round: how many times as fast, 1 / ratio (verdict.Ratio.inverse). */
  function inverse(estimate) {
    const ends = estimate.interval;
    return {
      value: 1 / Math.exp(estimate.value),
      interval: ends ? [1 / Math.exp(ends[1]), 1 / Math.exp(ends[0])] : null,
    };
  }

  /** Return the speed-up of `candidate` over `baseline` as `{value, interval}`; null where they share no round. */
  function speedup(candidate, baseline, data) {
    const estimate = logRatio(candidate, baseline, data);
    return estimate ? inverse(estimate) : null;
  }

  /**
   * Return what a log-ratio's interval says at a margin (bench/verdict.judge).
   *
   * @param {{interval: ?[number, number]}} estimate natural logarithm of candidate time / baseline time
   * @param {number} margin the smallest relative difference that matters, as .03 for 3 %
   * @param {?number} resolved the smallest that the machine was shown to tell; where it exceeds the margin, a
   *   difference must exceed it too, and nothing is called equivalent
   */
  function verdict(estimate, margin, resolved) {
    if (!estimate.interval) return 'undecided';
    const [low, high] = estimate.interval;
    const least = Math.log1p(Math.max(margin, resolved || 0));
    if (low > least) return 'slower';
    if (high < -least) return 'faster';
    if ((resolved || 0) <= margin && -Math.log1p(margin) < low && high < Math.log1p(margin)) {
      return low > 0 ? 'slower within tolerance' : 'equivalent';
    }
    return 'undecided';
  }

  return {
    ALPHA,
    criticalIndex,
    hodgesLehmann,
    inverse,
    level,
    logRatio,
    logRatios,
    signedRankCounts,
    speedup,
    verdict,
  };
})();

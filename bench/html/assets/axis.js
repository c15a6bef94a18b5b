/** Numbers as text, and places on an axis: ticks that read well, linear, logarithmic, by category or by date. Pure. */
const Axis = (() => {
  'use strict';

  /** Units of time and their length in seconds, longest first (bench/units.TIME_UNITS). */
  const TIMES = [['s', 1], ['ms', 1e-3], ['us', 1e-6], ['ns', 1e-9]];

  /** Decimal prefixes, largest first (bench/units). */
  const PREFIXES = [['T', 1e12], ['G', 1e9], ['M', 1e6], ['k', 1e3], ['', 1]];

  /** Unit of the spec -> how it is written behind a prefix. */
  const PREFIXED = { B: 'B', 'B/s': 'B/s', 'flop/s': 'FLOP/s', count: '' };

  /** Distances of ticks on an axis of dates, in ms: from a minute to a year. */
  const DAY = 24 * 3600e3;
  const SHARES = [1440, 288, 96, 24, 8, 4, 2].map((parts) => 1 / parts);
  const DATE_STEPS = [...SHARES, 1, 2, 7, 14, 30, 90, 365].map((days) => days * DAY);

  /** Below this ratio of its ends a log axis has no 1-2-5 ticks enough and gets evenly spaced ones. */
  const FEW_DECADES = 8;

  /** Below this ratio of its ends a log axis of whole numbers has powers of two as its ticks. */
  const FEW_DOUBLINGS = 100;

  /** What is at a unit's length but for rounding counts as that long. */
  const NEARLY = 1 - 1e-9;

  /** Return a number with so many significant digits, never in exponent form (bench/units.significant). */
  function significant(value, digits = 3) {
    if (value === 0) return '0';
    const rounded = Number(value.toExponential(digits - 1));
    const magnitude = Number(rounded.toExponential().split('e')[1]);
    return rounded.toFixed(Math.min(100, Math.max(0, digits - 1 - magnitude)));
  }

  /** Return a tick's number with no more digits than it has. */
  function shortest(value) {
    const text = significant(value, 6);
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  }

  /** Return a moment, in ms since 1970, as a date in UTC; with the time of day unless told otherwise. */
  function date(moment, timeOfDay = true) {
    const text = new Date(moment).toISOString();
    return timeOfDay ? text.slice(0, 16).replace('T', ' ') : text.slice(0, 10);
  }

  /**
   * Return a value with its unit, as in `4.53 ms`, `73.7 GFLOP/s`, `98.2 %`, `21.4x`; a dash for null.
   *
   * @param {?number} value in the spec's unit: seconds, bytes, flops a second, percent; "date" is ms since 1970, UTC
   * @param {function(number): string} write how the number itself is written
   */
  function quantity(value, unit, write = significant) {
    if (value === null || value === undefined) return '-';
    if (unit === 'date') return date(value);
    if (unit === 'x') return `${write(value)}x`;
    if (unit === '%') return `${write(value)} %`;
    const among = unit === 's' ? TIMES : unit in PREFIXED ? PREFIXES : null;
    if (among === null || value === 0) return write(value);
    const [name, length] = among.find((one) => Math.abs(value) >= one[1] * NEARLY) || among[among.length - 1];
    const text = name + (PREFIXED[unit] || '');
    return unit === 'count' ? write(value / length) + text : `${write(value / length)} ${text}`;
  }

  /** Return the multiples of `step` from `low` to `high`. */
  function multiples(low, high, step) {
    const found = [];
    for (let index = Math.ceil(low / step - 1e-9); index <= high / step + 1e-9; index += 1) found.push(index * step);
    return found;
  }

  /** Return at most about `most` evenly spaced round numbers. */
  function linearTicks(low, high, most, whole = false) {
    const rough = (high - low) / most;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((digit) => digit * power).find((one) => one >= rough * NEARLY);
    return multiples(low, high, whole ? Math.max(1, Math.ceil(step)) : step);
  }

  /** Return the powers of two from `low` to `high`, as threads are counted. */
  function doublings(low, high) {
    const found = [];
    for (let value = 2 ** Math.ceil(Math.log2(low)); value <= high; value *= 2) if (value >= 1) found.push(value);
    return found;
  }

  /** Return at most about `most` values that read well on a log axis: 1, 2, 5, 10, ... (as axis.log_ticks in bench/report/figures). */
  function logTicks(low, high, most, whole) {
    if (whole && high / low < FEW_DOUBLINGS) return doublings(low, high);
    if (high / low < FEW_DECADES) return linearTicks(low, high, Math.min(most, 5));
    let ticks = [];
    for (const digits of [[1, 2, 5], [1, 3], [1]]) {
      ticks = [];
      for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
        ticks.push(...digits.map((digit) => Number(`${digit}e${power}`)).filter((one) => one >= low && one <= high));
      }
      if (ticks.length <= most) return ticks;
    }
    const every = Math.ceil(ticks.length / most);
    return ticks.filter((_tick, index) => index % every === 0);
  }

  /** Return dates from `low` to `high`, at most about `most`; at midnight UTC where they are a day or more apart. */
  function dateTicks(low, high, most) {
    const step = DATE_STEPS.find((one) => one >= (high - low) / most) || DATE_STEPS[DATE_STEPS.length - 1];
    return multiples(low, high, step).map((value) => ({
      value,
      text: step < DAY ? date(value).slice(5) : date(value, false),
    }));
  }

  /** Return a whole number with all its digits, thousands as in `20k`: never `1.024k`. */
  const wholeText = (value) => (value % 1000 === 0 ? quantity(value, 'count', shortest) : String(value));

  /** Return the ticks of an axis as `{value, text}`. */
  function ticks(axis, [low, high], most) {
    if (axis.scale === 'category') return axis.categories.map((text, value) => ({ value, text }));
    if (axis.unit === 'date') return dateTicks(low, high, most);
    if (axis.ticks) return axis.ticks.map((value) => ({ value, text: wholeText(value) }));
    const whole = axis.unit === 'count';
    const found = axis.scale === 'log' ? logTicks(low, high, most, whole) : linearTicks(low, high, most, whole);
    return found.map((value) => ({ value, text: quantity(value, axis.unit, shortest) }));
  }

  /**
   * Return the ends of an axis around `values`: the spec's own where it gives them, else 5 % of the length more.
   *
   * @param {{fromZero: ?boolean, nearZero: ?boolean}} how whether a linear axis of positive values begins at 0: always,
   *   or where they come near to it
   */
  function ends(axis, values, how = {}) {
    if (axis.scale === 'category') return [-0.5, axis.categories.length - 0.5];
    const log = axis.scale === 'log';
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low > high) [low, high] = log ? [1, 10] : [0, 1];
    const padded = log ? padLog(low, high) : padLinear(low, high, how);
    return [axis.low ?? padded[0], axis.high ?? padded[1]];
  }

  /** Return 5 % of the length more at each end, 2 % of the value at least (bench/report/figures/axis.padded). */
  function padLog(low, high) {
    const factor = Math.max((high / low) ** 0.05, 1.02);
    return [low / factor, high * factor];
  }

  function padLinear(low, high, { fromZero = false, nearZero = false }) {
    const zero = low >= 0 && (fromZero || (nearZero && low < 0.3 * high));
    const room = 0.05 * (high - low) || 0.05 * Math.abs(high) || 1;
    return [zero ? 0 : low - room, high + room];
  }

  /**
   * Return a scale: `at(value)` is the place in pixels between `from` and `to`.
   *
   * @param {{scale: string}} axis of the spec
   * @param {[number, number]} between the axis' ends, in its unit
   */
  function scale(axis, between, [from, to]) {
    const warp = axis.scale === 'log' ? Math.log : (value) => value;
    const [low, high] = between.map(warp);
    const at = (value) => from + ((warp(value) - low) / (high - low)) * (to - from);
    return { at, ends: between, from, to };
  }

  return { date, ends, quantity, scale, shortest, significant, ticks };
})();

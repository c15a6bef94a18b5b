/** Speed-ups over another baseline than the run's own: as rows, as a forest, as text. Pure but for `fill`. */
const Baseline = (() => {
  'use strict';

  /** Verdict -> how its mark looks in a forest, as in bench/report/charts/speedup.py. */
  const LOOKS = {
    faster: { colour: 'good', shape: 0 },
    slower: { colour: 'bad', shape: 1 },
    baseline: { colour: 'grey', shape: 5 },
  };
  const OTHER_LOOK = { colour: 'grey', shape: 2 };

  /** Least half-width that decimals are chosen for, as a ratio. */
  const LEAST_HALF_WIDTH = 1e-3;

  /** Return as in `24.1x [23.8, 24.5]`; a dash for null (bench/report/phrases.ratio_text). */
  function ratioText(ratio) {
    if (!ratio) return '-';
    if (!ratio.interval) return Axis.quantity(ratio.value, 'x');
    const [low, high] = ratio.interval;
    const half = Math.max((high - low) / 2, LEAST_HALF_WIDTH);
    const decimals = Math.max(0, -Math.floor(Math.log10(half)), 2 - Math.floor(Math.log10(ratio.value)));
    return `${ratio.value.toFixed(decimals)}x [${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`;
  }

  /** Return the timed arms of a group but the second baseline, which is not chosen from and not compared. */
  const timed = (group) => group.arms.filter((arm) => arm.outcome === 'ok' && !arm.again);

  /**
   * Return every timed arm of a group with its speed-up over `baseline`, fastest first, those without one last.
   *
   * @param {object} group, data as embedded in the page
   * @param {string} baseline name of an arm
   * @returns {{arm: object, ratio: ?object, medians: ?number, verdict: ?string}[]}
   */
  function compare(group, baseline) {
    const rows = timed(group).map((arm) => {
      if (arm.name === baseline) return { arm, ratio: { value: 1, interval: null }, medians: null, verdict: 'baseline' };
      const pair = (group.pairs[baseline] || {})[arm.name];
      if (!pair) return { arm, ratio: null, medians: null, verdict: null };
      const [value, low, high, medians, verdict] = pair;
      return { arm, ratio: { value, interval: low === null ? null : [low, high] }, medians, verdict };
    });
    return rows.sort((a, b) => (b.ratio ? b.ratio.value : 0) - (a.ratio ? a.ratio.value : 0));
  }

  /** Return the text of a row's speed-up: exactly 1 for the baseline. */
  const speedupText = (row) => (row.verdict === 'baseline' ? '1x' : ratioText(row.ratio));

  /** Return a row's mark in the forest. */
  function point(row, place) {
    const { arm, ratio, verdict } = row;
    const text = verdict === 'baseline' ? 'baseline' : ratioText(ratio);
    const time = arm.min_seconds_per_call ? `${Axis.quantity(arm.min_seconds_per_call.value, 's')} a call (min)` : '';
    const [low, high] = (ratio && ratio.interval) || [null, null];
    const tip = [`${arm.label}: ${text}`, verdict === 'baseline' ? '' : verdict, time].filter(Boolean).join('\n');
    return { x: ratio ? ratio.value : null, y: place, low, high, label: text, tip };
  }

  /** Return a row's series: the forest has one for each. */
  const seriesOf = (row, place) => ({
    name: row.arm.label,
    kind: 'points',
    whiskers: 'x',
    ...(LOOKS[row.verdict] || OTHER_LOOK),
    points: [point(row, place)],
  });

  /** Return the series of what has no time, which no choice of a baseline changes, from row `first` on. */
  function fallen(spec, first) {
    const lost = spec.series.filter((series) => series.points.every((one) => one.x === null));
    const at = (y) => (point) => ({ ...point, y });
    return lost.map((series, index) => ({ ...series, points: series.points.map(at(first + index)) }));
  }

  /**
   * Return a forest over another baseline.
   *
   * @param {object} spec the forest over the run's own baseline
   * @param {object[]} rows from `compare`
   */
  function forest(spec, rows) {
    const known = rows.filter((row) => row.ratio);
    const lost = fallen(spec, known.length);
    const { label } = rows.find((row) => row.verdict === 'baseline').arm;
    return {
      ...spec,
      caption: `Speed-up over ${label}, chosen in the place of the run's own baseline, with 95 % intervals, log axis.`,
      y: { ...spec.y, categories: [...known.map((row) => row.arm.label), ...lost.map((series) => series.name)] },
      series: [...known.map(seriesOf), ...lost],
    };
  }

  /** Return column -> text of a row's cells. */
  const cells = (row) => ({
    speedup_over_baseline: speedupText(row),
    speedup_of_medians: row.medians ? Axis.quantity(row.medians, 'x') : '-',
    verdict: row.verdict || '-',
  });

  /** Column -> the number that it is sorted by. */
  const VALUES = {
    speedup_over_baseline: (row) => row.ratio?.value ?? null,
    speedup_of_medians: (row) => row.medians,
  };

  /** Give a cell the number that it is sorted by. */
  function setValue(cell, value) {
    if (value === null) delete cell.dataset.value;
    else cell.dataset.value = value;
  }

  /** The columns that a baseline changes. */
  const COLUMNS = ['speedup_over_baseline', 'speedup_of_medians', 'verdict'];

  /** Write rows into a table, whose other columns no baseline changes. */
  function fill(table, rows) {
    for (const row of rows) {
      const line = table.querySelector(`tr[data-arm="${CSS.escape(row.arm.name)}"]`);
      if (!line) continue;
      for (const [column, text] of Object.entries(cells(row))) {
        const cell = line.querySelector(`[data-column="${column}"]`);
        if (!cell) continue;
        cell.textContent = text;
        if (column !== 'verdict') setValue(cell, VALUES[column](row));
      }
    }
  }

  return { COLUMNS, compare, fill, forest, ratioText };
})();

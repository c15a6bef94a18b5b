/** Where the marks of a chart lie: those that share a category stand beside each other. Pure. */
const Places = (() => {
  'use strict';

  /** Thickest bar, part of a category's room that its marks fill, and distance of points that share one, in pixels. */
  const THICKEST = 16;
  const FILLED = 0.7;
  const APART = 12;

  /** Least height of a row's marks, and of the name that stands above them where the chart is narrow, in pixels. */
  const LEAST_ROW = 28;
  const NAME = 18;

  /** Return category -> the series that have a mark there, by which they share its room. */
  function sharers(spec, axis) {
    const found = new Map();
    for (const series of spec.series) {
      for (const point of series.points || []) {
        if (point.x === null || point.y === null || ['line', 'cells', 'parts'].includes(series.kind)) continue;
        found.set(point[axis], (found.get(point[axis]) || new Set()).add(series));
      }
    }
    return found;
  }

  /** Return how many series share the room of a category at most, 1 at least. */
  const most = (shared) => Math.max(1, ...[...shared.values()].map((one) => one.size));

  /** Return the height that a row of categories needs, in pixels; the name of a narrow one stands above its marks. */
  function rowHeight(spec, narrow) {
    const marks = Math.max(LEAST_ROW, most(sharers(spec, 'y')) * APART + 6);
    return narrow ? marks + NAME : marks;
  }

  /** Return where bars begin, in pixels: at 1 on an axis of ratios, at 0 on a linear one, else at the axis' end. */
  function base(axis, scale) {
    const start = axis.unit === 'x' ? 1 : axis.scale === 'linear' ? 0 : scale.ends[0];
    return scale.at(Math.min(Math.max(start, scale.ends[0]), scale.ends[1]));
  }

  /**
   * Return what `Marks.draw` needs: scales, `at(series, point)` -> pixels or null, and the measures of bars.
   *
   * @param {object} spec of the chart
   * @param {object} frame from `Frame.lay`
   */
  function plan(spec, frame) {
    const category = ['x', 'y'].find((axis) => spec[axis].scale === 'category');
    const shared = category ? sharers(spec, category) : new Map();
    const below = category === 'y' && frame.narrow ? NAME : 0;
    const room = category ? FILLED * (Math.abs(frame[category].at(1) - frame[category].at(0)) - below) : 0;
    const thickness = Math.min(THICKEST, room / most(shared));
    const apart = frame.bars ? thickness + 1 : Math.min(APART, room / most(shared));

    /** Return how far from its category's middle a mark of a series lies, in pixels; lines stay in the middle. */
    function aside(series, point) {
      const together = [...(shared.get(point[category]) || [])];
      const place = together.indexOf(series);
      return place < 0 ? 0 : (place - (together.length - 1) / 2) * apart;
    }

    /** Return a place within a row in pixels: below the name of a narrow one. */
    function within(value) {
      const row = Math.round(value);
      const [top, base] = [frame.y.at(row - 0.5) + (frame.narrow ? NAME : 0), frame.y.at(row + 0.5)];
      return top + (value - row + 0.5) * (base - top);
    }

    function at(series, point) {
      if (point.x === null || point.y === null) return null;
      const shift = category ? aside(series, point) : 0;
      const x = frame.x.at(point.x) + (category === 'x' ? shift : 0);
      if (series.kind === 'cells') return [x, within(point.y)];
      const y = frame.y.at(point.y) + (category === 'y' ? shift + below / 2 : 0);
      return Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
    }

    const { x, y, bars } = frame;
    return { x, y, at, within, bars, base: bars && base(spec[bars], frame[bars]), thickness, compact: spec.compact };
  }

  return { NAME, plan, rowHeight };
})();

/** Text beside marks: values at the end of rows, names at the end of lines, names that do not lie over each other. */
const Labels = (() => {
  'use strict';

  /** Least distance of two lines of text, and how far right of its mark a label stands, in pixels. */
  const GAP = 17;
  const ASIDE = 34;

  /** A line that ends so many pixels before the plot does carries its name there. */
  const EARLY = 60;

  /** More lines than this are told apart by the legend alone. */
  const MOST_ENDS = 12;

  /** Return a function that measures the width of texts in pixels, in the font of an element. */
  function measuring(element) {
    const context = document.createElement('canvas').getContext('2d');
    const style = getComputedStyle(element);
    context.font = `${style.fontSize} ${style.fontFamily}`;
    return (text) => context.measureText(text).width;
  }

  /**
   * Return places near the given ones, in their order, at least `gap` apart and within the ends where there is room
   * (bench/report/figures/labels.spread): the mean of moving up what is too near the one below, and the other way round.
   */
  function spread(places, gap, [low, high]) {
    const last = places.length - 1;
    const apart = Math.min(gap, (high - low) / Math.max(1, last));
    const order = places.map((_place, index) => index).sort((a, b) => places[a] - places[b]);
    const bounded = order.map((index, rank) => (
      Math.min(Math.max(places[index], low + rank * apart), high - (last - rank) * apart)));
    const up = [...bounded];
    const down = [...bounded];
    for (let rank = 1; rank <= last; rank += 1) up[rank] = Math.max(up[rank], up[rank - 1] + apart);
    for (let rank = last - 1; rank >= 0; rank -= 1) down[rank] = Math.min(down[rank], down[rank + 1] - apart);
    const found = [];
    order.forEach((index, rank) => { found[index] = (up[rank] + down[rank]) / 2; });
    return found;
  }

  /** Whether a line carries its name at its end, where the chart is wide enough. */
  function endsNamed(spec, series) {
    const lines = spec.series.filter((one) => one.kind === 'line' && one.markers !== false);
    return lines.length > 1 && lines.length <= MOST_ENDS && lines.includes(series);
  }

  /** Draw what stands beside the rows of a chart with categories on y; what has no place on x says why instead. */
  function drawRows(svg, spec, frame) {
    for (const series of spec.series.filter(({ kind }) => kind !== 'cells')) {
      for (const { x, y, label } of series.points || []) {
        if (!label) continue;
        const [at, above] = [frame.y.at(y), Frame.nameLine(frame, y)];
        if (x === null || x === undefined) drawReason(svg, label, at, frame);
        else if (frame.narrow) Marks.write(svg, 'value', label, { x: frame.width, y: above, 'text-anchor': 'end' });
        else Marks.write(svg, 'value', label, { x: frame.right + 14, y: at + 4 });
      }
    }
  }

  /** Draw why a row has no mark, on a ground that hides the grid. */
  function drawReason(svg, label, at, frame) {
    const room = frame.width - frame.left - 8;
    const text = Frame.cut(label, room, frame.measure);
    const y = at + 4 + (frame.narrow ? Places.NAME / 2 : 0);
    const x = frame.narrow ? 0 : frame.left + 6;
    Marks.trace(svg, 'ground', `M${x - 3} ${y - 13}h${frame.measure(text) + 8}v18H${x - 3}z`);
    Marks.write(svg, 'reason', text, { x, y });
  }

  /** Return how high labels may stand: below the lowest roof that lies above all marks, in pixels. */
  function ceiling(spec, frame, targets) {
    const highest = Math.min(...targets.map((target) => target.y));
    const roofs = spec.series.filter(isRoof).map(({ points }) => frame.y.at(points[points.length - 1].y));
    return Math.max(frame.top, ...roofs.filter((roof) => roof <= highest + 1)) + 14;
  }

  /** Draw labels beside marks with numbers on both axes, spread so that all can be read, and lines that lead there. */
  function drawAside(svg, frame, spec, targets) {
    const found = targets
      .map((target) => ({ ...target, text: Marks.point(target.series, target.index).label }))
      .filter((one) => one.text)
      .map((one) => ({ ...one, left: one.x + ASIDE + frame.measure(one.text) > frame.width }));
    if (found.length === 0) return;
    const places = spread(found.map((one) => one.y), GAP, [ceiling(spec, frame, found), frame.base - 8]);
    found.forEach((one, index) => {
      const end = one.left ? one.x - ASIDE + 4 : one.x + ASIDE - 4;
      Marks.trace(svg, Marks.classes(one.series, 'lead'), `M${one.x} ${one.y}L${end} ${places[index]}`);
    });
    found.forEach((one, index) => {
      const place = one.left ? { x: one.x - ASIDE, 'text-anchor': 'end' } : { x: one.x + ASIDE };
      Marks.write(svg, 'value', one.text, { y: places[index] + 4, ...place });
    });
  }

  /** Whether a series is a line without markers whose last point says what it is, as a roof. */
  function isRoof({ kind, markers, points = [] }) {
    return kind === 'line' && markers === false && points.length > 1 && Boolean(points[points.length - 1].label);
  }

  /** Draw the labels of roofs along their last stretch, where it is long enough. */
  function drawAlong(svg, spec, frame) {
    for (const { points, dashed } of spec.series.filter(isRoof)) {
      const [a, b] = points.slice(-2).map((one) => [frame.x.at(one.x), frame.y.at(one.y)]);
      const { label } = points[points.length - 1];
      const angle = (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI;
      if (frame.measure(label) > Math.hypot(b[0] - a[0], b[1] - a[1])) continue;
      const flat = Math.abs(angle) < 1;
      const [x, y] = flat ? [b[0] - 4, b[1]] : [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      const turn = { transform: `rotate(${angle} ${x} ${y})`, dy: dashed ? 16 : -6 };
      Marks.write(svg, 'remark', label, { x, y, 'text-anchor': flat ? 'end' : 'middle', ...turn });
    }
  }

  /** Return the last mark of each line that carries its name. */
  function lastMarks(spec, targets) {
    const found = new Map();
    for (const target of targets) {
      const known = found.get(target.series);
      if (endsNamed(spec, target.series) && !(known && known.x > target.x)) found.set(target.series, target);
    }
    return [...found.values()];
  }

  /** Draw the names of lines at their ends: right of the plot, or beside the last mark of a line that ends early. */
  function drawEnds(svg, spec, frame, targets) {
    const ends = lastMarks(spec, targets);
    const early = ends.filter((end) => end.x < frame.right - EARLY);
    const late = ends.filter((end) => !early.includes(end));
    for (const { x, y, series } of early) {
      const room = x + 4 - frame.measure(series.name) > frame.left;
      const place = room ? { x: x + 4, 'text-anchor': 'end' } : { x: Math.max(x - 4, frame.left + 2) };
      Marks.write(svg, 'value', series.name, { y: y - 10, ...place });
    }
    const places = spread(late.map((end) => end.y), GAP, [frame.top + 4, frame.base]);
    late.forEach((end, index) => {
      const x = frame.right + 10;
      Marks.trace(svg, Marks.classes(end.series, 'lead'), `M${end.x + 5} ${end.y}L${x - 3} ${places[index]}`);
      Marks.write(svg, 'value', end.series.name, { x, y: places[index] + 4 });
    });
  }

  /** Draw all text beside the marks that there is room for. */
  function draw(svg, spec, frame, targets) {
    if (spec.y.scale === 'category') drawRows(svg, spec, frame);
    else {
      drawAlong(svg, spec, frame);
      if (frame.narrow || spec.compact) return;
      drawAside(svg, frame, spec, targets);
      drawEnds(svg, spec, frame, targets);
    }
  }

  return { draw, endsNamed, measuring, spread };
})();

/** The marks of a chart's series, as elements of SVG. Nothing here knows how a chart is laid out. */
const Marks = (() => {
  'use strict';

  const NAMESPACE = 'http://www.w3.org/2000/svg';

  /** Radius of a marker, of one in a small chart, and of one among thousands, in pixels. */
  const RADIUS = 4.8;
  const COMPACT_RADIUS = 3.2;
  const MANY_RADIUS = 1.8;

  /** Half the length of a whisker's cap, in pixels. */
  const CAP = 4;

  /** Return an element of SVG with attributes and, if given, text; `to` is what it becomes a child of. */
  function element(name, attributes = {}, text = null, to = null) {
    const made = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== null) made.textContent = text;
    if (to !== null) to.append(made);
    return made;
  }

  /** Write text of a kind (its class) at a place: x, y and whatever else an element of text takes. */
  const write = (svg, kind, text, place) => element('text', { class: kind, ...place }, text, svg);

  /** Draw a path of a kind (its class). */
  const trace = (svg, kind, d) => element('path', { class: kind, d }, null, svg);

  /** Return a coordinate with a tenth of a pixel: 20000 points stay a small path. */
  const short = (value) => Math.round(value * 10) / 10;

  /** Shape -> its outline around (x, y) with radius r: circle, square, diamond, triangles up and down, plus, cross. */
  const OUTLINES = [
    (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    (x, y, r) => `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`,
    (x, y, r) => `M${x} ${y - 1.2 * r}l${1.2 * r} ${2.1 * r}h${-2.4 * r}z`,
    (x, y, r) => `M${x} ${y + 1.2 * r}l${1.2 * r} ${-2.1 * r}h${-2.4 * r}z`,
    (x, y, r) => {
      const [a, b] = [0.4 * r, 0.8 * r];
      return `M${x - a} ${y - a - b}h${2 * a}v${b}h${b}v${2 * a}h${-b}v${b}h${-2 * a}v${-b}h${-b}v${-2 * a}h${b}z`;
    },
    (x, y, r) => {
      const [a, b] = [0.55 * r, 0.65 * r];
      const arms = [[b, -b], [a, a], [-b, b], [b, b], [-a, a], [-b, -b], [-b, b], [-a, -a], [b, -b], [-b, -b], [a, -a]];
      return `M${x} ${y - a}${arms.map((step) => `l${step.join(' ')}`).join('')}z`;
    },
  ];

  /** Return the outline of a marker; any whole number is a shape. */
  const outline = (shape, x, y, r = RADIUS) => OUTLINES[(shape || 0) % OUTLINES.length](short(x), short(y), r)
    .replace(/\.\d{3,}/g, (digits) => digits.slice(0, 3));

  /** Return the class names of a series: its colour, and what else of its look is known to the style sheet. */
  function classes(series, ...more) {
    const looks = ['dashed', 'hollow', 'struck'].filter((look) => series[look]);
    return [`colour-${series.colour}`, ...looks, ...more].join(' ');
  }

  /** Return how many points a series has, in either form. */
  const size = (series) => (series.points || series.xs || []).length;

  /** Return a point of a series, whether it came as `points` or as `xs` and `ys`. */
  const point = ({ points, xs, ys }, index) => (points ? points[index] : { x: xs[index], y: ys[index] });

  /** Return where the points of a series lie: `{index, x, y}` in pixels, without those that are unknown. */
  function places(series, at) {
    const found = [];
    for (let index = 0; index < size(series); index += 1) {
      const place = at(point(series, index));
      if (place) found.push({ index, x: place[0], y: place[1] });
      else if (found.length > 0) found[found.length - 1].gap = true;
    }
    return found;
  }

  /** Return the path through places, broken where one is unknown. */
  function track(found) {
    let lifted = true;
    let path = '';
    for (const { x, y, gap } of found) {
      path += `${lifted ? 'M' : 'L'}${short(x)} ${short(y)}`;
      lifted = Boolean(gap);
    }
    return path;
  }

  /** Draw the whisker of one point from low to high. */
  function whisker(group, series, one, plan) {
    const along = series.whiskers;
    const { low, high } = point(series, one.index);
    if (!along || low === null || high === null || low === undefined || high === undefined) return;
    const [from, to] = [low, high].map((end) => short(plan[along].at(end)));
    const [x, y] = [short(one.x), short(one.y)];
    const path = along === 'x'
      ? `M${from} ${y - CAP}v${2 * CAP}M${from} ${y}H${to}M${to} ${y - CAP}v${2 * CAP}`
      : `M${x - CAP} ${from}h${2 * CAP}M${x} ${from}V${to}M${x - CAP} ${to}h${2 * CAP}`;
    trace(group, 'whisker', path);
  }

  /** Draw a bar from the base of its axis to the value. */
  function bar(group, one, plan) {
    const half = plan.thickness / 2;
    const [x, y, base] = [short(one.x), short(one.y), short(plan.base)];
    const length = Math.abs((plan.bars === 'x' ? one.x : one.y) - plan.base);
    const long = length > 0 ? Math.max(1, short(length)) : 0;
    const box = plan.bars === 'x'
      ? { x: Math.min(base, x), y: y - half, width: long, height: 2 * half }
      : { x: x - half, y: Math.min(base, y), width: 2 * half, height: long };
    element('rect', { class: 'mark bar', rx: 1.5, ...box }, null, group);
  }

  /** Draw a cell: as wide as a category, from the point's low to its high. */
  function cell(group, { low, high }, one, plan) {
    const [top, base] = [plan.within(low), plan.within(high)].map(short);
    const width = short(plan.x.at(1) - plan.x.at(0));
    const box = { x: short(one.x - width / 2), y: top, width: Math.max(1, width - 1), height: Math.max(1, base - top) };
    element('rect', { class: 'mark bar', ...box }, null, group);
  }

  /** Draw a part of a row: from the point's low to its high. */
  function part(group, { low, high }, one, plan) {
    const [from, to] = [low, high].map((end) => short(plan.x.at(end)));
    const box = { x: from, y: one.y - plan.thickness / 2, width: Math.max(0, to - from), height: plan.thickness };
    element('rect', { class: 'mark part', ...box }, null, group);
  }

  /**
   * Draw a series and return what the pointer and the keys can reach: `{series, index, x, y}`, in pixels.
   *
   * @param {SVGElement} svg
   * @param {object} series of the spec
   * @param {object} plan `at(series, point)` -> place or null, scales `x` and `y`, `compact`, and for
   *   bars `bars`, `base`, `thickness`
   */
  function draw(svg, series, plan) {
    const group = element('g', { class: classes(series, 'series') }, null, svg);
    const found = places(series, (one) => plan.at(series, one));
    if (series.kind === 'line') trace(group, 'line', track(found));
    if (series.xs) {
      const d = found.map((one) => outline(series.shape, one.x, one.y, MANY_RADIUS)).join('');
      if (series.markers !== false) trace(group, 'mark many', d);
    } else {
      for (const one of found) {
        if (series.kind === 'bars') bar(group, one, plan);
        if (series.kind === 'cells') cell(group, point(series, one.index), one, plan);
        if (series.kind === 'parts') part(group, point(series, one.index), one, plan);
        whisker(group, series, one, plan);
        if (!['bars', 'cells', 'parts'].includes(series.kind) && series.markers !== false) {
          trace(group, 'mark', outline(series.shape, one.x, one.y, plan.compact ? COMPACT_RADIUS : RADIUS));
        }
      }
    }
    return series.markers === false ? [] : found.map(({ index, x, y }) => ({ series, index, x, y }));
  }

  return { classes, draw, element, outline, point, size, trace, write };
})();

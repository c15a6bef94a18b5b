/** A chart's frame: where its axes lie at a width, and what is drawn before the marks: grid, ticks, bands, rules. */
const Frame = (() => {
  'use strict';

  /** Below this width, in pixels, names stand above their rows and the lines' ends carry none. */
  const NARROW = 480;

  /** Height of a line of text, and room around the plot, in pixels. */
  const LINE = 16;
  const EDGE = 12;

  /** Longest part of the width that names beside a plot may take. */
  const MOST_NAMES = 0.36;

  /** Longest name of a category that is turned, in pixels. */
  const LONGEST_TURNED = 110;

  /** Pixels for a tick on either axis. */
  const TICK_WIDTH = 62;
  const TICK_HEIGHT = 38;

  /** Yield all numbers that lie on an axis: of the marks, their whiskers, the bands and the rules. */
  function* values(spec, axis) {
    for (const series of spec.series) {
      for (let index = 0; index < Marks.size(series); index += 1) {
        const point = Marks.point(series, index);
        if (point.x === null || point.y === null) continue;
        yield point[axis];
        if (series.whiskers === axis) yield* [point.low, point.high].filter((end) => end !== null && end !== undefined);
      }
    }
    for (const band of spec.bands || []) if (band.axis === axis) yield* [band.low, band.high];
    for (const rule of spec.rules || []) if (rule.axis === axis) yield rule.at;
    if (barsAlong(spec) === axis && spec[axis].unit === 'x') yield 1;
  }

  /** Return the axis along which bars grow; null without bars. */
  function barsAlong(spec) {
    if (!spec.series.some((series) => series.kind === 'bars')) return null;
    return spec.y.scale === 'category' ? 'x' : 'y';
  }

  /** Return the text, cut to a width in pixels. */
  function cut(text, width, measure) {
    if (measure(text) <= width) return text;
    let length = text.length;
    while (length > 1 && measure(`${text.slice(0, length)}…`) > width) length -= 1;
    return `${text.slice(0, length)}…`;
  }

  /** Return the height of the plot without its margins, in pixels. */
  function plotHeight(spec, width, narrow) {
    if (spec.y.scale === 'category') return spec.y.categories.length * Places.rowHeight(spec, narrow);
    if (spec.compact) return 130;
    const labelled = spec.series.filter((series) => (series.points || []).some((point) => point.label)).length;
    return Math.max(Math.min(Math.max(0.5 * width, 220), 420), labelled * 17 + 60);
  }

  /** Return the widest of texts in pixels, 0 without any. */
  const widest = (texts, measure) => Math.max(0, ...texts.map(measure));

  /** Return the texts that stand right of a plot: values beside rows, or names at the ends of lines. */
  function rightTexts(spec, narrow) {
    if (narrow || spec.compact) return [];
    if (spec.y.scale === 'category') {
      const rows = spec.series.filter((series) => series.kind !== 'cells');
      const marked = rows.flatMap((series) => series.points || []).filter((point) => point.x !== null);
      return marked.map((point) => point.label).filter(Boolean);
    }
    return spec.series.filter((series) => Labels.endsNamed(spec, series)).map((series) => series.name);
  }

  /** Whether what the y axis shows is written above it: not where the title says it; small charts leave it to theirs. */
  const aboveY = (spec) => Boolean(spec.y.label) && spec.y.scale !== 'category' && !spec.compact
    && spec.y.label.toLowerCase() !== (spec.title || '').toLowerCase();

  /** Return the widest text beside the y axis, in pixels. */
  function leftRoom(spec, ends, height, place) {
    if (spec.y.scale === 'category') {
      if (place.narrow) return EDGE;
      return Math.min(widest(spec.y.categories, place.measure) + 18, MOST_NAMES * place.width);
    }
    return widest(Axis.ticks(spec.y, ends, height / TICK_HEIGHT).map((tick) => tick.text), place.measure) + 14;
  }

  /** Return the notes above the plot, of bands and rules across x: `{text, x, row}`, none over another. */
  function notesAbove(spec, x, place) {
    const found = [...(spec.rules || []).map((rule) => [rule, rule.at]),
      ...(spec.bands || []).map((band) => [band, (x.at(band.low) + x.at(band.high)) / 2, true])];
    const rows = [];
    const notes = [];
    for (const [{ axis, label }, where, pixels] of found) {
      if (axis !== 'x' || !label) continue;
      const half = place.measure(label) / 2;
      const middle = pixels ? where : x.at(where);
      const centre = Math.min(Math.max(middle, half + 2), place.width - half - 2);
      let row = 0;
      while (rows[row] && rows[row].some(([from, to]) => centre - half < to + 8 && centre + half > from - 8)) row += 1;
      (rows[row] = rows[row] || []).push([centre - half, centre + half]);
      notes.push({ text: label, x: centre, row });
    }
    return notes;
  }

  /** Return every tick, or every so-many-th where their texts would run into each other within `room` pixels. */
  function thinned(ticks, room, measure) {
    const taken = ticks.length * (widest(ticks.map((tick) => tick.text), measure) + LINE);
    const every = Math.max(1, Math.ceil(taken / (room + LINE)));
    return ticks.filter((_tick, index) => index % every === 0);
  }

  /** Return the ticks without those whose text would run into that of the one before. */
  function apart(ticks, x, measure) {
    const found = [];
    let free = -Infinity;
    for (const tick of ticks) {
      const half = measure(tick.text) / 2;
      if (x.at(tick.value) - half < free) continue;
      found.push(tick);
      free = x.at(tick.value) + half + LINE / 2;
    }
    return found;
  }

  /** Return the ticks of x, and how deep their texts reach: texts of categories that are too long are turned. */
  function bottom(spec, ends, x, measure) {
    const room = Math.abs(x.to - x.from);
    const category = spec.x.scale === 'category';
    const all = Axis.ticks(spec.x, ends, Math.max(2, room / TICK_WIDTH));
    const ticks = category ? all : spec.x.ticks ? apart(all, x, measure) : thinned(all, room, measure);
    const longest = widest(ticks.map((tick) => tick.text), measure);
    const turned = category && longest + 8 > room / Math.max(1, ticks.length);
    if (turned) for (const tick of ticks) tick.text = cut(tick.text, LONGEST_TURNED, measure);
    return { ticks, turned, depth: turned ? 0.64 * Math.min(longest, LONGEST_TURNED) + 26 : LINE + 6 };
  }

  /**
   * Return where everything of a chart lies at a width: scales `x` and `y`, edges and ticks, in pixels.
   *
   * @param {object} spec of the contract, with the series that are visible
   * @param {number} width in pixels
   * @param {function(string): number} measure width of a text in pixels
   */
  function lay(spec, width, measure) {
    const place = { narrow: width < NARROW, width, measure };
    const bars = barsAlong(spec);
    const ends = {
      x: Axis.ends(spec.x, values(spec, 'x'), { fromZero: bars === 'x' }),
      y: Axis.ends(spec.y, values(spec, 'y'), { fromZero: bars === 'y', nearZero: true }),
    };
    const height = plotHeight(spec, width, place.narrow);
    const beside = widest(rightTexts(spec, place.narrow), measure);
    const left = leftRoom(spec, ends.y, height, place);
    const right = width - Math.min(beside ? beside + 22 : EDGE + 6, 0.45 * width);
    const x = Axis.scale(spec.x, ends.x, [left, right]);
    const notes = notesAbove(spec, x, place);
    const rows = Math.max(-1, ...notes.map((note) => note.row)) + 1;
    const top = 8 + rows * LINE + (aboveY(spec) ? LINE + 4 : 0);
    const foot = bottom(spec, ends.x, x, measure);
    const base = top + height;
    const y = Axis.scale(spec.y, ends.y, spec.y.scale === 'category' ? [top, base] : [base, top]);
    const total = base + foot.depth + (spec.x.label ? LINE + 6 : 4);
    const yTicks = Axis.ticks(spec.y, ends.y, height / TICK_HEIGHT);
    return { ...place, x, y, left, right, top, base, total, notes, rows, foot, yTicks, bars };
  }

  /** Draw bands and rules. */
  function drawMarkers(svg, spec, frame) {
    for (const { axis, low, high } of spec.bands || []) {
      const [from, to] = [frame[axis].at(low), frame[axis].at(high)];
      const box = axis === 'x'
        ? { x: from, y: frame.top, width: to - from, height: frame.base - frame.top }
        : { x: frame.left, y: to, width: frame.right - frame.left, height: from - to };
      Marks.element('rect', { class: 'band', ...box }, null, svg);
    }
    for (const { axis, at, dashed } of spec.rules || []) {
      const where = frame[axis].at(at);
      const line = axis === 'x' ? `M${where} ${frame.top}V${frame.base}` : `M${frame.left} ${where}H${frame.right}`;
      Marks.trace(svg, dashed ? 'rule dashed' : 'rule', line);
    }
  }

  /** Draw what bands and rules are called: above the plot, or at its right end, over the marks. */
  function drawRemarks(svg, spec, frame) {
    for (const { text, x, row } of frame.notes) {
      Marks.write(svg, 'remark', text, { x, y: frame.top - 6 - row * LINE, 'text-anchor': 'middle' });
    }
    const atEnd = ({ label }, y) => Marks.write(svg, 'remark', label, { x: frame.right - 4, y, 'text-anchor': 'end' });
    const ofY = (one) => one.axis === 'y' && one.label;
    for (const rule of (spec.rules || []).filter(ofY)) atEnd(rule, frame.y.at(rule.at) - 5);
    for (const band of (spec.bands || []).filter(ofY)) atEnd(band, frame.y.at(band.high) + LINE - 3);
  }

  /** Draw the axis of x: grid, ticks and what it is. */
  function drawX(svg, spec, frame) {
    const category = spec.x.scale === 'category';
    for (const { value, text } of frame.foot.ticks) {
      const at = frame.x.at(value);
      if (!category) Marks.trace(svg, 'grid', `M${at} ${frame.top}V${frame.base}`);
      const y = frame.base + LINE + 2;
      const turned = { y: y - 4, 'text-anchor': 'end', transform: `rotate(-40 ${at} ${y - 6})` };
      Marks.write(svg, 'tick', text, { x: at, y, 'text-anchor': 'middle', ...(frame.foot.turned ? turned : {}) });
    }
    Marks.trace(svg, 'axis', `M${frame.left} ${frame.base}H${frame.right}`);
    if (!spec.x.label) return;
    const middle = frame.narrow ? frame.width / 2 : (frame.left + frame.right) / 2;
    const label = cut(spec.x.label, frame.narrow ? frame.width : frame.width - frame.left, frame.measure);
    Marks.write(svg, 'label', label, { x: middle, y: frame.total - 5, 'text-anchor': 'middle' });
  }

  /** Draw the axis of y where it has numbers; what it is stands above it, to be read without turning the head. */
  function drawY(svg, spec, frame) {
    for (const { value, text } of frame.yTicks) {
      const at = frame.y.at(value);
      Marks.trace(svg, 'grid', `M${frame.left} ${at}H${frame.right}`);
      Marks.write(svg, 'tick', text, { x: frame.left - 8, y: at + 4, 'text-anchor': 'end' });
    }
    if (aboveY(spec)) {
      const y = frame.top - frame.rows * LINE - 10;
      Marks.write(svg, 'label', cut(spec.y.label, frame.width, frame.measure), { x: 0, y });
    }
  }

  /** Return the base line of what stands above the marks of a narrow row, in pixels. */
  const nameLine = (frame, value) => frame.y.at(value - 0.5) + LINE - 1;

  /** Draw a row for each category of y: its name, struck through for a wrong answer, and a line to the mark. */
  function drawRows(svg, spec, frame) {
    const wrong = spec.series.filter((series) => series.struck).flatMap((series) => series.points || []);
    const struck = new Set(wrong.map((point) => point.y));
    for (const { value, text } of frame.yTicks) {
      const at = frame.y.at(value) + (frame.narrow ? Places.NAME / 2 : 0);
      Marks.trace(svg, 'grid', `M${frame.left} ${at}H${frame.right}`);
      const beside = { x: frame.left - 10, y: at + 4, 'text-anchor': 'end' };
      const spot = frame.narrow ? { x: 0, y: nameLine(frame, value) } : beside;
      const room = frame.narrow ? 0.6 * frame.width : frame.left - 14;
      Marks.write(svg, struck.has(value) ? 'name struck' : 'name', cut(text, room, frame.measure), spot);
    }
  }

  /** Draw everything that lies below the marks. */
  function draw(svg, spec, frame) {
    drawX(svg, spec, frame);
    drawMarkers(svg, spec, frame);
    if (spec.y.scale === 'category') drawRows(svg, spec, frame);
    else drawY(svg, spec, frame);
  }

  return { cut, draw, drawRemarks, lay, nameLine };
})();

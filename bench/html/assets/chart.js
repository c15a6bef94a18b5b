/** Charts from their declarative spec (bench/report/chart.py), drawn as SVG in the colours of the style sheet. */
const Charts = (() => {
  'use strict';

  const html = (...parts) => Controls.html(...parts);

  /** Element of a plot -> its spec, its picture, and the choices that it shares with the charts beside it. */
  const states = new WeakMap();

  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target.clientWidth !== states.get(target).width) render(target);
  });

  /** Return a spec as it is to be drawn: in the view that was chosen, without the series that were switched off. */
  function visible(spec, { view, hidden }) {
    const seen = (spec.views || [])[view] || {};
    const series = (seen.series || spec.series || []).filter((one) => !hidden.has(one.name));
    return { ...spec, x: seen.x || spec.x, series };
  }

  /** Return what is said of a mark: the spec's own words, or its name and both its numbers. */
  function tell(spec, { series, index }) {
    const point = Marks.point(series, index);
    if (point.tip) return point.tip;
    const told = ['x', 'y'].map((axis) => {
      const { label, scale, unit, categories } = spec[axis];
      const text = scale === 'category' ? categories[point[axis]] : Axis.quantity(point[axis], unit);
      return label ? `${label.replace(/ *\(.*\)/, '')}: ${text}` : text;
    });
    return [series.name, ...told].join('\n');
  }

  /** Return half the height of a chart's rows in pixels, 0 without rows. */
  const halfRow = (spec, frame) => (spec.y.scale === 'category' ? Math.abs(frame.y.at(1) - frame.y.at(0)) / 2 : 0);

  /** Draw a plot at the width that it has now. */
  function render(element) {
    const state = states.get(element);
    state.width = element.clientWidth;
    if (state.width === 0) return;
    const spec = visible(state.spec, state.choices);
    const frame = Frame.lay(spec, state.width, Labels.measuring(state.canvas));
    const svg = Marks.element('svg', {
      role: 'img',
      tabindex: 0,
      'aria-label': spec.caption,
      viewBox: `0 0 ${frame.width} ${frame.total}`,
      width: frame.width,
      height: frame.total,
    });
    const tip = html('div', { className: 'tooltip' });
    tip.setAttribute('role', 'status');
    const focused = state.canvas.contains(document.activeElement);
    state.canvas.replaceChildren(svg, tip);
    Frame.draw(svg, spec, frame);
    const places = Places.plan(spec, frame);
    const targets = spec.series.flatMap((series) => Marks.draw(svg, series, places));
    Frame.drawRemarks(svg, spec, frame);
    Labels.draw(svg, spec, frame, targets);
    const [series, rows] = [spec.series, halfRow(spec, frame)];
    Pointer.attach({ plot: state.canvas, svg, tip, targets, series, rows, tell: (target) => tell(spec, target) });
    if (focused) svg.focus();
  }

  /** Whether the rows of a chart already say what its series are called. */
  const namedByRows = ({ y }, series) => (
    y.scale === 'category' && series.every((one) => y.categories.includes(one.name)));

  /** Return the series that a legend of these specs names, one for each name; none where it would say nothing. */
  function explained(specs, choices) {
    const found = new Map();
    for (const spec of specs) {
      const { series } = visible(spec, { ...choices, hidden: new Set() });
      if (namedByRows(spec, series)) continue;
      for (const one of series) if (one.legend !== false && !found.has(one.name)) found.set(one.name, one);
    }
    return found.size > 1 ? [...found.values()] : [];
  }

  /**
   * Keep what can be chosen about charts that share it in a box of its own: a radio group of views, and the legend.
   *
   * @param {HTMLElement[]} elements plots, drawn or about to be
   * @param {{views: HTMLElement, legend: HTMLElement}} boxes that are filled
   */
  function control(elements, boxes, choices) {
    const specs = elements.map((element) => states.get(element).spec);
    const redraw = () => {
      keep(choices);
      elements.forEach(render);
    };

    function explain() {
      const series = explained(specs, choices);
      boxes.legend.replaceChildren(...(series.length > 0 ? [Controls.legend(series, choices.hidden, redraw)] : []));
    }

    const labels = (specs[0].views || []).map((view) => view.label);
    const choose = (index) => {
      choices.view = index;
      explain();
      redraw();
    };
    boxes.views.replaceChildren(...(labels.length > 1 ? [Controls.views(labels, choices.view, choose)] : []));
    explain();
  }

  /** Prepare an element for a chart: title, picture, what was left out; `boxes` stand before and after the picture. */
  function prepare(element, spec, choices, boxes = null) {
    const known = states.has(element);
    const canvas = html('div', { className: 'canvas' });
    const title = spec.title ? [html('p', { className: 'title', textContent: spec.title })] : [];
    const note = spec.note ? [html('p', { className: 'note', textContent: spec.note })] : [];
    states.set(element, { spec, choices, canvas, width: 0 });
    const parts = boxes ? [boxes.views, canvas, boxes.legend] : [canvas];
    element.replaceChildren(...title, ...parts, ...note);
    if (!known) resized.observe(element);
  }

  /** Return what is chosen about charts, as the address of the page says it; `name` is that of the first of them. */
  function chosen(name) {
    return { name, view: Number(State.get(`view-${name}`)) || 0, hidden: new Set(State.list(`off-${name}`)) };
  }

  /** Keep what is chosen about charts in the address of the page. */
  function keep({ name, view, hidden }) {
    State.put(`view-${name}`, view ? [String(view)] : []);
    State.put(`off-${name}`, [...hidden]);
  }

  const boxed = () => ({ views: html('div'), legend: html('div') });

  /**
   * Draw a chart, or another one in its place.
   *
   * @param {HTMLElement} element empty, or drawn into before; the chart follows its width
   * @param {object} spec as in bench/report/chart.py
   */
  function draw(element, spec) {
    const [choices, boxes] = [chosen(element.parentElement.dataset.chart), boxed()];
    prepare(element, spec, choices, boxes);
    control([element], boxes, choices);
    render(element);
  }

  /**
   * Draw small charts that are looked at together: one choice of views and one legend, above them, are for all.
   *
   * @param {HTMLElement} above what they stand in
   * @param {[HTMLElement, object][]} pairs plots and their specs, with the same views
   */
  function drawTogether(above, pairs) {
    const [choices, boxes] = [chosen(pairs[0][0].parentElement.dataset.chart), boxed()];
    for (const [element, spec] of pairs) prepare(element, spec, choices);
    control(pairs.map(([element]) => element), boxes, choices);
    above.prepend(html('div', { className: 'shared' }, boxes.views, boxes.legend));
    for (const [element] of pairs) render(element);
  }

  return { draw, drawTogether };
})();

/** What a mark says, by pointer and by arrow keys: the nearest mark is ringed and its text stands beside it. */
const Pointer = (() => {
  'use strict';

  /** A mark further away than this, in pixels, is not meant. */
  const REACH = 60;

  /** Distance between a mark and its tooltip, in pixels. */
  const ASIDE = 14;

  /** Return the index of the target nearest to a place, -1 if none is within reach; with `rows` that of its row. */
  function nearest(targets, x, y, rows) {
    let best = -1;
    let least = rows ? Infinity : REACH * REACH;
    targets.forEach((target, index) => {
      const [dx, dy] = [target.x - x, target.y - y];
      const distance = rows ? dx * dx + 1e4 * dy * dy : dx * dx + dy * dy;
      if (distance < least && (!rows || Math.abs(dy) < rows)) [best, least] = [index, distance];
    });
    return best;
  }

  /** Return targets in the order of the arrow keys: by row, or by series and along x. */
  function ordered(targets, rows, series) {
    if (rows) return [...targets].sort((a, b) => a.y - b.y || a.x - b.x);
    const place = new Map(series.map((one, index) => [one, index]));
    return [...targets].sort((a, b) => place.get(a.series) - place.get(b.series) || a.x - b.x);
  }

  /** Return the index of the target nearest in x of the next series in a direction; the same where there is none. */
  function beside(targets, current, direction) {
    const { series, x } = targets[current];
    let index = current;
    while (targets[index] && targets[index].series === series) index += direction;
    if (!targets[index]) return current;
    const next = targets[index].series;
    let best = index;
    for (; targets[index] && targets[index].series === next; index += direction) {
      if (Math.abs(targets[index].x - x) < Math.abs(targets[best].x - x)) best = index;
    }
    return best;
  }

  /** Return where a key leads from a target, undefined for keys that are not ours. */
  function step(targets, current, key, rows) {
    const last = targets.length - 1;
    const within = (index) => Math.min(Math.max(index, 0), last);
    if (current < 0) return key.startsWith('Arrow') || key === 'Home' ? 0 : key === 'End' ? last : undefined;
    const moves = {
      ArrowLeft: () => within(current - 1),
      ArrowRight: () => within(current + 1),
      ArrowUp: () => (rows ? within(current - 1) : beside(targets, current, -1)),
      ArrowDown: () => (rows ? within(current + 1) : beside(targets, current, 1)),
      Home: () => 0,
      End: () => last,
    };
    return Object.hasOwn(moves, key) ? moves[key]() : undefined;
  }

  /** Put the tooltip beside a place, both in pixels of the plot, without leaving the plot at a side. */
  function put(tip, plot, x, y) {
    const { offsetWidth: width, offsetHeight: height } = tip;
    const right = x + ASIDE + width <= plot.clientWidth;
    const left = right ? x + ASIDE : Math.max(0, x - ASIDE - width);
    tip.style.left = `${Math.min(left, Math.max(0, plot.clientWidth - width))}px`;
    tip.style.top = `${y - ASIDE - height >= 0 ? y - ASIDE - height : y + ASIDE}px`;
  }

  /**
   * Let pointer and keys reach the marks of a chart.
   *
   * @param {{plot: HTMLElement, svg: SVGElement, tip: HTMLElement, targets: object[], series: object[], rows: number,
   *   tell: function(object): string}} chart `rows`: half the height of a row, 0 without rows; `tell`: a target's text
   */
  function attach({ plot, svg, tip, targets: unordered, series, rows, tell }) {
    const targets = ordered(unordered, rows, series);
    const ring = Marks.element('circle', { class: 'ring', r: 8.5, visibility: 'hidden' }, null, svg);
    let current = -1;

    function show(index) {
      current = index;
      ring.setAttribute('visibility', index < 0 ? 'hidden' : 'visible');
      if (index < 0) {
        tip.textContent = '';
        return;
      }
      const target = targets[index];
      ring.setAttribute('cx', target.x);
      ring.setAttribute('cy', target.y);
      const text = tell(target);
      if (tip.textContent !== text) tip.textContent = text;
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width || 1;
      put(tip, plot, target.x * scale, target.y * scale);
    }

    function point(event) {
      const box = svg.getBoundingClientRect();
      const scale = svg.viewBox.baseVal.width / box.width || 1;
      show(nearest(targets, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale, rows));
    }

    svg.addEventListener('pointermove', point);
    svg.addEventListener('pointerdown', point);
    svg.addEventListener('pointerleave', () => show(-1));
    svg.addEventListener('blur', () => show(-1));
    svg.addEventListener('keydown', (event) => {
      const next = event.key === 'Escape' ? -1 : step(targets, current, event.key, rows);
      if (next === undefined || targets.length === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      show(next);
    });
  }

  return { attach, nearest, step };
})();

/** What a reader can change about charts: which view they show, and which of their series. */
const Controls = (() => {
  'use strict';

  let groups = 0;

  /** Return an element of HTML with properties and children. */
  function html(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  /**
   * Return a radio group that chooses among views.
   *
   * @param {string[]} labels of the views
   * @param {number} chosen index of the view that is shown
   * @param {function(number)} choose is told the index of another
   */
  function views(labels, chosen, choose) {
    groups += 1;
    const group = html('fieldset', { className: 'views' }, html('legend', { textContent: 'Show' }));
    labels.forEach((label, index) => {
      const radio = html('input', { type: 'radio', name: `view-${groups}`, value: label, checked: index === chosen });
      radio.addEventListener('change', () => choose(index));
      group.append(html('label', {}, radio, html('span', { textContent: label })));
    });
    return group;
  }

  /** Return the picture of a series: its marker, and a line where it has one. */
  function swatch(series) {
    const svg = Marks.element('svg', {
      class: Marks.classes(series, 'swatch'),
      viewBox: '0 0 22 14',
      width: 22,
      height: 14,
      'aria-hidden': 'true',
    });
    if (series.kind === 'line') Marks.trace(svg, 'line', 'M1 7H21');
    if (['bars', 'parts'].includes(series.kind)) Marks.trace(svg, 'mark bar', 'M4 2h14v10h-14z');
    else if (series.markers !== false) Marks.trace(svg, 'mark', Marks.outline(series.shape, 11, 7));
    return svg;
  }

  /**
   * Return a legend whose entries switch series off and on, by name.
   *
   * @param {object[]} series of the spec, one for each name
   * @param {Set<string>} hidden names that are off; it is changed
   * @param {function()} changed is told when it was
   */
  function legend(series, hidden, changed) {
    const list = html('ul', { className: 'legend' });
    for (const one of series) {
      const button = html('button', { type: 'button', title: 'hide or show' });
      button.append(swatch(one), html(one.struck ? 's' : 'span', { textContent: one.name }));
      button.setAttribute('aria-pressed', String(!hidden.has(one.name)));
      button.addEventListener('click', () => {
        const hide = !hidden.has(one.name);
        hidden[hide ? 'add' : 'delete'](one.name);
        button.setAttribute('aria-pressed', String(!hide));
        changed();
      });
      list.append(html('li', {}, button));
    }
    return list;
  }

  return { html, legend, views };
})();

/** Tables that a reader sorts by a click on a column's head, and filters by what is typed. */
const Tables = (() => {
  'use strict';

  const all = (selector, within) => [...within.querySelectorAll(selector)];

  /** Return what a row is sorted by: its number in a column, else its text; null where it has neither. */
  function keyOf(row, index) {
    const cell = row.cells[index];
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const text = cell.textContent.trim();
    return text === '-' || text === '' ? null : text;
  }

  /** Return how two keys compare: numbers before texts, what is unknown last whatever the direction. */
  function compare(a, b, direction) {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return direction * (typeof a === 'number' ? a - b : a.localeCompare(b));
  }

  /** Sort a table by a column. */
  function sort(table, index, direction) {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, place) => ({ row, place, key: keyOf(row, index) }));
    rows.sort((a, b) => compare(a.key, b.key, direction) || a.place - b.place);
    body.append(...rows.map(({ row }) => row));
  }

  /** Put a button into the head of each column. */
  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, index) => {
      if (head.querySelector('a')) return;
      const button = Controls.html('button', { type: 'button', className: 'sort' }, ...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const up = head.getAttribute('aria-sort') === 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', up ? 'descending' : 'ascending');
        sort(table, index, up ? -1 : 1);
      });
    });
  }

  /** Show only the rows that hold every word of a text. */
  function filter(table, text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of table.tBodies[0].rows) {
      const held = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => held.includes(word));
    }
  }

  /** Let a reader type what the rows of a table are to hold. */
  function makeFiltered(input, table) {
    input.addEventListener('input', () => filter(table, input.value));
    input.closest('[hidden]')?.removeAttribute('hidden');
  }

  /** Make all tables of the page that say so sortable, and give each its filter where there is one beside it. */
  function prepare() {
    for (const table of all('table.sortable', document)) {
      makeSortable(table);
      const input = table.closest('.group, section').querySelector('input.filter');
      if (input) makeFiltered(input, table);
    }
  }

  return { prepare };
})();

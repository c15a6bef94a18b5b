/** Two texts side by side, equal lines beside each other. */
const Difference = (() => {
  'use strict';

  /**
   * Return the lengths of the longest common subsequences of all ends of two lists of lines, row by row.
   *
   * The textbook's table (Wagner & Fischer, 1974): of n by m lines it takes n m steps, fine for sources of hundreds.
   */
  function table(left, right) {
    const width = right.length + 1;
    const lengths = new Uint32Array((left.length + 1) * width);
    for (let i = left.length - 1; i >= 0; i -= 1) {
      for (let j = right.length - 1; j >= 0; j -= 1) {
        lengths[i * width + j] = left[i] === right[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : Math.max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
      }
    }
    return lengths;
  }

  /** Put what was removed beside what came in its place, and empty the list of both. */
  function flush(rows, removed, added) {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) {
      rows.push({ left: removed[index] ?? null, right: added[index] ?? null, equal: false });
    }
    removed.length = 0;
    added.length = 0;
  }

  /**
   * Return the rows of a comparison: `{left, right, equal}`, each side a number of a line, from 0, or null.
   *
   * @param {string[]} left, right lines
   */
  function rows(left, right) {
    const lengths = table(left, right);
    const width = right.length + 1;
    const [found, removed, added] = [[], [], []];
    let [i, j] = [0, 0];
    while (i < left.length || j < right.length) {
      if (i < left.length && j < right.length && left[i] === right[j]) {
        flush(found, removed, added);
        found.push({ left: i++, right: j++, equal: true });
      } else if (j >= right.length || (i < left.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
        removed.push(i++);
      } else {
        added.push(j++);
      }
    }
    flush(found, removed, added);
    return found;
  }

  /** Return the cells of one side of a row: number, sign (a difference is never said by colour alone), text. */
  function cells(lines, index, equal, sign) {
    const texts = index === null ? ['', '', ''] : [String(index + 1), equal ? '' : sign, lines[index]];
    return texts.map((text, place) => {
      const cell = document.createElement('td');
      cell.className = ['line-number', 'sign', 'text'][place];
      if (!equal) cell.classList.add(index === null ? 'absent' : sign === '+' ? 'added' : 'removed');
      cell.textContent = text;
      return cell;
    });
  }

  /** Draw the comparison of two texts into an element, as one table. */
  function draw(element, left, right) {
    const [before, after] = [left, right].map((text) => text.replace(/\n$/, '').split('\n'));
    const body = document.createElement('tbody');
    for (const row of rows(before, after)) {
      const line = document.createElement('tr');
      line.append(...cells(before, row.left, row.equal, '−'), ...cells(after, row.right, row.equal, '+'));
      body.append(line);
    }
    const made = document.createElement('table');
    made.append(body);
    element.replaceChildren(made);
  }

  return { draw, rows };
})();

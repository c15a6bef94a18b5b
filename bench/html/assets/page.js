/** The page: its charts, the choice of a baseline, two sources side by side, copies, downloads, themes, print. */
(() => {
  'use strict';

  const embedded = document.getElementById('data').textContent;
  const data = JSON.parse(embedded);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /** Ending of a file -> its media type. */
  const MEDIA = { csv: 'text/csv', json: 'application/json' };

  /** Return the plot of a chart; null where the page has none of that id. */
  const plotOf = (id) => document.querySelector(`figure[data-chart="${CSS.escape(id)}"] .plot`);

  /** Return plot and spec of the charts within an element. */
  function chartsOf(element) {
    const specs = data.charts || {};
    const figures = all('figure[data-chart]', element).filter((figure) => specs[figure.dataset.chart]);
    return figures.map((figure) => [figure.querySelector('.plot'), specs[figure.dataset.chart]]);
  }

  /** Return what all of these specs can show, as text; null where they differ or are no small charts. */
  function sharedViews(specs) {
    const labels = ({ compact, views }) => (compact && views ? views.map((view) => view.label).join('|') : null);
    const [first, ...others] = specs.map(labels);
    return others.length > 0 && others.every((one) => one === first) ? first : null;
  }

  /** Draw every chart that the page has a place for: small ones that show the same in the same ways, together. */
  function drawCharts() {
    const drawn = new Set();
    for (const group of all('.charts')) {
      const pairs = chartsOf(group);
      if (!sharedViews(pairs.map(([, spec]) => spec))) continue;
      Charts.drawTogether(group, pairs);
      for (const [plot] of pairs) drawn.add(plot);
    }
    for (const [plot, spec] of chartsOf(document)) if (!drawn.has(plot)) Charts.draw(plot, spec);
  }

  /** Mark the cells of verdicts, so that the style sheet can tell them apart. */
  function markVerdicts(table) {
    for (const cell of all('td[data-column="verdict"]', table)) cell.dataset.verdict = cell.textContent.trim();
  }

  /** Put another chart in the place of a forest, with its caption. */
  function showForest(id, spec, caption) {
    const plot = plotOf(id);
    if (!plot || !spec) return;
    Charts.draw(plot, spec);
    plot.parentElement.querySelector('figcaption').replaceChildren(...caption);
  }

  /** Return what a reader is to know while another baseline is chosen. */
  function toldOf(group, chosen) {
    const label = (name) => group.arms.find((arm) => arm.name === name)?.label ?? '-';
    return `Speed-ups and verdicts below are over ${label(chosen)}, from the same rounds; `
      + `sentences and other sections stay with the run's own baseline, ${label(group.baseline)}.`;
  }

  /** Let a reader choose the baseline of a group: its forest and its table follow. */
  function offerBaselines(select) {
    const index = Number(select.id.replace('baseline-', ''));
    const [group, id] = [data.groups[index], `speedup-${index}`];
    const table = document.querySelector(`table.cases[data-group="${index}"]`);
    const told = document.querySelector(`.recomputed[data-group="${index}"]`);
    const spec = data.charts[id];
    const caption = plotOf(id) ? [...plotOf(id).parentElement.querySelector('figcaption').childNodes] : [];
    const changing = Baseline.COLUMNS.map((name) => `td[data-column="${name}"]`).join();
    const originals = all(changing, table).map((cell) => [cell, [...cell.childNodes], cell.dataset.value]);

    /** Show what Python made: every digit as it was. */
    function restore() {
      for (const [cell, nodes, value] of originals) {
        cell.replaceChildren(...nodes);
        if (value !== undefined) cell.dataset.value = value;
      }
      showForest(id, spec, caption);
    }

    function choose() {
      const rows = Baseline.compare(group, select.value);
      Baseline.fill(table, rows);
      if (!spec) return;
      const made = Baseline.forest(spec, rows);
      showForest(id, made, [made.caption]);
    }

    function change() {
      const own = select.value === group.baseline;
      State.put(select.id, own ? [] : [select.value]);
      if (own) restore();
      else choose();
      markVerdicts(table);
      told.hidden = own;
      told.textContent = own ? '' : toldOf(group, select.value);
    }

    select.addEventListener('change', change);
    const known = State.get(select.id);
    if (known !== null && [...select.options].some(({ value }) => value === known)) {
      select.value = known;
      change();
    }
  }

  /** Return name -> `{implementation, text}` of all sources; the file is in the name where there are several. */
  function sources() {
    const found = new Map();
    for (const [implementation, files] of Object.entries(data.sources || {})) {
      const names = Object.keys(files);
      for (const name of names) {
        const title = names.length > 1 ? `${implementation}/${name}` : implementation;
        found.set(title, { implementation, text: files[name] });
      }
    }
    return found;
  }

  /** Return which two sources are shown first: the first baseline's and that of the fastest. */
  function firstPair(found) {
    const arms = (data.groups || []).flatMap((group) => group.arms).filter((arm) => arm.outcome === 'ok' && !arm.again);
    const speed = (arm) => (arm.speedup ? arm.speedup.value : 0);
    const fastest = arms.reduce((best, arm) => (best && speed(best) >= speed(arm) ? best : arm), null);
    const names = [...found.keys()];
    const nameOf = (arm) => names.find((name) => arm && found.get(name).implementation === arm.implementation);
    const left = nameOf(arms.find((arm) => arm.baseline)) ?? names[0];
    const right = nameOf(fastest);
    return [left, right && right !== left ? right : names.find((name) => name !== left)];
  }

  /** Let a reader put two sources side by side: by two lists, or by a button that names both. */
  function offerDifference(box) {
    const found = sources();
    if (found.size < 2) return;
    const selects = [box.querySelector('select.left'), box.querySelector('select.right')];
    const lines = box.querySelector('.lines');
    firstPair(found).forEach((chosen, side) => {
      selects[side].replaceChildren(...[...found.keys()].map((name) => new Option(name, name, false, name === chosen)));
    });
    const draw = () => Difference.draw(lines, ...selects.map((select) => found.get(select.value).text));
    for (const select of selects) select.addEventListener('change', draw);
    const nameOf = (implementation) => [...found].find(([, one]) => one.implementation === implementation)?.[0];
    for (const button of all('button.to-difference')) {
      button.addEventListener('click', () => {
        [selects[0].value, selects[1].value] = [nameOf(button.dataset.left), nameOf(button.dataset.right)];
        draw();
        box.closest('details').open = true;
        box.scrollIntoView();
      });
    }
    box.hidden = false;
    draw();
  }

  /** Give a file to the reader: it was in the page all along. */
  function download(name) {
    const file = name || `${data.run || 'data'}.json`;
    const type = MEDIA[file.split('.').pop()] || 'text/plain';
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([name ? data.files[name] : embedded], { type: `${type};charset=utf-8` }));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  /** Let a reader choose dark or light, which is remembered where it can be; else the page follows the system. */
  function offerThemes(label) {
    const select = label.querySelector('select');
    const page = document.documentElement;
    const KEY = 'implbench-theme';
    const remembered = (kept) => {
      try {
        return kept === undefined ? localStorage.getItem(KEY) : localStorage.setItem(KEY, kept);
      } catch {
        return null; // some browsers keep nothing for a file
      }
    };
    const show = () => {
      if (select.value) page.dataset.theme = select.value;
      else delete page.dataset.theme;
    };
    select.value = remembered() || '';
    show();
    select.addEventListener('change', () => {
      remembered(select.value);
      show();
    });
    label.hidden = false;
  }

  /** Put a text on the clipboard, and say so on the button for a moment. */
  async function copy(button, text) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'copied';
    } catch {
      button.textContent = 'the browser does not allow it';
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  /** Return the source of an implementation as one text, each of several files below its name. */
  function sourceOf(implementation) {
    const files = Object.entries(data.sources[implementation] || {});
    return files.length === 1 ? files[0][1] : files.map(([name, text]) => `# ${name}\n${text}`).join('\n');
  }

  /** Let a reader copy sources, the answer and the command. */
  function offerCopies() {
    for (const tools of all('.tools')) tools.hidden = false;
    for (const button of all('button.copy')) {
      button.addEventListener('click', () => copy(button, button.dataset.text ?? data.files[button.dataset.file]));
    }
    for (const button of all('button.copy-source')) {
      button.addEventListener('click', () => copy(button, sourceOf(button.dataset.implementation)));
    }
  }

  /** Show the cases of one condition at a time, where there are several. */
  function offerConditions(select) {
    const show = () => {
      for (const group of all('.group')) group.hidden = group.dataset.group !== select.value;
    };
    const usual = select.value;
    const known = State.get('condition');
    if (known !== null && select.querySelector(`option[value="${CSS.escape(known)}"]`)) select.value = known;
    select.addEventListener('change', () => {
      State.put('condition', select.value === usual ? [] : [select.value]);
      show();
    });
    select.closest('[hidden]').hidden = false;
    for (const title of all('.group > h3')) title.hidden = true; // the list says which it is
    show();
  }

  /** Open what a link leads to. */
  function openTarget() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    const within = [...all(':scope > details', target)];
    for (let one = target.closest('details'); one; one = one.parentElement.closest('details')) within.push(one);
    for (const one of within) one.open = true;
    const group = target.closest('.group[hidden]');
    if (!group) return;
    const select = document.querySelector('select#group');
    select.value = group.dataset.group;
    select.dispatchEvent(new Event('change'));
  }

  /** On paper nothing can be opened: everything is, while it is printed. */
  function openForPrint() {
    let opened = [];
    addEventListener('beforeprint', () => {
      opened = all('details:not([open])');
      for (const one of opened) one.open = true;
    });
    addEventListener('afterprint', () => {
      for (const one of opened) one.open = false;
    });
  }

  drawCharts();
  all('table.cases').forEach(markVerdicts);
  all('select.baseline').forEach(offerBaselines);
  all('#difference').forEach(offerDifference);
  for (const button of all('button.download')) button.addEventListener('click', () => download(button.dataset.file));
  all('#theme').forEach(offerThemes);
  all('select#group').forEach(offerConditions);
  offerCopies();
  Tables.prepare();
  openTarget();
  addEventListener('hashchange', openTarget);
  openForPrint();
})();

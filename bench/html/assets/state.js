/** What a reader chose, kept in the page's address: whoever opens the link sees the same. */
const State = (() => {
  'use strict';

  const chosen = new URLSearchParams(location.search);

  /** Return what was chosen under a key, null where nothing was. */
  const get = (key) => chosen.get(key);

  /** Return all that was chosen under a key. */
  const list = (key) => chosen.getAll(key);

  /** Keep what is chosen under a key: texts, none of which is the usual. */
  function put(key, texts) {
    chosen.delete(key);
    for (const text of texts) chosen.append(key, text);
    const query = chosen.toString();
    try {
      history.replaceState(null, '', `${location.pathname}${query ? `?${query}` : ''}${location.hash}`);
    } catch {
      // Some browsers let no file have another address: then a choice is lost with the page.
    }
  }

  return { get, list, put };
})();

// @ts-check
// Search as you type on the help pages; without it the form still leads to a page of results.

const field = document.querySelector('#q');
const list = document.querySelector('#found');
const PAUSE_MS = 150;
const HITS = 6;
/** What every address of ours begins with, with a slash at the end. */
const BASE = new URL('..', import.meta.url).pathname;

/** @typedef {{ article: string, language: string, title: string }} Hit */

if (field instanceof HTMLInputElement && list instanceof HTMLUListElement) suggest(field, list);

/**
 * @param {HTMLInputElement} field
 * @param {HTMLUListElement} list
 */
function suggest(field, list) {
  const locale = location.pathname.slice(BASE.length).split('/')[1] ?? 'en';
  /** @type {AbortController | undefined} */
  let asked;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const close = () => {
    list.hidden = true;
  };
  const look = async () => {
    asked?.abort();
    const query = field.value.trim();
    if (!query) return close();
    asked = new AbortController();
    try {
      const address = `${BASE}v1/search?limit=${HITS}&lang=${locale}&q=${encodeURIComponent(query)}`;
      const response = await fetch(address, { signal: asked.signal });
      if (!response.ok) return close();
      show((await response.json()).hits);
    } catch {
      // The form itself still works.
      if (!asked.signal.aborted) close();
    }
  };
  /** @param {Hit[]} hits */
  const show = (hits) => {
    list.replaceChildren(
      ...hits.map((hit) => {
        const item = document.createElement('li');
        const link = document.createElement('a');
        link.href = `${BASE}help/${locale}/${encodeURIComponent(hit.article)}`;
        link.lang = hit.language;
        link.textContent = hit.title;
        item.append(link);
        return item;
      }),
    );
    list.hidden = hits.length === 0;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  };

  field.addEventListener('input', (event) => {
    // Half-composed characters are no words yet.
    if (!(event instanceof InputEvent && event.isComposing)) later();
  });
  field.addEventListener('compositionend', later);
  field.form?.addEventListener('focusout', (event) => {
    if (!field.form?.contains(/** @type {Node | null} */ (event.relatedTarget))) close();
  });
  field.form?.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      close();
      field.focus();
      return;
    }
    if (event.isComposing || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') || list.hidden) return;
    event.preventDefault();
    const stops = [field, ...list.querySelectorAll('a')];
    const here = stops.findIndex((stop) => stop === document.activeElement);
    const step = event.key === 'ArrowDown' ? 1 : stops.length - 1;
    stops[(here + step) % stops.length].focus();
  });
}

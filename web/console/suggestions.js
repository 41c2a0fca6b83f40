// Suggested replies: asked for when the visitor has said something new, inserted with one key.

import { coalesced, fragment } from './api.js';
import { insertText } from './conversation.js';
import { places, shown } from './shown.js';
import { showTwin } from './twins.js';

const { conversation, suggestions } = places;

/** The visitor's words the shown suggestions were made for. */
let suggestedFor = '';

export const refreshSuggestions = coalesced(async () => {
  const id = shown.open;
  if (!id) return;
  const asked = [...conversation.querySelectorAll('.message.visitor')].at(-1)?.getAttribute('data-sequence') ?? '';
  if (suggestedFor === `${id} ${asked}`) return;
  const fresh = await fragment(`/console/conversations/${id}/suggestions`);
  if (id !== shown.open) return;
  suggestedFor = `${id} ${asked}`;
  suggestions.replaceChildren(fresh);
});

/** @param {number} place counted from 0 */
export function insert(place) {
  const chosen = suggestions.querySelectorAll('.suggestion')[place];
  if (!(chosen instanceof HTMLElement)) return;
  const text = chosen.querySelector('.text')?.textContent ?? '';
  if (!insertText(text)) return;
  const twin = chosen.querySelector('[data-twin]');
  showTwin(text, twin?.textContent ?? undefined, twin?.getAttribute('data-twin') ?? '', chosen.dataset.language || 'en');
  const { source, id, revision, language } = chosen.dataset;
  shown.used = source === 'article' ? { article: id, revision, language, text } : null;
}

suggestions.addEventListener('click', (event) => {
  if (!(event.target instanceof HTMLButtonElement)) return;
  const chosen = event.target.closest('.suggestion');
  insert([...suggestions.querySelectorAll('.suggestion')].indexOf(/** @type {Element} */ (chosen)));
});

// Macros: written in four languages, read by everybody.

import './page.js';
import { act, trying } from './api.js';

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !('macro' in form.dataset)) return;
  event.preventDefault();
  const values = new FormData(form);
  /** @type {Record<string, string>} */
  const texts = {};
  for (const [name, text] of values) {
    const language = /^text-(.+)$/.exec(name)?.[1];
    if (language && String(text).trim()) texts[language] = String(text).trim();
  }
  /** @param {string} name */
  const text = (name) => String(values.get(name) ?? '').trim();
  const tags = text('tags').split(/[,、，]/).map((tag) => tag.trim()).filter(Boolean);
  const others = ['status', 'level', 'team'].filter((name) => text(name)).map((name) => ({ [name]: text(name) }));
  const acts = [...(tags.length > 0 ? [{ add_tags: tags }] : []), ...others];
  trying(async () => {
    await act('POST', '/v1/staff/macros', { id: values.get('id'), title: values.get('title'), texts, acts });
    location.reload();
  });
});

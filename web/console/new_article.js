// A new article: its name, its category, and the languages it is written in so far. The rest is done in the editor.

import './page.js';
import { act, notice, Refused, trying, words } from './api.js';
import { at } from './base.js';

const form = /** @type {HTMLFormElement} */ (document.getElementById('new-article'));

let isChanged = false;
form.addEventListener('input', () => (isChanged = true));
addEventListener('beforeunload', (event) => {
  if (isChanged) event.preventDefault();
});

/** A language counts once something is written in it. */
function textsOf() {
  /** @type {Record<string, { title: string, alternates: string[], summary: string, body: string }>} */
  const texts = {};
  for (const set of form.querySelectorAll('fieldset')) {
    /** @param {string} name */
    const text = (name) => {
      const box = set.querySelector(`[name=${name}]`);
      return box instanceof HTMLInputElement || box instanceof HTMLTextAreaElement ? box.value.trim() : '';
    };
    const [title, summary, body] = [text('title'), text('summary'), text('body')];
    const alternates = text('alternates').split('\n').map((line) => line.trim()).filter(Boolean);
    if (title || summary || body || alternates.length > 0) texts[set.dataset.language ?? ''] = { title, alternates, summary, body };
  }
  return texts;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const values = new FormData(form);
  const texts = textsOf();
  const written = Object.values(texts);
  if (written.length === 0 || written.some((text) => !text.title || !text.summary)) return notice(words.newArticleHint ?? '');
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type=submit]'));
  trying(async () => {
    button.disabled = true;
    try {
      await act('POST', '/v1/staff/knowledge', { id: values.get('id'), category: values.get('category'), texts });
    } catch (error) {
      // The one thing wrong that whoever fills in the form can know only afterwards.
      if (!(error instanceof Refused) || error.field !== 'id') throw error;
      form.querySelector('input')?.focus();
      return notice(words.articleTaken ?? '');
    } finally {
      button.disabled = false;
    }
    isChanged = false;
    location.assign(at(`/console/knowledge/${values.get('id')}`));
  });
});

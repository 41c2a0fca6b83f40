// The categories: their names in each language, and their order.

import './page.js';
import { act, notice, Refused, trying, words } from './api.js';

const PLACE = 'place';

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('form[data-category]'))) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    /** @type {Record<string, string>} */
    const titles = {};
    const values = new FormData(form);
    for (const [name, value] of values) {
      const title = String(value).trim();
      if (name !== PLACE && title) titles[name] = title;
    }
    if (Object.keys(titles).length === 0) return notice(words.categoryNameNeeded ?? '');
    const path = `/v1/staff/categories/${encodeURIComponent(form.dataset.category ?? '')}`;
    trying(async () => {
      try {
        await act('PUT', path, { titles, place: Number(values.get(PLACE)) }, { 'if-match': form.dataset.hash ?? 'none' });
      } catch (error) {
        if (!(error instanceof Refused) || error.field !== 'If-Match') throw error;
        return notice(words.editedMeanwhile ?? '');
      }
      location.reload();
    });
  });
}

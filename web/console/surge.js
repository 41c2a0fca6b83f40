// The switch of surge mode.

import './page.js';
import { act, trying } from './api.js';

const HOUR_MS = 3_600_000;

document.getElementById('begin')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const values = new FormData(/** @type {HTMLFormElement} */ (event.target));
  /** @type {Record<string, string>} */
  const texts = {};
  for (const [name, text] of values) {
    const language = /^text-(.+)$/.exec(name)?.[1];
    if (language) texts[language] = String(text).trim();
  }
  const categories = values.getAll('categories');
  const body = {
    incident: String(values.get('incident') ?? '').trim(),
    texts,
    categories: categories.length > 0 ? categories : null,
    bump: Number(values.get('bump')),
    expires: new Date(Date.now() + Number(values.get('hours')) * HOUR_MS).toISOString(),
  };
  trying(async () => {
    await act('POST', '/v1/staff/surges', body);
    location.reload();
  });
});

document.addEventListener('click', (event) => {
  if (!(event.target instanceof HTMLButtonElement) || !('end' in event.target.dataset)) return;
  const incident = event.target.closest('[data-incident]')?.getAttribute('data-incident') ?? '';
  trying(async () => {
    await act('DELETE', `/v1/staff/surges/${encodeURIComponent(incident)}`);
    location.reload();
  });
});

// The promise: a lower threshold is taken over, the configured one is gone back to, or it is looked at now.

import './page.js';
import { act, trying } from './api.js';

const THRESHOLDS = '/v1/staff/insights/contract/thresholds';

document.addEventListener('click', (event) => {
  const button = event.target;
  if (!(button instanceof HTMLButtonElement)) return;
  const language = button.closest('[data-language]')?.getAttribute('data-language');
  trying(async () => {
    if (button.id === 'look-now') await act('POST', '/v1/staff/insights/contract/reviews');
    else if (button.dataset.set) await act('PUT', `${THRESHOLDS}/${language}`, { hundredths: Number(button.dataset.set) });
    else if ('reset' in button.dataset) await act('DELETE', `${THRESHOLDS}/${language}`);
    else return;
    location.reload();
  });
});

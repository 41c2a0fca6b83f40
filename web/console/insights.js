// Insights: a gap is closed by another wording, or left aside.

import './page.js';
import { act, notice, trying, words } from './api.js';

/** Takes a gap off the list, and goes on to the next. @param {HTMLElement} gap */
function leave(gap) {
  const next = gap.nextElementSibling ?? gap.previousElementSibling;
  gap.remove();
  if (next instanceof HTMLElement) next.querySelector('summary')?.focus();
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.act) return;
  event.preventDefault();
  const gap = form.closest('[data-gap]');
  if (!(gap instanceof HTMLElement)) return;
  const values = Object.fromEntries(new FormData(form));
  const kind = form.dataset.act;
  trying(async () => {
    await act('POST', `/v1/staff/insights/gaps/${gap.dataset.gap}/acts`, { [kind]: values });
    if (kind === 'dismiss') {
      leave(gap);
      return notice(words.gapLeftAside ?? '', 'fine');
    }
    const select = form.querySelector('select');
    select?.selectedOptions[0]?.remove();
    // Each language has its own wordings; the gap is closed when none is left.
    if (select && select.options.length > 0) select.dispatchEvent(new Event('change', { bubbles: true }));
    else leave(gap);
    notice(words.accepted ?? '', 'fine');
  });
});

document.addEventListener('click', (event) => {
  const button = event.target;
  if (button instanceof HTMLButtonElement && button.dataset.act) {
    trying(async () => {
      const gap = button.closest('[data-gap]')?.getAttribute('data-gap') ?? '';
      await act('POST', `/v1/staff/insights/gaps/${gap}/acts`, { [button.dataset.act ?? '']: {} });
      location.reload();
    });
  }
});

// The wording follows the chosen question, to be edited from there.
document.addEventListener('change', (event) => {
  const select = event.target;
  if (!(select instanceof HTMLSelectElement) || select.name !== 'answer') return;
  const chosen = select.selectedOptions[0];
  const text = select.form?.querySelector('textarea');
  if (!chosen || !text) return;
  text.value = chosen.text;
  text.lang = chosen.lang;
});

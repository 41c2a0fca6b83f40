// Proposals: taken over into the article, or dismissed.

import './page.js';
import { act, notice, trying, words } from './api.js';

/** @param {Element} inside @param {unknown} body @param {string} said */
const decide = (inside, body, said) =>
  trying(async () => {
    const card = inside.closest('[data-proposal]');
    if (!(card instanceof HTMLElement)) return;
    await act('PUT', `/v1/staff/proposals/${card.dataset.proposal}`, body);
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    notice(said, 'fine');
    if (next instanceof HTMLElement) next.querySelector('a')?.focus();
  });

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.apply) return;
  event.preventDefault();
  const text = String(new FormData(form).get('text') ?? '').trim();
  decide(form, { verdict: 'accepted', apply: { [form.dataset.apply]: text } }, words.accepted ?? '');
});
document.addEventListener('click', (event) => {
  if (event.target instanceof HTMLButtonElement && event.target.dataset.verdict) decide(event.target, { verdict: event.target.dataset.verdict }, '');
});

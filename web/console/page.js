// What every page has: the menu, the notices, the help with keys.

import { act, filled, fragment, notice, tellMoments, trying, words } from './api.js';
import { alerts } from './alerts.js';
import { at } from './base.js';
import { follow } from './news.js';

/** The language is chosen by a list, which sends its form at once. */
document.getElementById('language')?.addEventListener('change', (event) => {
  if (event.target instanceof HTMLSelectElement) event.target.form?.submit();
});

/** Moments come in UTC; whoever reads them lives by other hours. */
tellMoments(document);

document.getElementById('sign-out')?.addEventListener('click', () =>
  trying(async () => {
    const { continue_at: leaving } = await act('DELETE', '/v1/staff/session');
    // What was half written is nobody else's to read.
    sessionStorage.clear();
    // The provider ends its own session too, and leads back.
    location.assign(leaving ?? at('/console/sign-in'));
  }),
);

/** Whether somebody takes new conversations, and why not. */
const availability = document.getElementById('availability');
if (availability instanceof HTMLFormElement) {
  const reason = availability.querySelector('input');
  availability.addEventListener('change', (event) => {
    if (event.target instanceof HTMLSelectElement) reason?.closest('label')?.toggleAttribute('hidden', event.target.value === 'here');
  });
  availability.addEventListener('submit', (event) => {
    event.preventDefault();
    const values = new FormData(availability);
    trying(async () => {
      await act('PUT', '/v1/staff/account/availability', { availability: values.get('availability'), reason: values.get('reason') });
      location.reload();
    });
  });
}

document.getElementById('phrase')?.addEventListener('click', () =>
  trying(async () => {
    const { phrase } = await act('POST', '/v1/staff/phrase');
    notice(filled('phraseSaid', { phrase }), 'fine');
  }),
);

for (const kind of /** @type {const} */ (['sound', 'notices'])) {
  const box = document.getElementById(kind);
  if (!(box instanceof HTMLInputElement)) continue;
  box.checked = alerts.isOn(kind);
  box.addEventListener('change', async () => {
    box.checked = await alerts.turn(kind, box.checked);
    if (kind === 'notices' && !box.checked && alerts.areDenied()) notice(words.noticesDenied ?? '');
  });
}

/** The notices of incidents are pinned on every page, and swapped as incidents begin and end. @param {string} kind @param {string} data */
function pin(kind, data) {
  if (kind !== 'notices') return;
  const incidents = JSON.parse(data).notices.map((/** @type {{ incident: string, text: string }} */ one) => `${one.incident} `).join('');
  const pinned = document.getElementById('surges');
  if (pinned && incidents !== (pinned.dataset.incidents ?? '')) trying(async () => pinned.replaceWith(await fragment('/console/notices')));
}
if (document.body.dataset.csrf) follow(`/v1/notices/events?lang=${document.documentElement.lang}`, ['notices'], pin);

const keys = document.getElementById('keys');
const menu = document.getElementById('menu');
export function showKeys() {
  menu?.removeAttribute('open');
  if (keys instanceof HTMLDialogElement && !keys.open) keys.showModal();
}
document.getElementById('help')?.addEventListener('click', showKeys);

document.addEventListener('click', (event) => {
  if (menu instanceof HTMLDetailsElement && menu.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  if (event.target instanceof HTMLElement && event.target.id === 'notice') notice('');
});

/** Whether a key press belongs to what is being typed. @param {KeyboardEvent} event */
export function isTyping(event) {
  const { target } = event;
  // Enter that ends a composition belongs to the input method.
  if (event.isComposing || event.keyCode === 229) return true;
  const takesText = target instanceof HTMLInputElement && !['radio', 'checkbox'].includes(target.type);
  return takesText || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Loaded when it is asked for first. */
const commandBar = () => trying(async () => (await import('./commands.js')).openCommands());
document.getElementById('open-commands')?.addEventListener('click', () => {
  menu?.removeAttribute('open');
  commandBar();
});

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k' && !event.isComposing) {
    event.preventDefault();
    commandBar();
    return;
  }
  if (event.key === 'Escape') {
    if (menu instanceof HTMLDetailsElement && menu.open) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
      return;
    }
    notice('');
  }
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '?') showKeys();
  else if (event.key === 'g') location.assign(at('/console/tickets'));
  else return;
  event.preventDefault();
});

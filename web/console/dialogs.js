// What is asked before it is done, and what is shown this once.

import { words } from './api.js';

/** @param {'h2' | 'p' | 'div' | 'button' | 'form' | 'input' | 'dialog'} name @param {Record<string, unknown>} [values] */
const element = (name, values = {}) => Object.assign(document.createElement(name), values);

/**
 * Shows a dialog with a title, and tells by which button it was closed.
 * @param {string} title
 * @param {HTMLElement[]} inside
 * @param {HTMLElement[]} buttons
 * @param {boolean} [stays] whether Escape leaves it open
 * @returns {Promise<string>}
 */
function shown(title, inside, buttons, stays = false) {
  const dialog = /** @type {HTMLDialogElement} */ (element('dialog', { className: 'asking' }));
  const form = element('form', { method: 'dialog', className: 'stack' });
  const foot = element('div', { className: 'buttons' });
  foot.append(...buttons);
  form.append(element('h2', { id: 'dialog-title', textContent: title }), ...inside, foot);
  dialog.setAttribute('aria-labelledby', 'dialog-title');
  dialog.append(form);
  document.body.append(dialog);
  dialog.addEventListener('cancel', (event) => {
    if (stays) event.preventDefault();
  });
  const before = document.activeElement;
  dialog.showModal();
  return new Promise((closed) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
      closed(dialog.returnValue);
    });
  });
}

/** Whether somebody wants what they have pressed. @param {string} question @param {string} act the word on the button */
export async function isWanted(question, act) {
  const go = element('button', { value: 'go', className: 'first', textContent: act });
  const stop = element('button', { value: '', textContent: words.cancel ?? '' });
  return (await shown(question, [], [go, stop])) === 'go';
}

/** Shows a secret that is not shown again, until it is kept. @param {string} title @param {string} secret */
export async function showOnce(title, secret) {
  const field = /** @type {HTMLInputElement} */ (element('input', { value: secret, readOnly: true, className: 'code' }));
  field.setAttribute('aria-label', title);
  field.addEventListener('focus', () => field.select());
  const copy = element('button', { type: 'button', textContent: words.copy ?? '' });
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(secret);
    copy.textContent = words.copied ?? '';
  });
  // Browsers let pages copy only over an encrypted connection.
  copy.hidden = !navigator.clipboard;
  const kept = element('button', { value: 'kept', className: 'first', textContent: words.secretKept ?? '' });
  await shown(title, [element('p', { textContent: words.secretOnce ?? '' }), field], [copy, kept], true);
}

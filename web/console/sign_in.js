// Signs in, and asks for the code of the second factor only where there is one.

import './page.js';
import { act, notice, Refused, words } from './api.js';
import { at } from './base.js';
import { canHavePasskeys, showPasskey } from './passkey.js';

// Where passwords are switched off there is no form.
const form = document.getElementById('sign-in');
const codeLabel = /** @type {HTMLElement} */ (document.getElementById('code-label'));

/** Signs in; where a second factor is wanted, with a passkey if the account has one. @param {object} who @param {string} code */
async function signIn(who, code) {
  try {
    await act('POST', '/v1/staff/session', { ...who, code: code || null });
  } catch (error) {
    if (!(error instanceof Refused) || error.field !== 'code' || !canHavePasskeys) throw error;
    const passkey = await shown(who);
    if (!passkey) throw error;
    await act('POST', '/v1/staff/session', { ...who, passkey });
  }
}

/** The passkey that the person shows; nothing where the account has none, or they would rather type a code. @param {object} who */
async function shown(who) {
  try {
    const { public_key: options } = await act('POST', '/v1/staff/session/passkey', who);
    return await showPasskey(options);
  } catch {
    return null;
  }
}

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!(form instanceof HTMLFormElement)) return;
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type=submit]'));
  const values = new FormData(form);
  button.disabled = true;
  button.textContent = words.signingIn ?? '';
  try {
    const who = { email: values.get('email'), password: values.get('password') };
    await signIn(who, String(values.get('code') || ''));
    // A link to a conversation leads past this page: what it names is kept by the browser.
    location.assign(at(`/console${location.hash}`));
  } catch (error) {
    button.disabled = false;
    button.textContent = words.signIn ?? '';
    if (error instanceof Refused && error.field === 'code') {
      codeLabel.hidden = false;
      codeLabel.querySelector('input')?.focus();
      return;
    }
    notice(error instanceof Refused ? error.message : words.offline ?? '');
  }
});

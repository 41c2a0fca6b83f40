// Signs in, and asks for the code of the second factor only where there is one.

import './page.js';
import { act, notice, Refused, words } from './api.js';

const form = /** @type {HTMLFormElement} */ (document.getElementById('sign-in'));
const codeLabel = /** @type {HTMLElement} */ (document.getElementById('code-label'));

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type=submit]'));
  const values = new FormData(form);
  button.disabled = true;
  button.textContent = words.signingIn ?? '';
  try {
    await act('POST', '/v1/staff/session', {
      email: values.get('email'),
      password: values.get('password'),
      code: values.get('code') || null,
    });
    // A link to a conversation leads past this page: what it names is kept by the browser.
    location.assign(`/console${location.hash}`);
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

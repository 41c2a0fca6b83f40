// Accounts: add, change, reset.

import './page.js';
import { act, notice, trying, words } from './api.js';

/** @param {string} password */
const once = (password) => (words.passwordOnce ?? '{password}').replace('{password}', password);

document.querySelector('table')?.addEventListener('click', (event) => {
  const button = event.target;
  if (!(button instanceof HTMLButtonElement)) return;
  const row = /** @type {HTMLElement} */ (button.closest('tr'));
  const path = `/v1/staff/agents/${row.dataset.agent}`;
  trying(async () => {
    if ('reset' in button.dataset) {
      const { password } = await act('POST', `${path}/reset`);
      notice(once(password), 'fine');
      return;
    }
    const role = row.querySelector('select')?.value;
    const active = row.querySelector('input')?.checked;
    await act('PUT', path, { role, active });
    location.reload();
  });
});

const form = /** @type {HTMLFormElement} */ (document.getElementById('add'));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const values = new FormData(form);
  trying(async () => {
    const { password } = await act('POST', '/v1/staff/agents', {
      name: values.get('name'),
      email: values.get('email'),
      role: values.get('role'),
    });
    notice(`${values.get('email')}: ${once(password)}`, 'fine');
    form.reset();
  });
});

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
    const role = row.querySelector('select');
    const active = row.querySelector('input[name=active]');
    // Nobody changes their own role.
    if (role && !role.disabled && active instanceof HTMLInputElement) await act('PUT', path, { role: role.value, active: active.checked });
    const skills = row.querySelector('input[name=skills]');
    const languages = [...row.querySelectorAll('input[name=languages]:checked')].map((box) => box.getAttribute('value'));
    const levels = [...row.querySelectorAll('input[name=levels]:checked')].map((box) => box.getAttribute('value'));
    const capacity = row.querySelector('input[name=capacity]');
    const team = row.querySelector('input[name=department]');
    const department = team instanceof HTMLInputElement ? { department: team.value } : {};
    const most = capacity instanceof HTMLInputElement ? capacity.valueAsNumber : NaN;
    if (skills instanceof HTMLInputElement) await act('PUT', `${path}/skills`, { languages, levels, ...(most ? { capacity: most } : {}), ...department, skills: skills.value.split(/[,、，]/).map((skill) => skill.trim()).filter(Boolean) });
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

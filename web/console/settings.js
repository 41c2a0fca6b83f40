// One's own account: how one is known, password, second factor.

import './page.js';
import { act, fragment, notice, trying, words } from './api.js';

/** @param {string} id @param {(values: FormData, form: HTMLFormElement) => Promise<void>} send */
function onSubmit(id, send) {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.id !== id) return;
    event.preventDefault();
    trying(() => send(new FormData(form), form));
  });
}

onSubmit('profile', async (values) => {
  const skills = String(values.get('skills') ?? '').split(/[,、，]/);
  await act('PUT', '/v1/staff/account', { name: values.get('name'), languages: values.getAll('languages'), skills });
  location.reload();
});

onSubmit('password', async (values, form) => {
  await act('PUT', '/v1/staff/account/password', { current: values.get('current'), new: values.get('new') });
  form.reset();
  notice(words.savedPlain ?? '', 'fine');
});

document.getElementById('set-up')?.addEventListener('click', () =>
  trying(async () => {
    const place = document.getElementById('factor');
    place?.replaceChildren(await fragment('/console/second-factor', {}));
    place?.querySelector('input')?.focus();
  }),
);

onSubmit('prove', async (values, form) => {
  await act('PUT', '/v1/staff/second-factor', { secret: form.dataset.secret, code: values.get('code') });
  location.reload();
});

onSubmit('remove-factor', async (values) => {
  await act('POST', '/v1/staff/account/second-factor/removal', { code: values.get('code') });
  location.reload();
});

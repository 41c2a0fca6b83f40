// One's own account: how one is known, password, second factor, and where one is signed in.

import './page.js';
import { act, fragment, notice, trying, words } from './api.js';
import './push.js';
import { canHavePasskeys, makePasskey } from './passkey.js';

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

onSubmit('mail-notices', async (values) => {
  await act('PUT', '/v1/staff/account/notices', { mail: values.getAll('mail') });
  notice(words.savedPlain ?? '', 'fine');
});

document.getElementById('end-others')?.addEventListener('click', () =>
  trying(async () => {
    await act('DELETE', '/v1/staff/account/sessions');
    location.reload();
  }),
);
document.querySelector('.sessions')?.addEventListener('click', (event) => {
  if (!(event.target instanceof HTMLButtonElement) || !('endSession' in event.target.dataset)) return;
  const id = event.target.closest('[data-session]')?.getAttribute('data-session');
  trying(async () => {
    await act('DELETE', `/v1/staff/account/sessions/${id}`);
    location.reload();
  });
});

document.getElementById('set-up')?.addEventListener('click', () =>
  trying(async () => {
    const place = document.getElementById('factor');
    place?.replaceChildren(await fragment('/console/second-factor', {}));
    place?.querySelector('input')?.focus();
  }),
);

/** Shows codes that are not shown again; the page goes on once they are kept. @param {string[]} codes */
function showCodes(codes) {
  const place = document.getElementById('factor');
  const list = document.createElement('ol');
  list.className = 'codes';
  for (const code of codes) {
    const line = document.createElement('li');
    line.append(Object.assign(document.createElement('code'), { textContent: code }));
    list.append(line);
  }
  const hint = Object.assign(document.createElement('p'), { textContent: words.codesHint ?? '' });
  hint.setAttribute('role', 'status');
  const kept = Object.assign(document.createElement('button'), { type: 'button', className: 'first', textContent: words.codesKept ?? '' });
  kept.addEventListener('click', () => location.reload());
  place?.replaceChildren(hint, list, kept);
  kept.focus();
}

const addPasskey = document.getElementById('add-passkey');
if (addPasskey) addPasskey.hidden = !canHavePasskeys;
addPasskey?.addEventListener('click', () =>
  trying(async () => {
    const { public_key: options } = await act('POST', '/v1/staff/account/passkeys/question');
    /** @type {object} */
    let made;
    try {
      made = await makePasskey(options);
    } catch {
      notice(words.passkeyNotMade ?? '');
      return;
    }
    const { recovery_codes: codes } = await act('POST', '/v1/staff/account/passkeys', made);
    if (codes.length > 0) showCodes(codes);
    else location.reload();
  }),
);
document.getElementById('passkeys')?.addEventListener('click', (event) => {
  if (!(event.target instanceof HTMLButtonElement) || !('removePasskey' in event.target.dataset)) return;
  const id = event.target.closest('[data-passkey]')?.getAttribute('data-passkey');
  trying(async () => {
    await act('DELETE', `/v1/staff/account/passkeys/${encodeURIComponent(id ?? '')}`);
    location.reload();
  });
});

onSubmit('prove', async (values, form) => {
  const { recovery_codes: codes } = await act('PUT', '/v1/staff/second-factor', { secret: form.dataset.secret, code: values.get('code') });
  const badge = form.closest('section')?.querySelector('.badge');
  if (badge) Object.assign(badge, { className: 'badge current', textContent: words.on ?? '' });
  showCodes(codes);
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.id !== 'remove-factor') return;
  event.preventDefault();
  const code = new FormData(form).get('code');
  const chosen = event.submitter?.getAttribute('value');
  trying(async () => {
    if (chosen === 'renew') {
      const { recovery_codes: codes } = await act('POST', '/v1/staff/account/second-factor/recovery-codes', { code });
      form.reset();
      showCodes(codes);
      return;
    }
    await act('POST', '/v1/staff/account/second-factor/removal', { code });
    location.reload();
  });
});

// Keys, webhooks and sources: made, changed, ended; a secret is shown once.

import './page.js';
import { act, filled, notice, Refused, words } from './api.js';
import { at } from './base.js';
import { showOnce } from './dialogs.js';
import { onButtons, onForms } from './forms.js';

/** @param {Element} inside @param {string} name of a `data-` attribute around it */
const around = (inside, name) => encodeURIComponent(inside.closest(`[data-${name}]`)?.getAttribute(`data-${name}`) ?? '');
/** @param {Element} inside */
const webhook = (inside) => `/v1/staff/webhooks/${around(inside, 'webhook')}`;

/** They are where their companies have them, unless an address says otherwise. */
const MESSENGERS = ['telegram', 'line', 'slack', 'whatsapp', 'kakao', 'wechat', 'discord'];

/** Fields belong to some choices of a list only. @param {HTMLSelectElement} list */
function showFields(list) {
  for (const fields of list.form?.querySelectorAll('[data-for]') ?? []) {
    const belongs = fields.getAttribute('data-for')?.split(' ').includes(list.value);
    if (fields instanceof HTMLElement) fields.hidden = !belongs;
    if (fields instanceof HTMLFieldSetElement) fields.disabled = !belongs;
  }
  const address = list.form?.querySelector('[name=url]');
  if (address instanceof HTMLInputElement) address.required = !MESSENGERS.includes(list.value);
}
for (const list of document.querySelectorAll('select[name=kind], select[name=format]')) {
  if (!(list instanceof HTMLSelectElement)) continue;
  list.addEventListener('change', () => showFields(list));
  showFields(list);
}

/** How to reach a help desk. @param {FormData} values */
function helpDesk(values) {
  const [kind, token] = [values.get('kind'), values.get('token')];
  if (kind === 'chatwoot') return { kind, token, account: Number(values.get('account')), inbox: Number(values.get('inbox')) };
  return kind === 'zendesk' ? { kind, token, user: values.get('user') } : null;
}

/** A bot or account of a messenger. @param {FormData} values */
function messenger(values) {
  if (!MESSENGERS.includes(String(values.get('kind')))) return null;
  // The fields of other kinds are disabled, and those of this one are called as the API has them.
  return Object.fromEntries([...values].filter(([name]) => !['url', 'description', 'events'].includes(name)));
}

onForms({
  key: async (values) => {
    const { token } = await act('POST', '/v1/staff/keys', { name: values.get('name'), scopes: values.getAll('scopes') });
    await showOnce(filled('keyOf', { name: String(values.get('name')) }), token);
    location.reload();
  },
  webhook: async (values) => {
    const { webhook: made, secret } = await act('POST', '/v1/staff/webhooks', {
      url: values.get('url') || null,
      description: values.get('description'),
      events: values.getAll('events'),
      help_desk: helpDesk(values),
      channel: values.get('kind') === 'channel',
      messenger: messenger(values),
    });
    if (secret) await showOnce(filled('secretOf', { name: made.description || made.url }), secret);
    location.assign(at(`/console/programs/webhooks/${made.id}`));
  },
  'change-webhook': async (values, form) => {
    const events = form.querySelector('[name=events]') ? { events: values.getAll('events') } : {};
    await act('PUT', webhook(form), { url: values.get('url'), description: values.get('description'), ...events });
    location.reload();
  },
  source: async (values) => {
    const body = { name: values.get('name'), format: values.get('format'), agent: values.get('agent'), webhook: values.get('webhook') || null };
    const { secret } = await act('POST', '/v1/staff/sources', { ...body, secret: values.get('secret') }).catch((error) => {
      throw error instanceof Refused && error.field === 'name' ? new Refused(400, { message: words.sourceTaken, field: 'name' }) : error;
    });
    if (!values.get('secret')) await showOnce(filled('secretOf', { name: String(body.name) }), secret);
    location.reload();
  },
  'source-secret': async (values, form) => {
    const name = around(form, 'source');
    const { secret } = await act('POST', `/v1/staff/sources/${name}/secret`, { secret: values.get('secret') });
    if (!values.get('secret')) await showOnce(filled('secretOf', { name: decodeURIComponent(name) }), secret);
    location.reload();
  },
});

onButtons({
  'revoke-key': async (button) => {
    await act('DELETE', `/v1/staff/keys/${around(button, 'key')}`);
    location.reload();
  },
  'remove-source': async (button) => {
    await act('DELETE', `/v1/staff/sources/${around(button, 'source')}`);
    location.reload();
  },
  'webhook-secret': async (button) => {
    const { secret } = await act('POST', `${webhook(button)}/secret`);
    await showOnce(filled('secretOf', { name: document.querySelector('[name=url]')?.getAttribute('value') ?? '' }), secret);
  },
  'remove-webhook': async (button) => {
    await act('DELETE', webhook(button));
    location.assign(at('/console/programs'));
  },
  pause: async (button) => {
    await act('PUT', webhook(button), { active: false });
    location.reload();
  },
  resume: async (button) => {
    await act('PUT', webhook(button), { active: true });
    location.reload();
  },
  replay: async (button) => {
    await act('POST', `${webhook(button)}/replay`, { delivery: decodeURIComponent(around(button, 'delivery')) });
    location.reload();
  },
  'replay-failed': async (button) => {
    const { deliveries } = await act('POST', `${webhook(button)}/replay`, { from_ms: 0, status: 'failed' });
    notice(filled('replayed', { n: String(deliveries) }), 'fine');
  },
});

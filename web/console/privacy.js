// What is kept of a visitor: handed out as a file, destroyed after a typed confirmation, or kept against its time.

import './page.js';
import { act, filled, part, Refused, words } from './api.js';
import { onForms } from './forms.js';

/** The id of a conversation by its id, a link to it, or the number of its ticket. @param {string} text */
async function conversation(text) {
  const named = text.trim();
  if (/^M-\d+$/i.test(named)) return (await act('GET', `/v1/staff/tickets/${named.toUpperCase()}`)).ticket.conversation;
  const id = named.slice(named.lastIndexOf('#') + 1);
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new Refused(400, { field: 'conversation' });
  return id;
}

/** Whose words are meant. @param {FormData} values */
async function whose(values) {
  const id = String(values.get('id') ?? '').trim();
  return values.get('whose') === 'visitor' ? { visitor: id } : { conversation: await conversation(id) };
}

/** Hands a file to whoever asked for it. @param {string} name @param {unknown} content */
function save(name, content) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address));
}

/** @param {HTMLFormElement} form @param {string} name @param {string} text */
function tell(form, name, text) {
  const place = part(form, name);
  if (place) place.textContent = text;
}

onForms({
  export: async (values, form) => {
    tell(form, 'export', '');
    const kept = await act('POST', '/v1/staff/privacy/export', await whose(values));
    const conversations = kept.conversations ?? [kept];
    if (conversations.length === 0) return tell(form, 'export', words.nothingKept ?? '');
    save(`export-${new Date().toISOString().slice(0, 10)}.json`, kept);
    const messages = conversations.reduce((/** @type {number} */ sum, /** @type {{ messages: unknown[] }} */ one) => sum + one.messages.length, 0);
    tell(form, 'export', filled('exported', { conversations: String(conversations.length), messages: String(messages) }));
  },
  erase: async (values, form) => {
    tell(form, 'erase', '');
    const done = await act('POST', '/v1/staff/privacy/erasure', { ...(await whose(values)), reason: values.get('reason') });
    const { conversations, messages, files, on_hold: held } = done;
    const said = [conversations > 0 ? filled('erasedNow', { conversations: `${conversations}`, messages: `${messages}`, files: `${files}` }) : ''];
    if (held > 0) said.push(filled('leftOnHold', { n: `${held}` }));
    tell(form, 'erase', said.filter(Boolean).join(' ') || (words.nothingKept ?? ''));
    if (conversations > 0) form.reset();
  },
  hold: async (values) => {
    const id = await conversation(String(values.get('id')));
    await act('PUT', `/v1/staff/conversations/${encodeURIComponent(id)}/hold`, { held: true, reason: values.get('reason') });
    location.reload();
  },
  release: async (values, form) => {
    const id = form.closest('[data-conversation]')?.getAttribute('data-conversation');
    await act('PUT', `/v1/staff/conversations/${id}/hold`, { held: false, reason: values.get('reason') });
    location.reload();
  },
});

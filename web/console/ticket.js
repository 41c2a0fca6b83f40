// The ticket beside the conversation. Its note has a field of its own, far from the reply: what is written there has no
// way to the visitor.

import { act, coalesced, fragment, once, part, tellTimes, trying } from './api.js';
import { refreshConversation } from './conversation.js';
import { refreshQueue } from './queue.js';
import { places, shown } from './shown.js';

const { ticket, visitor } = places;

/** Who the visitor is, read when a conversation is opened. */
export const refreshVisitor = coalesced(async () => {
  const id = shown.open;
  if (!id) return;
  const fresh = await fragment(`/console/conversations/${id}/visitor`);
  if (id === shown.open) visitor.replaceChildren(fresh);
});

/** What has the focus inside, so that its successor gets it. @returns {string | null} */
function focused() {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !ticket.contains(active)) return null;
  if (active.dataset.work) return `[data-work=${active.dataset.work}]`;
  if ('assign' in active.dataset) return '[data-assign]';
  if ('watch' in active.dataset) return '[data-watch]';
  return null;
}

/** Somebody writes into a form that a swap would empty. */
function isWriting() {
  const active = document.activeElement;
  const isInField = active instanceof HTMLInputElement && part(ticket, 'ticket')?.contains(active);
  return isInField || form('why')?.hidden === false;
}

export const refreshTicket = coalesced(async () => {
  const id = shown.open;
  if (!id || isWriting()) return;
  const fresh = await fragment(`/console/conversations/${id}/ticket`);
  if (id !== shown.open || isWriting()) return;
  tellTimes(fresh);
  const [old, next] = [part(ticket, 'ticket'), part(fresh, 'ticket')];
  if (!old || !next || old.dataset.number !== next.dataset.number) {
    ticket.replaceChildren(fresh);
    return;
  }
  const again = focused();
  const scrolled = ticket.scrollTop;
  old.replaceWith(next);
  ticket.scrollTop = scrolled;
  if (again) ticket.querySelector(again)?.dispatchEvent(new Event('refocus', { bubbles: true }));
});
ticket.addEventListener('refocus', (event) => {
  if (event.target instanceof HTMLElement) event.target.focus({ preventScroll: true });
});

/** @param {Record<string, unknown>} body */
async function work(body) {
  const number = part(ticket, 'ticket')?.dataset.number;
  if (!number) return;
  await act('POST', `/v1/staff/tickets/${number}/work`, body);
  if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
  const why = form('why');
  if (why) why.hidden = true;
  await refreshTicket();
}

/** @param {string} name @returns {HTMLFormElement | null} */
const form = (name) => ticket.querySelector(`form[data-form=${name}]`);

ticket.addEventListener('change', (event) => {
  const { target } = event;
  if (!(target instanceof HTMLSelectElement)) return;
  const { work: kind } = target.dataset;
  if (kind === 'status' || kind === 'level' || kind === 'tier' || kind === 'category' || kind === 'team') {
    trying(() => work({ [kind]: target.value }));
  } else if (kind === 'priority') {
    // A priority against the rule needs its reason first.
    const why = form('why');
    if (!why) return;
    why.hidden = target.value === target.dataset.now;
    if (!why.hidden) why.querySelector('input')?.focus();
  } else if ('assign' in target.dataset) {
    trying(async () => {
      const path = `/v1/staff/conversations/${shown.open}/acts`;
      await act('POST', path, target.value ? { act: 'assign', to: target.value } : { act: 'requeue' }, once());
      await Promise.all([refreshTicket(), refreshConversation(), refreshQueue()]);
    });
  }
});

ticket.addEventListener('click', (event) => {
  const { target } = event;
  if (!(target instanceof HTMLButtonElement)) return;
  if (target.dataset.watch) trying(() => work({ watch: target.dataset.watch === 'true' }));
  if ('cancel' in target.dataset) {
    const why = form('why');
    const priority = ticket.querySelector('[data-work=priority]');
    if (why) why.hidden = true;
    if (priority instanceof HTMLSelectElement) priority.value = priority.dataset.now ?? '';
    refreshTicket();
  }
});

/** Saves what stands in the field of the note. */
const saveNote = () =>
  trying(async () => {
    const box = noteField();
    const text = box?.value.trim() ?? '';
    if (!box || !text) return;
    await work({ note: text });
    if (box.value.trim() === text) box.value = '';
  });

/** @returns {HTMLTextAreaElement | null} */
export function noteField() {
  return ticket.querySelector('#note');
}

ticket.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!(event.target instanceof HTMLFormElement)) return;
  const values = new FormData(event.target);
  /** @param {string} name */
  const text = (name) => String(values.get(name) ?? '').trim();
  const name = event.target.dataset.form;
  if (name === 'note') saveNote();
  else if (name === 'tags') trying(() => work({ tags: text('tags').split(/[,、，]/) }));
  else if (name === 'merge') trying(() => work({ merge_into: text('number') }));
  else if (name === 'why') {
    const priority = ticket.querySelector('[data-work=priority]');
    if (priority instanceof HTMLSelectElement) trying(() => work({ priority: { to: priority.value, why: text('why') } }).then(refreshQueue));
  }
});
ticket.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target === noteField()) {
    event.preventDefault();
    saveNote();
  }
});

/** Clocks are told in words, which change by the minute. */
setInterval(() => {
  if (!document.hidden) refreshTicket();
}, 60_000);

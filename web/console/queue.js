// The queue: swapped when something changes; the focus and the choice stay.

import { coalesced, fragment, words } from './api.js';
import { alerts } from './alerts.js';
import { places, shown } from './shown.js';

const { queue } = places;

/** Those who waited when the queue was read last. @type {Set<string>} */
let waiting = new Set(waitingNow().keys());

/** @returns {Map<string, string>} summaries by conversation */
function waitingNow() {
  const entries = [...queue.querySelectorAll('[data-state=queued]')];
  return new Map(entries.map((entry) => [entry.getAttribute('data-conversation') ?? '', entry.querySelector('.summary')?.textContent ?? '']));
}

export const refreshQueue = coalesced(async () => {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.conversation : undefined;
  queue.replaceChildren(await fragment(`/console/queue?filter=${shown.filter}`));
  markOpen();
  if (focused) entryOf(focused)?.focus({ preventScroll: true });
  // Only where everybody is shown can somebody be new.
  if (!['all', 'queued'].includes(shown.filter)) return;
  const now = waitingNow();
  const fresh = [...now.keys()].filter((id) => !waiting.has(id));
  if (fresh.length > 0) alerts.tell(words.newEscalation ?? '', now.get(fresh[0] ?? '') ?? '');
  waiting = new Set(now.keys());
  tellCount();
});

function tellCount() {
  document.title = `${waiting.size > 0 ? `(${waiting.size}) ` : ''}${words.desk} · mondo`;
}
tellCount();

/** @param {string} id @returns {HTMLButtonElement | null} */
function entryOf(id) {
  return queue.querySelector(`[data-conversation="${CSS.escape(id)}"]`);
}

export function markOpen() {
  for (const button of queue.querySelectorAll('.entry')) {
    button.setAttribute('aria-current', String(button.getAttribute('data-conversation') === shown.open));
  }
}

/** @param {number} by */
export function move(by) {
  const entries = [...queue.querySelectorAll('.entry')];
  const at = entries.findIndex((one) => one === document.activeElement);
  const next = entries[Math.min(Math.max(at + by, 0), entries.length - 1)];
  if (next instanceof HTMLElement) next.focus();
}

document.querySelector('.filters')?.addEventListener('change', (event) => {
  if (event.target instanceof HTMLInputElement) shown.filter = event.target.value;
  refreshQueue();
});

// The queue: swapped when something changes; the focus and the choice stay.

import { coalesced, fragment, part, words } from './api.js';
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

/** What an agent has begun to write, by conversation; kept until the browser's tab is closed. */
export const drafts = {
  /** @param {string} id */
  of: (id) => sessionStorage.getItem(`mondo-draft:${id}`) ?? '',

  /** @param {string} id @param {string} text */
  keep(id, text) {
    const name = `mondo-draft:${id}`;
    if (text.trim()) sessionStorage.setItem(name, text);
    else sessionStorage.removeItem(name);
    markWaiting();
  },
};

const READ = 'mondo-console-read';
/** Conversations whose reading is remembered. */
const MAX_READ = 500;

/** How far each conversation was read here. @returns {Record<string, number>} */
function read() {
  try {
    return JSON.parse(localStorage.getItem(READ) ?? '{}');
  } catch {
    return {};
  }
}

/** @param {string} id @param {number} sequence of the visitor's last message that was seen */
export function noteRead(id, sequence) {
  const all = read();
  if ((all[id] ?? -1) >= sequence) return markWaiting();
  delete all[id];
  const kept = [...Object.entries(all), /** @type {[string, number]} */ ([id, sequence])].slice(-MAX_READ);
  localStorage.setItem(READ, JSON.stringify(Object.fromEntries(kept)));
  markWaiting();
}

/** Marks what was said since it was last looked at, and what somebody has begun to write. */
function markWaiting() {
  const all = read();
  for (const entry of queue.querySelectorAll('.entry')) {
    const id = entry.getAttribute('data-conversation') ?? '';
    const isOthers = entry.getAttribute('data-state') === 'agent' && !entry.hasAttribute('data-mine');
    const isUnread = Number(entry.getAttribute('data-heard')) > (all[id] ?? 0) && !isOthers;
    const marks = [...(isUnread ? [['unread', words.unread]] : []), ...(drafts.of(id) ? [['draft', words.draft]] : [])];
    entry.classList.toggle('unread', isUnread);
    entry.querySelector('.marks')?.replaceChildren(
      ...marks.map(([kind = '', word = '']) => {
        const mark = document.createElement('span');
        mark.className = `badge ${kind}`;
        mark.textContent = word;
        return mark;
      }),
    );
  }
}
markWaiting();

export const refreshQueue = coalesced(async () => {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.conversation : undefined;
  queue.replaceChildren(await fragment(`/console/queue?${new URLSearchParams(shown.queue)}`));
  tellCounts();
  keepPicks();
  markOpen();
  markWaiting();
  if (focused) entryOf(focused)?.focus({ preventScroll: true });
  // Only where everybody is shown can somebody be new.
  const { filter, language, priority, tag } = shown.queue;
  if (!['all', 'queued'].includes(filter) || language || priority || tag) return;
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

/** How many stand in each part. */
function tellCounts() {
  /** @type {Record<string, number>} */
  const counts = JSON.parse(part(queue, 'counts')?.dataset.counts ?? '{}');
  for (const place of document.querySelectorAll('[data-count]')) {
    const count = counts[place.getAttribute('data-count') ?? ''];
    place.textContent = count ? ` ${count}` : '';
  }
}
tellCounts();

/** Conversations that are picked for an act on all of them. @type {Set<string>} */
export const picks = new Set();

/** Ticks what was picked before a swap, and forgets what is gone. */
function keepPicks() {
  const boxes = [...queue.querySelectorAll('input[data-pick]')].filter((box) => box instanceof HTMLInputElement);
  const here = new Set(boxes.map((box) => box.dataset.pick ?? ''));
  for (const id of picks) if (!here.has(id)) picks.delete(id);
  for (const box of boxes) box.checked = picks.has(box.dataset.pick ?? '');
  queue.dispatchEvent(new Event('picked'));
}
queue.addEventListener('change', ({ target }) => {
  if (!(target instanceof HTMLInputElement) || !target.dataset.pick) return;
  if (target.checked) picks.add(target.dataset.pick);
  else picks.delete(target.dataset.pick);
  queue.dispatchEvent(new Event('picked'));
});

/** Picks nothing any more. */
export function clearPicks() {
  picks.clear();
  keepPicks();
}

// @ts-check
// Keeps the log in step with the messages: adds what is new and leaves the rest alone.

import { button, make } from './nodes.js';
import { drawMessage } from './view.js';

/** @typedef {import('./chat.js').Chat} Chat */

/** Nodes that stand stay, so that focus, opened texts and screen readers are not disturbed. @param {Chat} chat */
export function renderLog(chat) {
  const { log } = chat.frame;
  const standing = new Map(Array.from(log.children, (node) => [/** @type {HTMLElement} */ (node).dataset.id ?? '', /** @type {HTMLElement} */ (node)]));
  /** @type {HTMLElement | null} */
  let added = null;
  // After a reload or a change of language everything is new, and the last message is the one to read.
  const isRedrawn = standing.size === 0;
  const scene = chat.scene();
  for (const message of chat.inOrder()) {
    if (standing.has(message.id)) continue;
    const node = drawMessage(message, scene);
    node.dataset.id = message.id;
    node.dataset.sequence = String(message.sequence);
    const later = Array.from(log.children).find((other) => {
      const { sequence } = /** @type {HTMLElement} */ (other).dataset;
      return sequence === undefined || Number(sequence) > message.sequence;
    });
    log.insertBefore(node, later ?? null);
    if (isRedrawn || !added) added = node;
  }
  for (const [id, node] of standing) if (id.startsWith('unsent')) node.remove();
  for (const entry of chat.outbox.entries) {
    const node = drawUnsent(chat, entry);
    log.append(node);
    if (!standing.has(node.dataset.id ?? '')) added ??= node;
  }
  if (added) chat.frame.reveal(added);
}

/** @param {Chat} chat @param {import('./keeper.js').Unsent} entry */
function drawUnsent(chat, entry) {
  const say = chat.words.widget;
  const { failure, isWaiting } = chat.outbox.standingOf(entry);
  const node = make('article', 'message visitor unsent');
  node.dataset.id = `unsent-${entry.key}`;
  const bubble = make('div', 'bubble');
  bubble.append(make('p', '', entry.shown));
  const status = make('div', failure ? 'status failed' : 'status', failure ?? (isWaiting ? say.waiting : say.sending));
  if (failure || isWaiting) {
    status.setAttribute('role', 'alert');
    status.append(button('quiet', say.retry, () => chat.outbox.flush()));
  }
  if (failure) status.append(button('quiet', say.discard, () => chat.outbox.discard(entry)));
  node.append(bubble, status);
  return node;
}

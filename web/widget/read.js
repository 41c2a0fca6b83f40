// @ts-check
// How far each side has read: staff are told what the visitor has had before their eyes, and under the visitor's last
// message stands whether a person has read it.

import { make } from './nodes.js';

/** @typedef {import('./chat.js').Chat} Chat */

/** What was told last, and of which conversation. */
let told = { of: '', upTo: 0 };
/** @type {Chat | null} */
let current = null;
document.addEventListener('visibilitychange', () => current && tellRead(current));

/** @param {Chat} chat */
export function tellRead(chat) {
  current = chat;
  show(chat);
  const id = chat.keeper.kept.conversation;
  const isBeforeEyes = chat.isOpen && !document.hidden && chat.frame.panel.isConnected;
  const newest = chat.inOrder().findLast((message) => message.author !== 'visitor')?.sequence ?? 0;
  if (!id || !isBeforeEyes || (told.of === id && newest <= told.upTo)) return;
  told = { of: id, upTo: newest };
  // What cannot be told now is told with the next message.
  chat.api.readUpTo(id, newest).catch(() => (told = { of: '', upTo: 0 }));
}

/** @param {Chat} chat */
function show({ frame, read, words }) {
  const last = [...frame.log.querySelectorAll('.message.visitor:not(.unsent)')].at(-1);
  const isRead = last instanceof HTMLElement && Number(last.dataset.sequence) <= read;
  const standing = frame.log.querySelector('.read');
  if (isRead && standing?.closest('.message') === last) return;
  standing?.remove();
  if (isRead) last.querySelector('.when')?.append(make('span', 'read', ` · ${words.widget.read}`));
}

// @ts-check
// Where a visitor stands while they wait for a person: counted and measured, never promised.

import { make } from './nodes.js';
import { filled } from './words.js';

/** How often it is counted anew. */
const AGAIN_MS = 30_000;

/** When it was asked last, and for which conversation. @type {{ of: string, at: number }} */
let asked = { of: '', at: 0 };
/** @type {number | undefined} */
let again;

/** @param {import('./chat.js').Chat} chat */
export async function tellPlace(chat) {
  const id = chat.keeper.kept.conversation;
  clearTimeout(again);
  if (!id || chat.responder !== 'queued') {
    asked = { of: '', at: 0 };
    return show(chat, []);
  }
  again = setTimeout(() => tellPlace(chat), AGAIN_MS);
  if (document.hidden || (asked.of === id && Date.now() - asked.at < AGAIN_MS / 2)) return;
  asked = { of: id, at: Date.now() };
  const place = await chat.api.place(id).catch(() => null);
  if (!place || chat.responder !== 'queued') return;
  const say = chat.words.widget;
  const { before, half_minutes: half, most_minutes: most } = place;
  const counted = before === null ? [] : [before === 0 ? say.placeFirst : filled(say.placeBefore, { count: before })];
  show(chat, [...counted, ...(half && most ? [filled(say.placeWaits, { half, most })] : [])]);
}

/** @param {import('./chat.js').Chat} chat @param {string[]} sentences */
function show({ frame }, sentences) {
  const text = sentences.join(' ');
  const line = frame.ticket.parentElement?.querySelector('#place');
  if (!text) return line?.remove();
  if (line?.textContent === text) return;
  const told = line ?? make('p', 'place');
  told.id = 'place';
  told.setAttribute('role', 'status');
  told.textContent = text;
  if (!line) frame.ticket.after(told);
}

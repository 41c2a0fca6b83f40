// @ts-check
// The way to a person: what staff need is asked first, then the conversation is handed over, or the ticket completed.

import { ask, details, fieldName, handover } from './sheet.js';

/** @typedef {import('./chat.js').Chat} Chat */
/** @typedef {import('./sheet.js').Names} Names */

/** What the fields are called; by their codes where the names do not come. @param {Chat} chat @returns {Promise<Names>} */
const namesFor = (chat) =>
  fetch(`${chat.world.files}words/${chat.locale}.fields.json`, { credentials: 'omit' })
    .then((response) => (response.ok ? response.json() : {}))
    .catch(() => ({}));

/** Opens a dialog within the panel; what lies behind it rests. @param {Chat} chat @param {import('./sheet.js').Asking} asking */
async function inSheet(chat, asking) {
  const { frame } = chat;
  if (frame.main.inert) return null;
  const before = /** @type {HTMLElement | null} */ (chat.root.activeElement);
  frame.main.inert = true;
  const answers = await ask(frame.panel, chat.words, asking);
  frame.main.inert = false;
  (before?.isConnected && !before.hidden ? before : frame.text).focus();
  return answers;
}

/** @param {Chat} chat */
export async function askForPerson(chat) {
  const { age } = chat;
  const names = await namesFor(chat);
  const known = { hasSpoken: chat.messages.size > 0, isReachable: chat.ticket?.reachable ?? false };
  const answers = await inSheet(chat, handover(chat.words, names, chat.collect(), known));
  if (!answers) return;
  const facts = [...answers].filter(([name]) => name !== 'reason' && name !== 'contact');
  const reason = [answers.get('reason') ?? '', ...named(names, facts)].filter(Boolean).join('\n') || null;
  const contact = answers.get('contact') ?? answers.get('contact_email') ?? null;
  chat.handoverKey ||= chat.outbox.freshKey();
  try {
    const ticket = await chat.inConversation((id) => chat.api.escalate(id, { reason, contact }, chat.handoverKey));
    if (age !== chat.age) return;
    Object.assign(chat, { ticket, responder: 'queued', trouble: null, handoverKey: '' });
    chat.count();
    chat.world.emit('escalated', ticket);
  } catch (error) {
    if (age !== chat.age) return;
    chat.trouble = chat.sentenceOf(error);
  }
  chat.render();
  chat.frame.text.focus();
}

/** @param {Chat} chat @param {string[]} collect */
export async function askForDetails(chat, collect) {
  const names = await namesFor(chat);
  const answers = await inSheet(chat, details(chat.words, names, collect));
  if (!answers || answers.size === 0) return;
  const text = named(names, [...answers]).join('\n');
  chat.say({ text }, text);
}

/** @param {Names} names @param {[string, string][]} facts */
const named = (names, facts) => facts.map(([name, value]) => `${fieldName(names, name)}: ${value}`);

// @ts-check
// The way to a person: what staff need is asked first, then the conversation is handed over, or the ticket completed.

import { fieldName } from './words.js';

/** @typedef {import('./chat.js').Chat} Chat */

/** Opens a dialog within the panel; what lies behind it rests. @param {Chat} chat @param {import('./sheet.js').Asking} asking */
async function inSheet(chat, asking) {
  const { frame } = chat;
  if (frame.main.inert) return null;
  const before = /** @type {HTMLElement | null} */ (chat.root.activeElement);
  frame.main.inert = true;
  const sheet = await import('./sheet.js');
  const answers = await sheet.ask(frame.panel, chat.words, asking);
  frame.main.inert = false;
  (before?.isConnected && !before.hidden ? before : frame.text).focus();
  return answers;
}

/** @param {Chat} chat */
export async function askForPerson(chat) {
  const { age } = chat;
  const answers = await inSheet(chat, (await import('./sheet.js')).handover(chat.words, chat.collect()));
  if (!answers) return;
  const facts = [...answers].filter(([name]) => name !== 'reason' && name !== 'contact');
  const reason = [answers.get('reason') ?? '', ...named(chat, facts)].filter(Boolean).join('\n') || null;
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
  const answers = await inSheet(chat, (await import('./sheet.js')).details(chat.words, collect));
  if (!answers || answers.size === 0) return;
  const text = named(chat, [...answers]).join('\n');
  chat.say({ text }, text);
}

/** @param {Chat} chat @param {[string, string][]} facts */
const named = (chat, facts) => facts.map(([name, value]) => `${fieldName(chat.words, name)}: ${value}`);

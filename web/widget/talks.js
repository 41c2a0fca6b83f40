// @ts-check
// The conversations of a visitor: begin another, go back to an earlier one, take this one away as a text.

import { Refused } from './api.js';
import { CLOSE } from './frame.js';
import { button, iconButton, make, setName } from './nodes.js';
import { filled } from './words.js';

/** @typedef {import('./chat.js').Chat} Chat */
/** @typedef {import('./keeper.js').Talk} Talk */
/** @typedef {import('./api.js').Conversation} Conversation */

/** How many characters of the last message are worth showing. */
const GLANCE_CHARS = 80;

/** Opens the list within the panel. @param {Chat} chat */
export function showTalks(chat) {
  const { frame, words, ticket } = chat;
  const say = words.widget;
  if (frame.main.inert) return;
  frame.main.inert = true;
  const sheet = make('div', 'sheet talks');
  sheet.setAttribute('role', 'dialog');
  sheet.setAttribute('aria-labelledby', 'sheet-title');
  sheet.part.add('sheet');
  const leave = () => {
    sheet.remove();
    frame.main.inert = false;
    (frame.talks.hidden ? frame.text : frame.talks).focus();
  };
  const title = make('h2', '', say.talks);
  title.id = 'sheet-title';
  const close = iconButton('icon', CLOSE, leave);
  close.id = 'sheet-cancel';
  setName(close, say.dismiss);
  const head = make('div', 'head');
  head.append(title, close);
  const tools = make('div', 'tools');
  const isUnderWay = chat.messages.size > 0 || chat.outbox.entries.length > 0;
  const begin = () => {
    leave();
    chat.beginAgain();
  };
  if (isUnderWay) {
    const again = button('primary', say.again, () => {
      if (!ticket || !chat.isWithPeople()) return begin();
      // Nobody loses sight of an open ticket by one click.
      const stay = button('quiet', say.stay, leave);
      stay.id = 'stay';
      tools.replaceChildren(make('p', 'warning', filled(say.againOpen, { number: ticket.number })), stay, button('primary', say.again, begin));
      stay.focus();
    });
    again.id = 'again';
    const save = button('quiet', say.download, async () => {
      const { download, transcriptOf } = await import('./transcript.js');
      download(transcriptOf(chat.inOrder(), words, chat.welcome.name, chat.locale), 'conversation.txt');
    });
    save.id = 'download';
    tools.append(again, save);
  }
  const list = make('ul', 'options');
  list.setAttribute('aria-label', say.talks);
  sheet.append(head, tools, list);
  sheet.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    // The panel stays open.
    event.stopPropagation();
    leave();
  });
  frame.panel.append(sheet);
  close.focus();
  fill(chat, list, leave);
}

/** @param {Chat} chat @param {HTMLElement} list @param {() => void} leave */
async function fill(chat, list, leave) {
  const found = await readAll(chat);
  const newest = (/** @type {Conversation} */ one) => one.messages.at(-1)?.created ?? '';
  found.sort((one, other) => newest(other.whole).localeCompare(newest(one.whole)));
  for (const { talk, whole, unread } of found) {
    const item = make('li');
    const row = button('option', '', () => {
      leave();
      chat.goTo(talk);
    });
    row.append(make('span', 'glance', glanceAt(whole)), make('span', 'status', factsOf(chat, whole)));
    if (unread > 0) row.append(make('span', 'tag', filled(chat.words.widget.unread, { count: unread })));
    item.append(row);
    list.append(item);
  }
}

/** @param {Conversation} whole */
function glanceAt(whole) {
  const last = whole.messages.findLast((message) => message.author !== 'system' && message.text) ?? whole.messages.at(-1);
  const text = (last?.text ?? '').replace(/\s+/g, ' ');
  return text.length > GLANCE_CHARS ? `${text.slice(0, GLANCE_CHARS)}…` : text;
}

/** @param {Chat} chat @param {Conversation} whole */
function factsOf(chat, whole) {
  const say = chat.words.widget;
  const when = whole.messages.at(-1)?.created;
  const isOpen = whole.state === 'queued' || whole.state === 'agent' || (whole.ticket && ['open', 'pending', 'awaiting_identity'].includes(whole.ticket.status));
  return [
    whole.ticket?.number,
    isOpen ? say.talkOpen : whole.state === 'closed' ? say.talkClosed : null,
    when ? new Date(when).toLocaleString(chat.locale, { dateStyle: 'medium', timeStyle: 'short' }) : null,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Reads the earlier conversations; one that is gone is forgotten. @param {Chat} chat @param {(talk: Talk) => boolean} [wanted] */
async function readAll(chat, wanted = () => true) {
  const { keeper, age } = chat;
  const talks = keeper.kept.earlier.filter(wanted);
  const read = await Promise.all(
    talks.map(async (talk) => {
      try {
        const whole = await chat.api.read(talk.conversation, talk.secret);
        const unread = whole.messages.filter((message) => message.author !== 'visitor' && message.sequence > talk.seen).length;
        return { talk, whole, unread };
      } catch (error) {
        const isGone = error instanceof Refused && (error.status === 404 || error.status === 401);
        if (isGone && age === chat.age) keeper.keep({ earlier: keeper.kept.earlier.filter((other) => other !== talk) });
        return null;
      }
    }),
  );
  return read.filter((one) => one !== null);
}

/** Counts what was said meanwhile in earlier conversations that people are to answer. @param {Chat} chat */
export async function lookBack(chat) {
  const found = await readAll(chat, (talk) => talk.live);
  for (const { talk, whole } of found) talk.live = whole.state === 'queued' || whole.state === 'agent';
  chat.keeper.keep({});
  chat.elsewhere = found.reduce((sum, { unread }) => sum + unread, 0);
  chat.count();
  chat.render();
}

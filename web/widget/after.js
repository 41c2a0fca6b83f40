// @ts-check
// Once a conversation is closed: how was it? Asked once, and easily left alone.

import { button, make, setName } from './nodes.js';
import { filled } from './words.js';

/** @param {import('./chat.js').Chat} chat */
export function askHowItWas(chat) {
  const { frame, keeper } = chat;
  const say = chat.words.widget;
  const id = keeper.kept.conversation;
  if (!id || chat.responder !== 'closed' || chat.satisfaction !== null) return;
  // What is half filled in stays, unless the language has changed.
  if (frame.after.querySelector('.after:not(.reach)')?.getAttribute('lang') === chat.locale) return;
  const form = make('div', 'after');
  form.part.add('satisfaction');
  form.lang = chat.locale;
  const title = make('p', 'title', say.howWasIt);
  title.id = 'how';
  const scores = make('div', 'scores');
  scores.setAttribute('role', 'group');
  scores.setAttribute('aria-labelledby', 'how');
  const rest = make('div', 'rest');
  rest.hidden = true;
  const comment = make('textarea');
  comment.rows = 2;
  comment.maxLength = 2000;
  comment.setAttribute('aria-label', say.howComment);
  comment.placeholder = say.howComment;
  const status = make('p', 'status');
  status.setAttribute('role', 'status');
  let chosen = 0;
  for (let score = 1; score <= 5; score += 1) {
    const choice = button('score', String(score), () => {
      chosen = score;
      for (const other of scores.children) other.setAttribute('aria-pressed', String(other === choice));
      rest.hidden = false;
      frame.reveal(rest);
    });
    setName(choice, filled(say.howScore, { score }));
    choice.setAttribute('aria-pressed', 'false');
    scores.append(choice);
  }
  const ends = make('div', 'ends');
  ends.append(make('span', '', say.howWorst), make('span', '', say.howBest));
  const send = button('primary', say.send, async () => {
    send.disabled = true;
    try {
      await chat.api.satisfaction(id, { score: chosen, comment: comment.value.trim() || null });
    } catch (error) {
      send.disabled = false;
      status.textContent = chat.sentenceOf(error);
      return;
    }
    chat.satisfaction = chosen;
    chat.world.emit('feedback', { satisfaction: chosen });
    form.replaceChildren(status);
    status.textContent = say.thanks;
    chat.frame.text.focus();
  });
  rest.append(comment, send);
  form.append(title, scores, ends, rest, status);
  frame.after.replaceChildren(form);
  frame.reveal(form);
}

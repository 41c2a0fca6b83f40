// @ts-check
// Nobody is there: asks for an address, so that the answer finds the visitor when the page is closed.

import { button, make } from './nodes.js';
import { filled } from './words.js';

/** @param {import('./chat.js').Chat} chat */
export async function askWhereToWrite(chat) {
  const { frame, age } = chat;
  const say = chat.words.widget;
  if (chat.responder !== 'queued' || chat.ticket?.reachable !== false) return;
  // What is half filled in stays, unless the language has changed.
  if (frame.after.querySelector('.reach')?.getAttribute('lang') === chat.locale) return;
  const form = make('div', 'after reach');
  form.part.add('contact');
  form.lang = chat.locale;
  const title = make('p', 'title', say.reach);
  const hint = make('p', '', say.reachHint);
  const label = make('label', '', say.reachLabel);
  label.htmlFor = 'reach';
  const input = make('input');
  input.id = 'reach';
  input.type = 'email';
  input.autocomplete = 'email';
  input.maxLength = 200;
  const status = make('p', 'status');
  status.setAttribute('role', 'status');
  const save = button('primary', say.save, async () => {
    const contact = input.value.trim();
    if (!contact) return input.focus();
    save.disabled = true;
    status.classList.remove('failed');
    try {
      const ticket = await chat.inConversation((id) => chat.api.escalate(id, { reason: null, contact }, chat.outbox.freshKey()));
      if (age !== chat.age) return;
      chat.ticket = ticket;
      form.classList.add('told');
      form.replaceChildren(status);
      status.textContent = filled(say.reachThanks, { contact });
      frame.text.focus();
    } catch (error) {
      save.disabled = false;
      status.classList.add('failed');
      status.textContent = chat.sentenceOf(error);
      input.focus();
      status.scrollIntoView({ block: 'nearest' });
    }
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.isComposing) save.click();
  });
  const row = make('div', 'row');
  row.append(input, save);
  form.append(title, hint, label, row, status);
  frame.after.replaceChildren(form);
  frame.reveal(form);
  const id = chat.keeper.kept.conversation;
  const place = id ? await chat.api.place(id).catch(() => null) : null;
  if (!place || place.open || !place.opens) return;
  const { weekdayAndClock } = await import('./hours.js');
  hint.append(` ${filled(say.reachOpens, { time: weekdayAndClock(place.opens, chat.locale) })}`);
}

// @ts-check
// One line beside the launcher, for a visitor who may need help: once, and gone when it is not wanted.

import { button, iconButton, make, setName } from './nodes.js';
import { CLOSE } from './frame.js';

/** @param {import('./chat.js').Chat} chat */
export function showNudge(chat) {
  if (chat.root.querySelector('.nudge')) return;
  const { nudge } = chat.host.options;
  const text = typeof nudge === 'object' ? nudge[chat.locale] : nudge;
  const say = chat.words.widget;
  chat.keeper.keep({ nudged: true });
  const line = make('aside', 'nudge');
  line.part.add('nudge');
  line.lang = chat.locale;
  line.setAttribute('aria-label', say.title);
  const dismiss = iconButton('icon', CLOSE, () => {
    line.remove();
    chat.launcher?.focus();
  });
  setName(dismiss, say.dismiss);
  line.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') dismiss.click();
  });
  line.append(button('line', text || say.greeting, () => chat.open()), dismiss);
  // Before the launcher, so that the keyboard comes to it on its way there.
  chat.root.insertBefore(line, chat.launcher);
}

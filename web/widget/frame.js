// @ts-check
// The standing parts of the panel: header, log, composer. It knows where things are and not what they say.

import { icon, iconButton, make, setName } from './nodes.js';
import { filled, LOCALES } from './words.js';

export const CLOSE = 'M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12 19 17.6 17.6 19 12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z';
const CLIP = 'M16.5 6v10.5a4.5 4.5 0 0 1-9 0V5.5a3 3 0 0 1 6 0V15a1.5 1.5 0 0 1-3 0V6H9v9a3 3 0 0 0 6 0V5.5a4.5 4.5 0 0 0-9 0v11a6 6 0 0 0 12 0V6z';
const SNAP = 'M9 4 7.5 6H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-3.5L15 4zm3 5a4 4 0 1 1 0 8 4 4 0 0 1 0-8z';
const SEND = 'M4 12 20 4l-5 16-4-6z';
const TALKS = 'M4 6h16v2H4zM4 11h16v2H4zM4 16h10v2H4z';

/** @typedef {import('./words.js').Words} Words */

export class Frame {
  /** @param {'bubble' | 'inline' | 'page'} mode */
  constructor(mode) {
    this.panel = make('section', `panel mode-${mode}`);
    this.panel.part.add('panel');
    this.panel.id = 'panel';
    if (mode === 'bubble') this.panel.setAttribute('role', 'dialog');
    else this.panel.setAttribute('role', 'region');

    this.header = make('header');
    this.header.part.add('header');
    this.logo = make('img', 'logo');
    this.logo.alt = '';
    this.logo.hidden = true;
    this.title = make('h2');
    this.title.id = 'title';
    this.panel.setAttribute('aria-labelledby', 'title');
    this.language = make('select');
    this.language.id = 'language';
    for (const [tag, name] of Object.entries(LOCALES)) {
      const option = make('option', '', name);
      option.value = tag;
      option.lang = tag;
      this.language.append(option);
    }
    this.talks = iconButton('icon', TALKS, () => {});
    this.talks.id = 'talks';
    this.badge = make('span', 'badge');
    this.badge.setAttribute('aria-hidden', 'true');
    this.talks.append(this.badge);
    this.close = iconButton('icon', CLOSE, () => {});
    this.close.id = 'close';
    this.close.hidden = mode !== 'bubble';
    this.presence = make('p', 'presence');
    this.presence.setAttribute('role', 'status');
    this.presence.part.add('presence');
    const names = make('div', 'names');
    names.append(this.title, this.presence);
    this.header.append(this.logo, names, this.language, this.talks, this.close);

    this.scroller = make('div', 'scroller');
    this.scroller.id = 'scroller';
    // A log that scrolls must be reachable by keyboard.
    this.scroller.tabIndex = 0;
    // A picture that has come is followed by whoever was at the end.
    let isAtEnd = true;
    this.scroller.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = this.scroller;
      isAtEnd = scrollHeight - scrollTop - clientHeight < 40;
    });
    const stay = () => isAtEnd && (this.scroller.scrollTop = this.scroller.scrollHeight);
    this.scroller.addEventListener('load', stay, true);
    // So is the end by whoever loses room, to a line below or to a keyboard on the screen.
    new ResizeObserver(stay).observe(this.scroller);
    this.welcome = make('section', 'welcome');
    this.welcome.id = 'welcome';
    this.greeting = make('p', 'greeting');
    this.greetingHint = make('p', 'hint');
    this.starters = make('div', 'starters');
    this.starters.id = 'examples';
    this.welcome.append(this.greeting, this.greetingHint, this.starters);
    this.log = make('div', 'log');
    this.log.id = 'log';
    this.log.setAttribute('role', 'log');
    this.log.part.add('log');
    this.typing = make('p', 'typing');
    this.typing.id = 'typing';
    this.typing.setAttribute('role', 'status');
    this.doing = make('span', 'unseen');
    this.typing.append(this.doing, make('i'), make('i'), make('i'));
    this.after = make('div');
    this.scroller.append(this.welcome, this.log, this.typing, this.after);

    this.ticket = make('p', 'ticket');
    this.ticket.id = 'ticket';
    this.ticket.setAttribute('role', 'status');
    this.trouble = make('p', 'trouble');
    this.trouble.id = 'trouble';
    this.trouble.setAttribute('role', 'alert');

    // No form: a sandboxed frame may forbid those, and nothing here is submitted.
    this.composer = make('div', 'composer');
    this.composer.id = 'composer';
    this.composer.part.add('composer');
    this.text = make('textarea');
    this.text.id = 'text';
    this.text.rows = 1;
    this.text.maxLength = 2000;
    this.text.enterKeyHint = 'send';
    this.send = make('button', 'send');
    this.send.id = 'send';
    this.send.type = 'button';
    this.send.append(icon(SEND));
    this.picker = make('input');
    this.camera = make('input');
    for (const input of [this.picker, this.camera]) {
      input.type = 'file';
      input.hidden = true;
    }
    this.picker.id = 'picker';
    this.picker.multiple = true;
    this.picker.accept = 'image/png,image/jpeg,image/webp,image/gif,application/pdf,text/plain';
    this.camera.accept = 'image/*';
    this.camera.setAttribute('capture', 'environment');
    this.attach = iconButton('icon', CLIP, () => {});
    this.attach.id = 'attach';
    this.snap = iconButton('icon', SNAP, () => {});
    this.snap.id = 'snap';
    this.snap.hidden = !matchMedia('(pointer: coarse)').matches;
    this.files = make('ul', 'files waiting');
    this.files.id = 'files';
    this.files.hidden = true;
    this.composer.append(this.text, this.attach, this.snap, this.send, this.picker, this.camera);
    this.person = make('button', 'quiet person');
    this.person.id = 'person';
    this.person.type = 'button';
    this.under = make('div', 'under');
    this.under.append(this.person);

    this.main = make('div', 'main');
    this.notices = make('div', 'notices');
    this.notices.setAttribute('role', 'status');
    this.notices.part.add('notices');
    this.main.append(this.header, this.notices, this.scroller, this.ticket, this.trouble, this.files, this.composer, this.under);
    this.panel.append(this.main);
  }

  /** @param {Words} words @param {string} locale @param {string} name of the company */
  speak(words, locale, name) {
    const say = words.widget;
    this.panel.lang = locale;
    this.title.textContent = name ? `${name} ${say.title}` : say.title;
    this.language.value = locale;
    setName(this.language, say.language);
    setName(this.close, say.close);
    this.scroller.setAttribute('role', 'group');
    this.scroller.setAttribute('aria-label', say.conversation);
    this.log.setAttribute('aria-label', say.conversation);
    this.greeting.textContent = say.greeting;
    this.greetingHint.textContent = say.greetingHint;
    setName(this.send, say.send);
    setName(this.attach, say.attach);
    setName(this.snap, say.camera);
    this.files.setAttribute('aria-label', say.files);
    this.person.textContent = say.person;
  }

  /** @param {string} text */
  tellTyping(text) {
    tell(this.doing, text);
  }

  /** A notice that stands is left alone, so that it is not read out again. @param {{ incident: string, text: string, locale: string }[]} notices */
  tellNotices(notices) {
    const standing = JSON.stringify(notices);
    if (this.notices.dataset.standing === standing) return;
    this.notices.dataset.standing = standing;
    this.notices.replaceChildren(
      ...notices.map(({ text, locale }) => {
        const line = make('p', '', text);
        line.lang = locale;
        return line;
      }),
    );
  }

  /** @param {string | null} text @param {boolean} isHere */
  tellPresence(text, isHere) {
    tell(this.presence, text);
    this.presence.classList.toggle('here', isHere);
  }

  /** @param {string | null} text */
  tellTrouble(text) {
    tell(this.trouble, text);
  }

  /** The number leads to the page on which the ticket can be followed. @param {string | null} text @param {string} [number] @param {string} [link] */
  tellTicket(text, number, link) {
    tell(this.ticket, text);
    if (!text || !number || !link || this.ticket.firstElementChild) return;
    const [before, after] = text.split(number);
    const anchor = make('a', '', number);
    Object.assign(anchor, { href: link, target: '_blank', rel: 'noopener' });
    this.ticket.replaceChildren(before, anchor, after);
  }

  /** How many conversations there are to go back to, and what is new in them. @param {Words['widget']} say @param {number} unread */
  tellTalks(say, unread) {
    setName(this.talks, unread > 0 ? `${say.talks} (${filled(say.unread, { count: unread })})` : say.talks);
    this.badge.textContent = unread > 0 ? String(unread) : '';
  }

  /** @param {string} hint */
  tellField(hint) {
    this.text.placeholder = hint;
    this.text.setAttribute('aria-label', hint);
  }

  /** Shows the newest as far as fits, but never scrolls past its beginning. @param {HTMLElement} node */
  reveal(node) {
    requestAnimationFrame(() => {
      const { scroller } = this;
      const bottom = scroller.scrollHeight - scroller.clientHeight;
      const beginning = node.offsetTop - scroller.offsetTop - 12;
      scroller.scrollTop = Math.max(scroller.scrollTop, Math.min(bottom, beginning));
    });
  }

  /** Grows the field with its text where the browser does not by itself. */
  fitText() {
    if (CSS.supports('field-sizing', 'content')) return;
    this.text.rows = Math.min(5, this.text.value.split('\n').length);
  }
}

/** A live region speaks only when its text changes. @param {HTMLElement} node @param {string | null} text */
function tell(node, text) {
  node.hidden = text === null;
  if (node.textContent !== (text ?? '')) node.textContent = text ?? '';
}

/** The launcher's name and badge. @param {HTMLElement | null} launcher @param {Words} words @param {boolean} isOpen @param {number} unread */
export function drawLauncher(launcher, words, isOpen, unread) {
  if (!launcher) return;
  const say = words.widget;
  const count = unread > 0 ? ` (${filled(say.unread, { count: unread })})` : '';
  launcher.setAttribute('aria-label', isOpen ? say.close : say.open + count);
  launcher.setAttribute('aria-expanded', String(isOpen));
  let badge = launcher.querySelector('.badge');
  if (!badge) {
    badge = make('span', 'badge');
    badge.setAttribute('aria-hidden', 'true');
    launcher.append(badge);
  }
  badge.textContent = unread > 0 ? String(Math.min(unread, 99)) : '';
}

// Macros in the reply: a slash and a few letters, then an arrow or Enter.

import { act, filled, words } from './api.js';
import { field, insertText } from './conversation.js';
import { places, shown } from './shown.js';
import { showTwin } from './twins.js';

/** @typedef {{ id: string, title: string, texts: Record<string, string>, acts: object[] }} Macro */

/** @type {Promise<Macro[]> | null} */
let known = null;

/** Read once, and again after a minute. @returns {Promise<Macro[]>} */
function macros() {
  if (!known) {
    known = act('GET', '/v1/staff/macros').then(({ macros: found }) => found, () => []);
    setTimeout(() => (known = null), 60_000);
  }
  return known;
}

const box = () => places.conversation.querySelector('#macros');

/** The slash and what follows it, up to where the agent writes. @returns {{ from: number, wanted: string } | null} */
function asked() {
  const reply = field();
  if (!reply || reply.selectionStart !== reply.selectionEnd) return null;
  const before = reply.value.slice(0, reply.selectionStart);
  const [, space = '', wanted] = /(^|\s)\/([^\s/]*)$/.exec(before) ?? [];
  return wanted === undefined ? null : { from: before.length - wanted.length - 1, wanted: wanted.toLowerCase() };
}

/** The language the visitor is addressed in. */
const language = () => places.conversation.querySelector('[data-part=head]')?.getAttribute('data-language') || 'en';

/** The text in the visitor's language, else in the reader's, else in any; with the language when it is another. @param {Macro} macro @returns {[string, string | null]} */
function textOf(macro) {
  const own = macro.texts[language()];
  if (own) return [own, null];
  const reader = document.documentElement.lang.slice(0, 2);
  const [other, text] = Object.entries(macro.texts).find(([code]) => code === reader) ?? Object.entries(macro.texts)[0] ?? ['', ''];
  return [text, other];
}

/** @param {string} code */
const nameOf = (code) => new Intl.DisplayNames(document.documentElement.lang, { type: 'language' }).of(code) ?? code;

async function offer() {
  const place = box();
  const wish = asked();
  if (!(place instanceof HTMLElement)) return;
  if (!wish) return close();
  const found = (await macros()).filter((macro) => `${macro.id} ${macro.title}`.toLowerCase().includes(wish.wanted)).slice(0, 8);
  if (!asked()) return close();
  // Those in the visitor's language first.
  found.sort((one, other) => Number(textOf(one)[1] !== null) - Number(textOf(other)[1] !== null));
  if (found.length === 0) {
    if (wish.wanted) return close();
    const none = document.createElement('div');
    none.setAttribute('role', 'option');
    none.setAttribute('aria-disabled', 'true');
    none.textContent = words.noMacros ?? '';
    place.replaceChildren(none);
    place.hidden = false;
    return;
  }
  place.replaceChildren(
    ...found.map((macro, index) => {
      const [written, other] = textOf(macro);
      const option = document.createElement('div');
      option.id = `macro-${index}`;
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', String(index === 0));
      option.dataset.text = written;
      option.dataset.acts = JSON.stringify(macro.acts ?? []);
      const reader = document.documentElement.lang.slice(0, 2);
      const gets = other ?? language();
      option.dataset.gets = gets;
      option.dataset.twin = gets === reader ? '' : (macro.texts[reader] ?? '');
      const name = document.createElement('strong');
      name.textContent = macro.title;
      const text = document.createElement('span');
      text.textContent = written;
      option.append(name, ' ', text);
      if (other) {
        const note = document.createElement('em');
        note.textContent = filled('macroOther', { language: nameOf(other) });
        option.append(' ', note);
      }
      return option;
    }),
  );
  place.hidden = false;
  const reply = field();
  reply?.setAttribute('aria-controls', 'macros');
  reply?.setAttribute('aria-activedescendant', 'macro-0');
}

function close() {
  const place = box();
  if (place instanceof HTMLElement) place.hidden = true;
  field()?.removeAttribute('aria-activedescendant');
}

/** @returns {HTMLElement[]} */
function options() {
  const place = box();
  if (!(place instanceof HTMLElement) || place.hidden) return [];
  return [...place.querySelectorAll('[role=option]:not([aria-disabled])')].filter((option) => option instanceof HTMLElement);
}

/** @param {HTMLElement | undefined} option */
function choose(option) {
  const wish = asked();
  if (option && wish) {
    const { text = '', twin, gets = '' } = option.dataset;
    insertText(text, wish.from);
    shown.acts = JSON.parse(option.dataset.acts ?? '[]');
    showTwin(field()?.value ?? text, twin || undefined, 'twin', gets);
  }
  close();
}

places.conversation.addEventListener('input', (event) => {
  if (event.target === field()) offer();
});
places.conversation.addEventListener('mousedown', (event) => {
  const option = event.target instanceof Element ? event.target.closest('[role=option]:not([aria-disabled])') : null;
  if (!(option instanceof HTMLElement)) return;
  // The reply keeps the focus.
  event.preventDefault();
  choose(option);
});
places.conversation.addEventListener('focusout', (event) => {
  if (event.target === field()) close();
});
// Before the keys of the desk, which would send or leave the field.
places.conversation.addEventListener(
  'keydown',
  (event) => {
    const all = options();
    if (all.length === 0 || event.isComposing) return;
    const at = all.findIndex((option) => option.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = (at + (event.key === 'ArrowDown' ? 1 : all.length - 1)) % all.length;
      all.forEach((option, index) => option.setAttribute('aria-selected', String(index === next)));
      field()?.setAttribute('aria-activedescendant', `macro-${next}`);
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) choose(all[at]);
    else if (event.key === 'Tab') choose(all[at]);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// The command bar: everything that can be done here and now, found by a few letters.

import { filled, words } from './api.js';
import { at } from './base.js';

/** @typedef {{ word: string, group: string, run: () => void }} Command */

/** A button or link that stands on the page, as a command. @param {Element} element @param {string} group @param {string} [word] @returns {Command[]} */
function ofElement(element, group, word) {
  if (!(element instanceof HTMLElement) || element.closest('[hidden]')) return [];
  return [{ word: word ?? element.textContent?.trim() ?? '', group, run: () => element.click() }];
}

/** @param {string} selector */
const all = (selector) => [...document.querySelectorAll(selector)];

/** What can be done now: pages, the open conversation, the queue, oneself. @returns {Command[]} */
function commands() {
  const availability = document.querySelector('#availability select');
  const choices = availability instanceof HTMLSelectElement ? [...availability.options] : [];
  return [
    ...all('#conversation [data-act]').flatMap((button) => ofElement(button, words.conversation ?? '')),
    ...all('#conversation :is([data-snooze], [data-wake])').flatMap((button) => ofElement(button, words.snooze ?? '')),
    ...all('#next').flatMap((button) => ofElement(button, words.queue ?? '')),
    ...all('.filters input').flatMap((input) => ofElement(input, words.queue ?? '', input.parentElement?.querySelector('span')?.firstChild?.textContent ?? '')),
    ...all('#views [data-query]').flatMap((button) => ofElement(button, words.savedViews ?? '')),
    ...all('.places a').flatMap((link) => ofElement(link, words.places ?? '')),
    ...choices.map((option) => ({
      word: option.text,
      group: words.availability ?? '',
      run() {
        if (availability instanceof HTMLSelectElement) availability.value = option.value;
        const form = availability?.closest('form');
        form?.dispatchEvent(new Event('change', { bubbles: true }));
        form?.requestSubmit();
      },
    })),
    ...all('#phrase, #help, #sign-out').flatMap((button) => ofElement(button, words.menu ?? '', button.firstChild?.textContent?.trim())),
  ];
}

/** Without width, case and marks, so that what is typed is found as it sounds. @param {string} text */
const folded = (text) => text.normalize('NFKD').replace(/\p{Mn}/gu, '').toLowerCase();

const MAX_SHOWN = 12;

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('commands'));
const field = /** @type {HTMLInputElement} */ (dialog.querySelector('input'));
const list = /** @type {HTMLElement} */ (dialog.querySelector('[role=listbox]'));

/** @type {Command[]} */
let shown = [];
let chosen = 0;

function mark() {
  [...list.children].forEach((option, place) => option.setAttribute('aria-selected', String(place === chosen)));
  field.setAttribute('aria-activedescendant', shown.length > 0 ? `command-${chosen}` : '');
  list.children[chosen]?.scrollIntoView({ block: 'nearest' });
}

function show() {
  const wanted = folded(field.value.trim());
  const found = commands().filter(({ word, group }) => wanted.split(/\s+/).every((part) => folded(`${word} ${group}`).includes(part)));
  const typed = field.value.trim();
  // Whatever is typed can be looked for.
  const search = { word: filled('searchFor', { text: typed }), group: words.tickets ?? '', run: () => location.assign(at(`/console/tickets?q=${encodeURIComponent(typed)}`)) };
  shown = [...found.slice(0, MAX_SHOWN), ...(typed ? [search] : [])];
  chosen = 0;
  list.replaceChildren(
    ...shown.map(({ word, group }, place) => {
      const option = document.createElement('div');
      option.id = `command-${place}`;
      option.setAttribute('role', 'option');
      option.dataset.place = String(place);
      const name = document.createElement('span');
      name.textContent = word;
      const where = document.createElement('span');
      where.className = 'soft';
      where.textContent = group;
      option.append(name, where);
      return option;
    }),
  );
  mark();
}

/** @param {number} place */
function run(place) {
  const command = shown[place];
  dialog.close();
  command?.run();
}

field.addEventListener('input', show);
field.addEventListener('keydown', (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by !== 0 && shown.length > 0) {
    chosen = (chosen + by + shown.length) % shown.length;
    mark();
  } else if (event.key === 'Enter') run(chosen);
  else return;
  event.preventDefault();
});
list.addEventListener('click', (event) => {
  const option = event.target instanceof Element ? event.target.closest('[role=option]') : null;
  if (option instanceof HTMLElement) run(Number(option.dataset.place));
});
dialog.addEventListener('click', (event) => {
  // Beside the box.
  if (event.target === dialog) dialog.close();
});

export function openCommands() {
  if (dialog.open) return dialog.close();
  field.value = '';
  show();
  dialog.showModal();
}

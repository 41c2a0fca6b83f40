// @ts-check
// Asks for what staff need, one field at a time, in a dialog within the panel.

import { button, make } from './nodes.js';
import { fieldName, filled } from './words.js';

/** @typedef {import('./words.js').Words} Words */

/**
 * @typedef {object} Step
 * @property {string} name of the field
 * @property {string} label
 * @property {'text' | 'email' | 'long'} kind
 *
 * @typedef {object} Asking
 * @property {string} title
 * @property {string} hint
 * @property {string} send name of the last button
 * @property {Step[]} steps
 */

/** The steps of a hand-over: what it is about, what staff need, how to reach the visitor. @param {Words} words @param {string[]} collect @returns {Asking} */
export function handover(words, collect) {
  const say = words.widget;
  const fields = steps(words, collect);
  /** @type {Step[]} */
  const contact = collect.includes('contact_email') ? [] : [{ name: 'contact', label: say.contact, kind: 'email' }];
  return {
    title: say.person,
    hint: say.handoffHint,
    send: say.handoffSend,
    steps: [{ name: 'reason', label: say.reason, kind: 'long' }, ...fields, ...contact],
  };
}

/** The steps that add to a ticket. @param {Words} words @param {string[]} collect @returns {Asking} */
export function details(words, collect) {
  const say = words.widget;
  return { title: say.details, hint: say.detailsHint, send: say.send, steps: steps(words, collect) };
}

/** @param {Words} words @param {string[]} collect @returns {Step[]} */
function steps(words, collect) {
  return collect
    .filter((field) => field !== 'reason')
    .map((field) => ({ name: field, label: fieldName(words, field), kind: field.endsWith('email') ? 'email' : 'text' }));
}

/**
 * Asks, and gives the answers by field; nothing when the visitor leaves.
 * @param {HTMLElement} place
 * @param {Words} words
 * @param {Asking} asking
 * @returns {Promise<Map<string, string> | null>}
 */
export function ask(place, words, asking) {
  const say = words.widget;
  /** @type {Map<string, string>} */
  const answers = new Map();
  let at = 0;
  return new Promise((done) => {
    const form = make('div', 'sheet');
    form.setAttribute('role', 'dialog');
    form.setAttribute('aria-labelledby', 'sheet-title');
    form.part.add('sheet');
    const title = make('h2', '', asking.title);
    title.id = 'sheet-title';
    const progress = make('p', 'hint');
    progress.setAttribute('aria-live', 'polite');
    const label = make('label');
    label.htmlFor = 'field';
    const slot = make('div', 'slot');
    const warning = make('p', 'warning', say.handoffWarning);
    const back = button('quiet', say.back, () => {
      note(field().value.trim());
      show(at - 1);
    });
    const skip = button('quiet', say.skip, () => go(''));
    const next = button('primary', '', () => go(field().value.trim()));
    const cancel = button('quiet', say.cancel, () => leave(null));
    cancel.id = 'sheet-cancel';
    const row = make('div', 'row');
    row.append(cancel, back, skip, next);
    form.append(title, make('p', '', asking.hint), progress, label, slot, warning, row);

    const field = () => /** @type {HTMLInputElement | HTMLTextAreaElement} */ (slot.firstElementChild);
    /** @param {number} to */
    const show = (to) => {
      at = to;
      const step = asking.steps[at];
      const isLast = at === asking.steps.length - 1;
      progress.textContent = filled(say.step, { step: at + 1, steps: asking.steps.length });
      label.textContent = step.label;
      const input = step.kind === 'long' ? make('textarea') : make('input');
      input.id = 'field';
      input.maxLength = step.kind === 'long' ? 1000 : 200;
      if (input instanceof HTMLInputElement) {
        input.type = step.kind === 'email' ? 'email' : 'text';
        if (step.kind === 'email') input.autocomplete = 'email';
      } else {
        input.rows = 4;
      }
      input.value = answers.get(step.name) ?? '';
      slot.replaceChildren(input);
      back.hidden = at === 0;
      skip.hidden = isLast;
      next.textContent = isLast ? asking.send : say.continue;
      input.focus();
    };
    /** @param {string} value */
    const note = (value) => {
      const { name } = asking.steps[at];
      if (value) answers.set(name, value);
      else answers.delete(name);
    };
    /** @param {string} value */
    const go = (value) => {
      note(value);
      if (at === asking.steps.length - 1) leave(answers);
      else show(at + 1);
    };
    /** @param {Map<string, string> | null} result */
    const leave = (result) => {
      form.remove();
      done(result);
    };
    form.addEventListener('keydown', (event) => {
      // Enter that ends a composition must not send half a word.
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
        event.preventDefault();
        go(field().value.trim());
      }
      if (event.key !== 'Escape') return;
      // The panel stays open.
      event.stopPropagation();
      leave(null);
    });
    place.append(form);
    show(0);
  });
}

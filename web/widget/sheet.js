// @ts-check
// Asks for what staff need, on one page, in a dialog within the panel.

import { button, make } from './nodes.js';

/** @typedef {import('./words.js').Words} Words */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {'text' | 'email' | 'long'} kind
 *
 * @typedef {object} Asking
 * @property {string} title
 * @property {string} hint
 * @property {string} send name of the last button
 * @property {Field[]} fields
 */

/** @typedef {Record<string, string>} Names of fields, by their codes */

/** What a hand-over asks: what it is about where nothing was said yet, what staff need, how to reach the visitor where that is not known. @param {Words} words @param {Names} names @param {string[]} collect @param {{ hasSpoken: boolean, isReachable: boolean }} known @returns {Asking} */
export function handover(words, names, collect, { hasSpoken, isReachable }) {
  const say = words.widget;
  /** @type {Field[]} */
  const contact = isReachable || collect.includes('contact_email') ? [] : [{ name: 'contact', label: say.contact, kind: 'email' }];
  return {
    title: say.person,
    hint: say.handoffHint,
    send: say.handoffSend,
    fields: [{ name: 'reason', label: hasSpoken ? say.reasonMore : say.reason, kind: 'long' }, ...needed(names, collect), ...contact],
  };
}

/** What adds to a ticket. @param {Words} words @param {Names} names @param {string[]} collect @returns {Asking} */
export function details(words, names, collect) {
  const say = words.widget;
  return { title: say.details, hint: say.detailsHint, send: say.send, fields: needed(names, collect) };
}

/** @param {Names} names @param {string[]} collect @returns {Field[]} */
function needed(names, collect) {
  return collect
    .filter((field) => field !== 'reason')
    .map((field) => ({ name: field, label: fieldName(names, field), kind: field.endsWith('email') ? 'email' : 'text' }));
}

/** Names a field that staff need; one without a name of its own is told by its code. @param {Names} names @param {string} field */
export const fieldName = (names, field) => names[field] ?? field.replaceAll('_', ' ');

/**
 * Asks, and gives the answers by field; nothing when the visitor leaves.
 * @param {HTMLElement} place
 * @param {Words} words
 * @param {Asking} asking
 * @returns {Promise<Map<string, string> | null>}
 */
export function ask(place, words, asking) {
  const say = words.widget;
  return new Promise((done) => {
    const form = make('div', 'sheet');
    form.setAttribute('role', 'dialog');
    form.setAttribute('aria-labelledby', 'sheet-title');
    form.part.add('sheet');
    const title = make('h2', '', asking.title);
    title.id = 'sheet-title';
    form.append(title, make('p', '', asking.hint), make('p', 'hint', say.optional));
    const inputs = asking.fields.map(({ name, label, kind }) => {
      const input = kind === 'long' ? make('textarea') : make('input');
      input.id = `field-${name}`;
      input.maxLength = kind === 'long' ? 1000 : 200;
      if (input instanceof HTMLInputElement) {
        input.type = kind === 'email' ? 'email' : 'text';
        if (kind === 'email') input.autocomplete = 'email';
      } else {
        input.rows = 3;
      }
      const named = make('label', '', label);
      named.htmlFor = input.id;
      const slot = make('div', 'slot');
      slot.append(input);
      form.append(named, slot);
      return input;
    });
    const fault = make('p', 'status failed');
    fault.setAttribute('role', 'alert');
    const cancel = button('quiet', say.cancel, () => leave(null));
    cancel.id = 'sheet-cancel';
    const send = () => {
      // What cannot be an address reaches nobody.
      const wrong = inputs.find((input) => input.type === 'email' && (!input.validity.valid || (input.value.trim() && !/@[^\s@]+\.[^\s@.]+$/.test(input.value.trim()))));
      if (wrong) {
        fault.textContent = say.contactWrong;
        wrong.setAttribute('aria-invalid', 'true');
        wrong.focus();
        return fault.scrollIntoView({ block: 'nearest' });
      }
      const told = inputs.map((input, place) => /** @type {[string, string]} */ ([asking.fields[place].name, input.value.trim()]));
      leave(new Map(told.filter(([, value]) => value)));
    };
    const row = make('div', 'row');
    row.append(cancel, button('primary', asking.send, send));
    form.append(make('p', 'warning', say.handoffWarning), fault, row);
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
        const next = inputs[inputs.indexOf(event.target) + 1];
        if (next) next.focus();
        else send();
      }
      if (event.key !== 'Escape') return;
      // The panel stays open.
      event.stopPropagation();
      leave(null);
    });
    place.append(form);
    inputs[0]?.focus();
  });
}

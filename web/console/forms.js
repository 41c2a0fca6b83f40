// Forms and buttons of a page: what they do stands in the page's own module; what is refused is said in the reader's words.

import { notice, Refused, words } from './api.js';
import { isWanted } from './dialogs.js';

/** Why something was refused. @param {unknown} error */
function said(error) {
  if (!(error instanceof Refused)) return words.offline ?? '';
  return error.status === 404 ? (words.nothingFound ?? '') : error.message;
}

/** Does something once, however often it is pressed. @param {HTMLButtonElement | null} button @param {() => Promise<void>} work @param {HTMLFormElement} [form] */
async function doing(button, work, form) {
  if (button?.getAttribute('aria-busy') === 'true') return;
  button?.setAttribute('aria-busy', 'true');
  try {
    notice('');
    await work();
  } catch (error) {
    notice(said(error));
    const field = error instanceof Refused ? form?.elements.namedItem(error.field ?? '') : null;
    if (field instanceof HTMLInputElement) field.focus();
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

/**
 * What is done when a form is sent, by its `data-form`.
 * @param {Record<string, (values: FormData, form: HTMLFormElement) => Promise<void>>} acts
 */
export function onForms(acts) {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    const act = form instanceof HTMLFormElement ? acts[form.dataset.form ?? ''] : undefined;
    if (!(form instanceof HTMLFormElement) || !act) return;
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (form.querySelector('button[type=submit]'));
    doing(button, () => act(new FormData(form), form), form);
  });
}

/**
 * What is done when a button is pressed, by its `data-act`; where it has a question, after that.
 * @param {Record<string, (button: HTMLButtonElement) => Promise<void>>} acts
 */
export function onButtons(acts) {
  document.addEventListener('click', (event) => {
    const button = event.target;
    const act = button instanceof HTMLButtonElement ? acts[button.dataset.act ?? ''] : undefined;
    if (!(button instanceof HTMLButtonElement) || !act) return;
    doing(button, async () => {
      const { ask } = button.dataset;
      if (!ask || (await isWanted(ask, button.textContent ?? ''))) await act(button);
    });
  });
}

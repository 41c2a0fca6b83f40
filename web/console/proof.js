// Asks the person at the desk to show again who they are, before something that is hard to undo.

/** @typedef {{ password: string, code: string | null }} Proof */

/** @param {Record<string, string>} words @param {string} name @param {string} type @param {AutoFill} autocomplete */
function field(words, name, type, autocomplete) {
  const label = document.createElement('label');
  const input = Object.assign(document.createElement('input'), { name, type, autocomplete });
  label.append(words[name] ?? '', input);
  return label;
}

/**
 * Shows a dialog; nothing when it is closed without an answer.
 * @param {Record<string, string>} words
 * @param {string} message why it is asked
 * @param {boolean} withCode whether the code of the second factor is needed as well
 * @returns {Promise<Proof | null>}
 */
export function askForProof(words, message, withCode) {
  const dialog = document.createElement('dialog');
  const form = Object.assign(document.createElement('form'), { method: 'dialog', className: 'stack' });
  const why = Object.assign(document.createElement('p'), { textContent: message });
  const password = field(words, 'password', 'password', 'current-password');
  const code = field(words, 'code', 'text', 'one-time-code');
  code.hidden = !withCode;
  const buttons = Object.assign(document.createElement('div'), { className: 'buttons' });
  const go = Object.assign(document.createElement('button'), { value: 'go', className: 'first', textContent: words.send ?? '' });
  const stop = Object.assign(document.createElement('button'), { value: '', formNoValidate: true, textContent: words.cancel ?? '' });
  buttons.append(go, stop);
  form.append(why, password, code, buttons);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const said = new FormData(form);
      dialog.remove();
      const typed = String(said.get('code') ?? '').trim();
      resolve(dialog.returnValue === 'go' ? { password: String(said.get('password') ?? ''), code: typed || null } : null);
    });
  });
}

/**
 * Asks whether the person will show at the provider who they are.
 * @param {Record<string, string>} words
 * @param {string} message why it is asked
 * @param {string} go what the button says
 * @returns {Promise<boolean>}
 */
export function askForProvider(words, message, go) {
  const dialog = document.createElement('dialog');
  const form = Object.assign(document.createElement('form'), { method: 'dialog', className: 'stack' });
  const why = Object.assign(document.createElement('p'), { textContent: message });
  const then = Object.assign(document.createElement('p'), { className: 'hint', textContent: words.proveAtProvider ?? '' });
  const buttons = Object.assign(document.createElement('div'), { className: 'buttons' });
  const yes = Object.assign(document.createElement('button'), { value: 'go', className: 'first', textContent: go });
  const no = Object.assign(document.createElement('button'), { value: '', textContent: words.cancel ?? '' });
  buttons.append(yes, no);
  form.append(why, then, buttons);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'go');
    });
  });
}

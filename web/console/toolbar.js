// The buttons above the long answer: they write Markdown around what is chosen, and pictures come by choice, paste or drop.

import { trying, upload, words } from './api.js';

/** Replaces what is chosen, so that undoing works as everywhere. @param {HTMLTextAreaElement} box @param {string} text */
function put(box, text) {
  box.focus();
  // The one way that keeps the browser's own undo.
  if (!document.execCommand('insertText', false, text)) box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
  box.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/** @param {HTMLTextAreaElement} box */
const chosen = (box) => box.value.slice(box.selectionStart, box.selectionEnd);

/** Writes marks on both sides, and takes them away again. @param {HTMLTextAreaElement} box @param {string} mark */
function around(box, mark) {
  const text = chosen(box);
  const [from, to] = [box.selectionStart, box.selectionEnd];
  const before = box.value.slice(0, from);
  // One star beside another is the mark of bold, not of italic.
  const isMarked = before.endsWith(mark) && box.value.startsWith(mark, to) && (mark !== '*' || !before.endsWith('**'));
  if (isMarked) box.setSelectionRange(from - mark.length, to + mark.length);
  put(box, isMarked ? text : `${mark}${text}${mark}`);
  const shift = isMarked ? -mark.length : mark.length;
  box.setSelectionRange(from + shift, to + shift);
}

/** Writes something before every line that is touched. @param {HTMLTextAreaElement} box @param {(place: number) => string} before */
function eachLine(box, before) {
  const start = box.value.lastIndexOf('\n', box.selectionStart - 1) + 1;
  const next = box.value.indexOf('\n', box.selectionEnd);
  box.setSelectionRange(start, next < 0 ? box.value.length : next);
  const lines = chosen(box).split('\n');
  put(box, lines.map((line, place) => before(place) + line).join('\n'));
}

/** A block stands on lines of its own. @param {HTMLTextAreaElement} box @param {string} text */
function block(box, text) {
  const before = box.value.slice(0, box.selectionStart);
  const gap = before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  put(box, `${gap}${text}\n`);
}

/** @type {Record<string, (box: HTMLTextAreaElement) => void>} */
const marks = {
  bold: (box) => around(box, '**'),
  italic: (box) => around(box, '*'),
  heading: (box) => eachLine(box, () => '## '),
  list: (box) => eachLine(box, () => '- '),
  steps: (box) => eachLine(box, (place) => `${place + 1}. `),
  link: (box) => put(box, `[${chosen(box) || words.tbLink}](https://)`),
  table: (box) => block(box, '|  |  |\n| --- | --- |\n|  |  |'),
  box: (box) => block(box, `> [!NOTE]\n> ${chosen(box)}`),
};

/** The long answer that a toolbar belongs to. @param {Element | null} toolbar */
function boxOf(toolbar) {
  const box = toolbar?.closest('form')?.querySelector('[name=body]');
  return box instanceof HTMLTextAreaElement ? box : undefined;
}

/** @param {HTMLTextAreaElement} box @param {Iterable<File>} files */
function addPictures(box, files) {
  const article = document.getElementById('article')?.dataset.article ?? '';
  for (const file of files) {
    trying(async () => {
      const { markdown } = await upload(`/v1/staff/knowledge/${article}/pictures`, file);
      block(box, markdown);
    });
  }
}

/** @param {DataTransfer | null} carried */
const picturesIn = (carried) => [...(carried?.files ?? [])].filter((file) => file.type.startsWith('image/'));

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-mark]') : null;
  const box = boxOf(button);
  if (!(button instanceof HTMLButtonElement) || !box) return;
  const mark = button.dataset.mark ?? '';
  if (mark === 'picture') {
    const chooser = button.parentElement?.querySelector('[data-picture]');
    if (chooser instanceof HTMLInputElement) chooser.click();
  } else marks[mark]?.(box);
});

document.addEventListener('change', (event) => {
  const chooser = event.target;
  if (!(chooser instanceof HTMLInputElement) || !('picture' in chooser.dataset)) return;
  const box = boxOf(chooser);
  if (box) addPictures(box, [...(chooser.files ?? [])]);
  chooser.value = '';
});

/** @param {Event} event @param {DataTransfer | null} carried */
function takePictures(event, carried) {
  const box = event.target;
  const isBody = box instanceof HTMLTextAreaElement && box.name === 'body' && !box.readOnly;
  const pictures = picturesIn(carried);
  if (!isBody || pictures.length === 0) return;
  event.preventDefault();
  addPictures(box, pictures);
}

document.addEventListener('paste', (event) => takePictures(event, event.clipboardData));
document.addEventListener('drop', (event) => takePictures(event, event.dataTransfer));

// Arrow keys walk the buttons, as in every toolbar (WAI-ARIA Authoring Practices, toolbar).
document.addEventListener('keydown', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-mark]') : null;
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (!button || step === 0) return;
  const buttons = [...(button.parentElement?.querySelectorAll('[data-mark]') ?? [])];
  const next = buttons[(buttons.indexOf(button) + step + buttons.length) % buttons.length];
  if (next instanceof HTMLButtonElement) next.focus();
});

// Files an agent attaches: sent at once, carried by the next message.

import { trying, upload } from './api.js';
import { places, shown } from './shown.js';

const { conversation } = places;

const list = () => conversation.querySelector('[data-part=chosen]');

/** The files the next message carries, by their ids. @returns {string[]} */
export function chosen() {
  return [...(list()?.querySelectorAll('[data-file]') ?? [])].map((one) => one.getAttribute('data-file') ?? '');
}

/** Takes files off the list. @param {string[]} files */
export function forget(files) {
  for (const one of list()?.querySelectorAll('[data-file]') ?? []) {
    if (files.includes(one.getAttribute('data-file') ?? '')) one.remove();
  }
}

/** @param {File} file */
async function attach(file) {
  const id = shown.open;
  if (!id) return;
  const told = await upload(`/v1/staff/conversations/${id}/attachments`, file, crypto.randomUUID());
  if (id !== shown.open) return;
  const item = document.createElement('li');
  item.dataset.file = told.id;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = `${told.name} ×`;
  button.addEventListener('click', () => item.remove());
  item.append(button);
  list()?.append(item);
}

/** @param {FileList} files */
async function attachAll(files) {
  for (const file of files) await trying(() => attach(file));
}

conversation.addEventListener('click', (event) => {
  const picker = conversation.querySelector('#files');
  if (event.target instanceof HTMLElement && 'attach' in event.target.dataset && picker instanceof HTMLInputElement) picker.click();
});
conversation.addEventListener('change', (event) => {
  const picker = event.target;
  if (!(picker instanceof HTMLInputElement) || picker.id !== 'files' || !picker.files) return;
  attachAll(picker.files).then(() => (picker.value = ''));
});
conversation.addEventListener('paste', (event) => {
  const files = event.clipboardData?.files;
  if (!files || files.length === 0) return;
  event.preventDefault();
  attachAll(files);
});

// @ts-check
// Files: chosen, dropped, pasted or taken with the camera; and shown where they were sent. Fetched when the first one comes.

import { Refused } from './api.js';
import { button, iconButton, make, setName } from './nodes.js';
import { filled } from './words.js';
import { CLOSE } from './frame.js';

/** @typedef {import('./chat.js').Chat} Chat */
/** @typedef {import('./api.js').Api} Api */
/** @typedef {import('./api.js').Attachment} Attachment */

/** Sends files on their way; each waits beside the field until a message takes it along. @param {Chat} chat @param {Iterable<File>} files */
export function addFiles(chat, files) {
  for (const file of files) add(chat, file);
}

/** @param {Chat} chat @param {File} file */
async function add(chat, file) {
  const { age, frame } = chat;
  const say = chat.words.widget;
  const name = file.name || 'picture.png';
  const chip = make('li', 'file');
  const stop = new AbortController();
  if (file.type.startsWith('image/')) chip.append(thumbnail(file, ''));
  const label = make('span', 'name', name);
  const progress = make('progress');
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute('aria-label', filled(say.fileSending, { name }));
  const status = make('span', 'status');
  status.setAttribute('role', 'status');
  const remove = iconButton('icon', CLOSE, () => {
    stop.abort();
    chip.remove();
    chat.files = chat.files.filter((one) => one.chip !== chip);
    frame.files.hidden = frame.files.childElementCount === 0;
    frame.text.focus();
  });
  setName(remove, filled(say.fileRemove, { name }));
  chip.append(label, progress, status, remove);
  frame.files.append(chip);
  frame.files.hidden = false;
  const key = chat.outbox.freshKey();
  const send = async () => {
    status.replaceChildren();
    status.classList.remove('failed');
    progress.hidden = false;
    try {
      const sent = await chat.inConversation((id) => upload(chat.api, id, file, name, key, (share) => (progress.value = share), stop.signal));
      if (age !== chat.age || stop.signal.aborted) return;
      chat.files.push({ id: sent.id, name, chip });
      status.textContent = say.fileReady;
    } catch (error) {
      if (stop.signal.aborted) return;
      status.classList.add('failed');
      status.append(chat.sentenceOf(error), button('quiet', say.retry, send));
    } finally {
      progress.hidden = true;
    }
  };
  await send();
}

/** @param {Blob} content @param {string} name */
function thumbnail(content, name) {
  const picture = make('img');
  picture.alt = name;
  picture.src = URL.createObjectURL(content);
  picture.onload = () => URL.revokeObjectURL(picture.src);
  // A page may forbid pictures of this kind; the name is there all the same.
  picture.onerror = () => picture.remove();
  return picture;
}

/** Draws the files of a message. They are fetched as the visitor's own, so their addresses alone open nothing. @param {Chat} chat @param {Attachment[]} attachments */
export function drawFiles(chat, attachments) {
  const list = make('ul', 'files');
  for (const one of attachments) {
    const item = make('li', 'file');
    const fetched = () => fetchFile(chat.api, one.address);
    item.append(
      button('name', one.name, async () => {
        try {
          const link = make('a');
          link.href = URL.createObjectURL(await fetched());
          link.download = one.name;
          link.click();
          setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
        } catch (error) {
          chat.trouble = chat.sentenceOf(error);
          chat.render();
        }
      }),
    );
    if (one.picture) {
      fetched().then(
        (content) => item.prepend(thumbnail(content, one.name)),
        () => {},
      );
    }
    list.append(item);
  }
  return list;
}

/** A file of a conversation. @param {Api} api @param {string} address */
async function fetchFile(api, address) {
  const response = await fetch(api.server + address.slice(1), { headers: await api.headers(false), credentials: 'omit' });
  if (!response.ok) throw new Refused(response.status, '');
  return response.blob();
}

/**
 * Sends a file, telling how much of it has gone; only the older kind of request can tell.
 * @param {Api} api @param {string} id @param {File} file @param {string} name @param {string} key
 * @param {(share: number) => void} tell @param {AbortSignal} stop
 * @returns {Promise<Attachment>}
 */
async function upload(api, id, file, name, key, tell, stop) {
  const headers = await api.headers(false);
  const request = new XMLHttpRequest();
  request.open('POST', `${api.server}${api.path(id)}/attachments?name=${encodeURIComponent(name)}`);
  for (const [header, value] of Object.entries({ ...headers, 'idempotency-key': key, 'content-type': 'application/octet-stream' })) request.setRequestHeader(header, value);
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded, total }) => tell(total ? loaded / total : 0);
  stop.addEventListener('abort', () => request.abort());
  await new Promise((done) => {
    request.onloadend = done;
    request.send(file);
  });
  const { status, response } = request;
  if (status === 201) return response;
  throw new Refused(status, response?.message ?? '');
}

// Talks to the server: JSON for acts, HTML for what is shown.

import { at, within } from './base.js';
import { canHavePasskeys, showPasskey } from './passkey.js';
import { askForProof, askForProvider } from './proof.js';

/** @type {Record<string, string>} */
export const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');

/** Something the server refused, in words for the person at the desk. */
export class Refused extends Error {
  /** @param {number} status @param {{ type?: string, message?: string, detail?: string, field?: string }} problem */
  constructor(status, problem) {
    // Where there are words for what is wrong in this field, they help more than that something is.
    super(([400, 422].includes(status) && words[`wrong_${problem.field}`]) || (problem.message ?? words.offline));
    this.status = status;
    this.kind = problem.type;
    this.field = problem.field;
    this.detail = problem.detail;
  }
}

/** @param {unknown} [body] @returns {Record<string, string>} */
function headersFor(body) {
  /** @type {Record<string, string>} */
  const headers = { 'accept-language': document.documentElement.lang, 'x-csrf-token': document.body.dataset.csrf ?? '' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  return headers;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [more] headers, such as a key under which a retry has no second effect
 */
export async function act(method, path, body, more) {
  try {
    return await send(method, path, body, more);
  } catch (error) {
    if (!(error instanceof Refused) || error.kind !== 'urn:mondo:problem:proof-needed') throw error;
    if (!(await prove(error.message))) throw error;
    return send(method, path, body, more);
  }
}

/** Sends a file as it is; `key` lets a retry have no second effect. @param {string} path @param {File} file @param {string} [key] */
export async function upload(path, file, key) {
  const response = await fetch(at(`${path}?name=${encodeURIComponent(file.name)}`), {
    method: 'POST',
    headers: {
      'accept-language': document.documentElement.lang,
      'content-type': 'application/octet-stream',
      'x-csrf-token': document.body.dataset.csrf ?? '',
      ...(key ? { 'idempotency-key': key } : {}),
    },
    body: file,
  });
  const told = await response.json();
  if (!response.ok) throw new Refused(response.status, told);
  return told;
}

/** Lets the person show again who they are, until it fits or they give up. @param {string} message */
async function prove(message) {
  const { provider } = document.body.dataset;
  if (provider) {
    if (!(await askForProvider(words, message, filled('signInWith', { name: provider })))) return false;
    const to = encodeURIComponent(within(location.pathname) + location.search);
    location.assign(at(`/v1/staff/sso?prove=true&to=${to}`));
    // The page is left; nothing is said in the meantime.
    return new Promise(() => {});
  }
  let withCode = false;
  for (;;) {
    const proof = await askForProof(words, message, withCode);
    if (!proof) return false;
    try {
      await send('POST', '/v1/staff/session/proof', proof);
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || ![400, 422].includes(error.status)) throw error;
      // That a code is wanted is no fault of whoever was not asked for one.
      if (error.field === 'code' && !withCode) {
        if (await provedByPasskey(proof.password)) return true;
        withCode = true;
      } else message = error.message;
    }
  }
}

/** Shows a passkey beside the password; where there is none, or it is not shown, a code is asked for. @param {string} password */
async function provedByPasskey(password) {
  if (!canHavePasskeys) return false;
  try {
    const { public_key: options } = await send('POST', '/v1/staff/session/proof/passkey');
    await send('POST', '/v1/staff/session/proof', { password, passkey: await showPasskey(options) });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [more] */
async function send(method, path, body, more) {
  const headers = { ...headersFor(body), ...more };
  const response = await fetch(at(path), { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await response.text();
  const told = text ? JSON.parse(text) : {};
  if (response.ok) return told;
  throw new Refused(response.status, told);
}

/** A key for one act, fresh unless it is repeated. @param {string} [key] @returns {Record<string, string>} */
export const once = (key) => ({ 'idempotency-key': key ?? crypto.randomUUID() });

/** Fetches a piece of a page; with a body, what the server makes of it. @param {string} path @param {unknown} [body] */
export async function fragment(path, body) {
  const method = body === undefined ? 'GET' : 'POST';
  const response = await fetch(at(path), { method, headers: headersFor(body), body: body === undefined ? null : JSON.stringify(body) });
  if (response.status === 401) location.assign(at('/console/sign-in'));
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  const template = document.createElement('template');
  // Rendered by our own server, every text in it escaped there.
  template.innerHTML = await response.text();
  tellMoments(template.content);
  return template.content;
}

/** Says something to the person at the desk. @param {string} text @param {'alert' | 'fine'} [kind] */
export function notice(text, kind = 'alert') {
  const place = document.getElementById('notice');
  if (!place) return;
  place.textContent = text;
  place.dataset.kind = kind;
  place.hidden = text === '';
}

/** Says something to a screen reader alone. @param {string} text */
export function speak(text) {
  const place = document.getElementById('spoken');
  if (place) place.textContent = text;
}

/** Does something, and says so when it was refused. @param {() => Promise<void>} work */
export async function trying(work) {
  try {
    notice('');
    await work();
  } catch (error) {
    notice(error instanceof Refused ? error.message : words.offline ?? '');
  }
}

/** Runs work one at a time; a wish that comes in the meantime is done once more afterwards. @param {() => Promise<void>} work */
export function coalesced(work) {
  let running = false;
  let again = false;
  let hasFailed = false;
  /** What is read anew by itself takes no notice away that somebody has not read yet, except its own. */
  const quietly = async () => {
    try {
      await work();
      if (hasFailed) notice('');
      hasFailed = false;
    } catch (error) {
      hasFailed = true;
      notice(error instanceof Refused ? error.message : words.offline ?? '');
    }
  };
  return async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await quietly();
    } while (again);
    running = false;
  };
}

/** Puts values in the places of a word, such as {name}. @param {string} word @param {Record<string, string>} values */
export function filled(word, values) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[word] ?? word);
}

const moments = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });

/** Writes moments with their day, in the hours of whoever reads them. @param {ParentNode} where */
export function tellMoments(where) {
  for (const time of where.querySelectorAll('time')) if (time.classList.contains('moment')) time.textContent = moments.format(new Date(time.dateTime));
}

/** Writes the clock time into every time element that has none. @param {ParentNode} where */
export function tellTimes(where) {
  for (const time of where.querySelectorAll('time')) {
    if (time.textContent || time.classList.contains('moment')) continue;
    time.textContent = new Date(time.dateTime).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
  }
}

/** @param {ParentNode} where @param {string} name @returns {HTMLElement | null} */
export function part(where, name) {
  return where.querySelector(`[data-part=${name}]`);
}

// Talks to the server: JSON for acts, HTML for what is shown.

/** @type {Record<string, string>} */
export const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');

/** Something the server refused, in words for the person at the desk. */
export class Refused extends Error {
  /** @param {number} status @param {{ message?: string, detail?: string, field?: string }} problem */
  constructor(status, problem) {
    super(problem.message ?? words.offline);
    this.status = status;
    this.field = problem.field;
    this.detail = problem.detail;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {string} [key] under which a retry has no second effect
 */
export async function act(method, path, body, key) {
  /** @type {Record<string, string>} */
  const headers = { 'accept-language': document.documentElement.lang, 'x-csrf-token': document.body.dataset.csrf ?? '' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key) headers['idempotency-key'] = key;
  const response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await response.text();
  const told = text ? JSON.parse(text) : {};
  if (response.ok) return told;
  throw new Refused(response.status, told);
}

/** Fetches a piece of a page. @param {string} path */
export async function fragment(path) {
  const response = await fetch(path, { headers: { 'accept-language': document.documentElement.lang } });
  if (response.status === 401) location.assign('/console/sign-in');
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  const template = document.createElement('template');
  // Rendered by our own server, every text in it escaped there.
  template.innerHTML = await response.text();
  return template.content;
}

/** Says something to the person at the desk. @param {string} text */
export function notice(text) {
  const place = document.getElementById('notice');
  if (!place) return;
  place.textContent = text;
  place.hidden = text === '';
}

/** The language is chosen by a list, which sends its form at once. */
document.getElementById('language')?.addEventListener('change', (event) => {
  if (event.target instanceof HTMLSelectElement) event.target.form?.submit();
});

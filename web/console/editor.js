// The editor of an article: four languages side by side, each with preview, check, history, and a save that overwrites
// nobody.

import './page.js';
import './toolbar.js';
import { act, fragment, notice, part, Refused, trying, words } from './api.js';

const article = document.getElementById('article')?.dataset.article ?? '';

/** @param {HTMLFormElement} form */
const fileOf = (form) => form.dataset.file ?? form.closest('[data-file]')?.getAttribute('data-file') ?? '';

/** What the form says. @param {HTMLFormElement} form */
function draftOf(form) {
  const values = new FormData(form);
  /** @param {string} name */
  const text = (name) => String(values.get(name) ?? '');
  if ('matter' in form.dataset) return { text: text('text') };
  if ('publication' in form.dataset) {
    const days = { valid_from: text('valid_from') || null, valid_until: text('valid_until') || null };
    return { publication: { stage: text('stage'), ...days } };
  }
  const alternates = text('alternates').split('\n').filter((line) => line.trim());
  const { title, summary, body, follows } = { title: text('title'), summary: text('summary'), body: text('body'), follows: text('follows') };
  return { wording: { title, alternates, summary, body, follows: follows || 'as_before' } };
}

/** Forms with changes that are not saved. @type {Set<HTMLFormElement>} */
const unsaved = new Set();
addEventListener('beforeunload', (event) => {
  if (unsaved.size > 0) event.preventDefault();
});

/** @param {HTMLFormElement} form @param {string} text */
function tell(form, text) {
  const told = part(form, 'told');
  if (told) told.textContent = text;
}

/** @param {HTMLFormElement} form */
const save = (form) =>
  trying(async () => {
    const path = `/v1/staff/knowledge/${article}/${fileOf(form)}`;
    try {
      const saved = await act('PUT', path, draftOf(form), { 'if-match': form.dataset.hash ?? 'none' });
      unsaved.delete(form);
      await settle(form, saved.hash);
    } catch (error) {
      if (!(error instanceof Refused) || error.field !== 'If-Match') throw error;
      await learnOfOther(form);
    }
  });

/** Takes over what the server says now: the hash, and how the languages stand. @param {HTMLFormElement} form @param {string} hash */
async function settle(form, hash) {
  form.dataset.hash = hash;
  tell(form, words.saved ?? '');
  if ('matter' in form.dataset) notice(words.saved ?? '', 'fine');
  part(form, 'history')?.replaceChildren();
  for (const other of document.querySelectorAll('form.wording')) {
    if (!(other instanceof HTMLFormElement)) continue;
    const fresh = await fragment(`/console/knowledge/${article}/wording/${other.dataset.language}`);
    const badge = fresh.querySelector('.badge');
    if (badge) other.querySelector('header .badge')?.replaceWith(badge);
    const follows = fresh.querySelector('[name=follows]');
    if (follows && !unsaved.has(other)) other.querySelector('[name=follows]')?.replaceWith(follows);
  }
  await refreshMatter();
}

/** `article.toml` changes too when a meaning does; two forms write into it. */
async function refreshMatter() {
  const { files } = await act('GET', `/v1/staff/knowledge/${article}`);
  const matter = files.find((/** @type {{ name: string }} */ file) => file.name === 'article.toml');
  if (!matter) return;
  for (const form of document.querySelectorAll('form[data-matter], form[data-publication]')) {
    if (!(form instanceof HTMLFormElement) || unsaved.has(form)) continue;
    const box = form.querySelector('textarea');
    if (box) box.value = matter.text;
    form.dataset.hash = matter.hash;
  }
}

/** Somebody else was first: their text is shown in the history, ours stays in the form. @param {HTMLFormElement} form */
async function learnOfOther(form) {
  const { files } = await act('GET', `/v1/staff/knowledge/${article}`);
  const theirs = files.find((/** @type {{ name: string }} */ file) => file.name === fileOf(form));
  form.dataset.hash = theirs?.hash ?? 'none';
  tell(form, words.editedMeanwhile ?? '');
  notice(words.editedMeanwhile ?? '');
  await showHistory(form);
}

/** @param {HTMLFormElement} form */
async function showHistory(form) {
  part(form, 'history')?.replaceChildren(await fragment(`/console/knowledge/${article}/history/${fileOf(form)}`));
}

/** @param {HTMLFormElement} form */
async function showFaults(form) {
  const place = part(form, 'faults');
  if (place) place.textContent = words.checking ?? '';
  place?.replaceChildren(await fragment(`/console/knowledge/${article}/checks/${fileOf(form)}`, draftOf(form)));
}

/** @param {HTMLFormElement} form */
async function showPreview(form) {
  part(form, 'preview')?.replaceChildren(await fragment(`/console/knowledge/${article}/preview/${form.dataset.language}`, draftOf(form)));
}

/** Asks what the bot would say with what the form says now. @param {HTMLFormElement} form */
async function showTrials(form) {
  const place = part(form, 'trials');
  const questions = form.querySelector('[data-questions]');
  if (!place || !(questions instanceof HTMLTextAreaElement)) return;
  place.textContent = words.trying ?? '';
  try {
    const asked = { draft: draftOf(form), questions: questions.value };
    place.replaceChildren(await fragment(`/console/knowledge/${article}/trials/${form.dataset.language}`, asked));
  } catch (error) {
    place.replaceChildren();
    throw error;
  }
}

/** @param {HTMLFormElement} form @param {string} id */
async function restore(form, id) {
  await act('POST', `/v1/staff/knowledge/revisions/${id}/restoration`, undefined, { 'if-match': form.dataset.hash ?? 'none' });
  unsaved.delete(form);
  location.reload();
}

/** Previews that are open follow what is typed. @type {Map<HTMLFormElement, number>} */
const pending = new Map();

document.addEventListener('input', (event) => {
  const form = event.target instanceof Element ? event.target.closest('form') : null;
  if (!form || !(form.classList.contains('wording') || 'matter' in form.dataset || 'publication' in form.dataset)) return;
  // What is tried is no part of the text.
  if (event.target instanceof HTMLElement && 'questions' in event.target.dataset) return;
  unsaved.add(form);
  tell(form, words.unsaved ?? '');
  if (form.querySelector('[data-preview]')?.getAttribute('aria-expanded') !== 'true') return;
  clearTimeout(pending.get(form));
  pending.set(form, setTimeout(() => trying(() => showPreview(form)), 250));
});

document.addEventListener('submit', (event) => {
  if (!(event.target instanceof HTMLFormElement) || !('hash' in event.target.dataset)) return;
  event.preventDefault();
  save(event.target);
});

document.addEventListener('click', (event) => {
  const button = event.target;
  const form = button instanceof HTMLButtonElement ? button.form : null;
  if (!(button instanceof HTMLButtonElement) || !form) return;
  if ('preview' in button.dataset) {
    const isOpen = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!isOpen));
    if (isOpen) part(form, 'preview')?.replaceChildren();
    else trying(() => showPreview(form));
  } else if ('try' in button.dataset) {
    const bench = part(form, 'bench');
    if (bench) bench.hidden = !bench.hidden;
    button.setAttribute('aria-expanded', String(!bench?.hidden));
  } else if ('ask' in button.dataset) trying(() => showTrials(form));
  else if ('check' in button.dataset) trying(() => showFaults(form));
  else if ('history' in button.dataset) trying(() => showHistory(form));
  else if (button.dataset.restore) trying(() => restore(form, button.dataset.restore ?? ''));
});

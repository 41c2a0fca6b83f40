// What the queue is narrowed to, in which order it stands, and the views somebody keeps of it.

import { act, filled, trying } from './api.js';
import { refreshQueue } from './queue.js';
import { shown } from './shown.js';

const form = /** @type {HTMLFormElement} */ (document.getElementById('narrow'));
const views = /** @type {HTMLElement} */ (document.getElementById('views'));
const badge = document.getElementById('narrowed');
const FIELDS = /** @type {const} */ (['order', 'language', 'priority', 'tag']);

/** @param {string} name @returns {HTMLSelectElement | HTMLInputElement} */
const field = (name) => /** @type {HTMLSelectElement | HTMLInputElement} */ (form.elements.namedItem(name));

/** Reads the queue as it is narrowed now. @param {string | null} [view] the view that is shown */
function apply(view = null) {
  const set = ['language', 'priority', 'tag'].filter((name) => field(name).value.trim());
  for (const name of FIELDS) shown.queue[name] = field(name).value.trim();
  if (badge) {
    badge.textContent = String(set.length);
    badge.hidden = set.length === 0;
  }
  for (const item of views.querySelectorAll('li')) {
    item.querySelector('button')?.setAttribute('aria-pressed', String(item.dataset.view === view));
  }
  refreshQueue();
}

document.querySelector('.filters')?.addEventListener('change', (event) => {
  if (event.target instanceof HTMLInputElement) shown.queue.filter = event.target.value;
  apply();
});
form.addEventListener('change', (event) => {
  if (event.target !== field('name')) apply();
});

/** @param {string} query as it is kept */
function show(query) {
  const { part, order, language, priority, tag } = JSON.parse(query);
  const wanted = document.querySelector(`.filters input[value="${CSS.escape(part)}"]`);
  if (wanted instanceof HTMLInputElement) wanted.checked = true;
  shown.queue.filter = part;
  for (const [name, value] of Object.entries({ order, language, priority, tag })) field(name).value = value ?? '';
}

views.addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  const item = /** @type {HTMLElement} */ (target.closest('li'));
  if ('remove' in target.dataset) {
    trying(async () => {
      await act('DELETE', `/v1/staff/views/${item.dataset.view}`);
      item.remove();
      views.hidden = views.children.length === 0;
    });
  } else {
    show(target.dataset.query ?? '{}');
    apply(item.dataset.view);
  }
});

/** @param {{ id: string, name: string, query: object }} view */
function add({ id, name, query }) {
  const item = document.createElement('li');
  item.dataset.view = id;
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name });
  button.dataset.query = JSON.stringify(query);
  button.setAttribute('aria-pressed', 'true');
  const remove = Object.assign(document.createElement('button'), { type: 'button', className: 'remove', textContent: '×' });
  remove.dataset.remove = '';
  remove.setAttribute('aria-label', filled('removeView', { name }));
  item.append(button, remove);
  views.append(item);
  views.hidden = false;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const name = field('name').value.trim();
  if (!name) return field('name').focus();
  trying(async () => {
    const { filter, order, language, priority, tag } = shown.queue;
    const some = Object.entries({ order, language, priority, tag }).filter(([, value]) => value);
    const view = await act('POST', '/v1/staff/views', { name, query: { part: filter, ...Object.fromEntries(some) } });
    field('name').value = '';
    add(view);
    apply(view.id);
  });
});

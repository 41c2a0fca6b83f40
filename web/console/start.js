// The first steps: what the bot says to some questions, and the tag for the site with the bubble as it will look.

import './page.js';
import { fragment, notice, part, trying, words } from './api.js';
import { at } from './base.js';

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  if (form.id !== 'hear') return;
  trying(async () => {
    const questions = String(new FormData(form).get('questions') ?? '');
    const answers = await fragment('/console/start', { questions });
    part(document, 'answers')?.replaceChildren(answers);
  });
});

/** What the operator chose, without what is left as usual. @param {HTMLFormElement} form */
function lookOf(form) {
  /** @type {Record<string, string>} */
  const look = {};
  for (const [name, value] of new FormData(form)) if (value) look[name] = String(value);
  if (look.color === form.dataset.color) delete look.color;
  return look;
}

/** @param {string} address @param {Record<string, string>} look */
function tagOf(address, look) {
  const settings = Object.entries(look).map(([name, value]) => ` data-${name}="${value}"`);
  return `<script async src="${address}/widget/v1/widget.js"${settings.join('')}></script>`;
}

/** @type {HTMLElement | undefined} */
let bubble;

/** Puts the bubble at the corner of this page, as it will stand on the site. @param {Record<string, string>} look */
async function show(look) {
  await customElements.whenDefined('mondo-chat');
  bubble?.remove();
  bubble = document.createElement('mondo-chat');
  bubble.setAttribute('mode', 'bubble');
  Object.assign(bubble.dataset, look);
  document.body.append(bubble);
  // Its colour comes with what talks, which visitors fetch when they first reach for it.
  return /** @type {any} */ (bubble).load();
}

const form = document.getElementById('look');
const tag = document.getElementById('tag');
if (form instanceof HTMLFormElement && tag) {
  const address = form.dataset.address || location.origin + at('');
  const update = () => {
    tag.textContent = tagOf(address, lookOf(form));
    show(lookOf(form));
  };
  form.addEventListener('input', update);
  update();
  document.getElementById('copy')?.addEventListener('click', () =>
    trying(async () => {
      await navigator.clipboard.writeText(tag.textContent ?? '');
      notice(words.copied ?? '', 'fine');
    }),
  );
  document.getElementById('show')?.addEventListener('click', async () => (await show(lookOf(form)))?.open());
}

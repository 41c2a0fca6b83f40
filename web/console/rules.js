// Rules: kept, tried against last week, removed.

import './page.js';
import { act, filled, trying, words } from './api.js';
import { at } from './base.js';

/** What a form says, as the API takes it. @param {HTMLFormElement} form */
function ruleOf(form) {
  const values = new FormData(form);
  /** @param {string} name */
  const all = (name) => values.getAll(name).map(String);
  /** @param {string} name */
  const text = (name) => String(values.get(name) ?? '').trim();
  /** @param {string} name */
  const list = (name) => text(name).split(/[,、，]/).map((one) => one.trim()).filter(Boolean);
  const then = ['priority', 'level', 'team', 'assign', 'say', 'tell'].filter((name) => text(name)).map((name) => ({ [name]: text(name) }));
  const tags = list('tags');
  return {
    name: text('name'),
    active: values.has('active'),
    when: {
      trigger: text('trigger'),
      languages: all('languages'),
      categories: all('categories'),
      priorities: all('priorities'),
      tiers: all('tiers'),
      reasons: all('reasons'),
      words: list('words'),
    },
    then: [...(tags.length > 0 ? [{ add_tags: tags }] : []), ...then],
  };
}

/** @param {HTMLElement} place @param {{ tried: number, fitting: number, tickets: { number: string, conversation: string, summary: string, language: string }[] }} trial */
function showTrial(place, { tried, fitting, tickets }) {
  const told = document.createElement('p');
  told.textContent = filled('ruleTried', { n: String(fitting), all: String(tried) });
  const list = document.createElement('ul');
  list.append(
    ...tickets.map(({ number, conversation, summary, language }) => {
      const item = document.createElement('li');
      const link = Object.assign(document.createElement('a'), { href: at(`/console#${conversation}`), textContent: number });
      const about = Object.assign(document.createElement('span'), { textContent: ` ${summary}`, lang: language });
      item.append(link, about);
      return item;
    }),
  );
  place.replaceChildren(told, ...(tickets.length > 0 ? [list] : []));
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.rule === undefined) return;
  event.preventDefault();
  const id = form.dataset.rule;
  trying(async () => {
    await act(id ? 'PUT' : 'POST', `/v1/staff/rules${id ? `/${id}` : ''}`, ruleOf(form));
    location.reload();
  });
});

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  const form = target.closest('form');
  const place = form?.querySelector('[data-part=trial]');
  if (!form || !(place instanceof HTMLElement)) return;
  if ('try' in target.dataset) {
    trying(async () => {
      // A trial needs no name yet.
      const rule = ruleOf(form);
      showTrial(place, await act('POST', '/v1/staff/rules/trial', { ...rule, name: rule.name || words.newRule }));
    });
  } else if ('forget' in target.dataset) {
    trying(async () => {
      await act('DELETE', `/v1/staff/rules/${form.dataset.rule}`);
      location.reload();
    });
  }
});

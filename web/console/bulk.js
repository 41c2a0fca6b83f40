// Acts on several conversations at once: one after the other, and what was refused is told.

import { act, filled, notice, once, Refused, words } from './api.js';
import { refreshConversation } from './conversation.js';
import { clearPicks, picks, refreshQueue } from './queue.js';
import { places } from './shown.js';

const form = document.getElementById('picked');

if (form instanceof HTMLFormElement) {
  const count = /** @type {HTMLElement} */ (document.getElementById('picked-count'));
  places.queue.addEventListener('picked', () => {
    form.hidden = picks.size === 0;
    count.textContent = picks.size > 0 ? filled('picked', { n: String(picks.size) }) : '';
  });

  /** @param {(id: string) => Promise<unknown>} work */
  const onEach = async (work) => {
    const refused = [];
    let done = 0;
    for (const id of [...picks]) {
      try {
        await work(id);
        picks.delete(id);
        done += 1;
      } catch (error) {
        refused.push(error instanceof Refused ? error.message : (words.offline ?? ''));
      }
    }
    const left = refused.length > 0 ? filled('pickedLeft', { n: String(refused.length), why: refused[0] ?? '' }) : '';
    await refreshQueue();
    await refreshConversation();
    notice([filled('pickedDone', { n: String(done) }), left].filter(Boolean).join(' · '), left ? 'alert' : 'fine');
  };

  /** @param {string} id */
  const path = (id) => `/v1/staff/conversations/${id}`;
  /** @param {string} id @param {object} body */
  const perform = (id, body) => act('POST', `${path(id)}/acts`, body, once());
  /** Tickets are worked on by their number. @param {string} id @param {object} body */
  const work = async (id, body) => {
    const { ticket } = await act('GET', path(id));
    // A conversation that nobody was asked into has nothing to put it on.
    if (!ticket) throw new Refused(409, { message: words.noTicket ?? '' });
    await act('POST', `/v1/staff/tickets/${ticket.number}/work`, body);
  };

  form.addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    const { bulk } = target.dataset;
    if ('clear' in target.dataset) clearPicks();
    else if (bulk === 'snooze') onEach((id) => act('PUT', `${path(id)}/snooze`, { minutes: 60 }));
    else if (bulk) onEach((id) => perform(id, { act: bulk }));
  });
  form.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLSelectElement) || !target.value) return;
    const { value } = target;
    target.value = '';
    if ('bulkGive' in target.dataset) onEach((id) => perform(id, { act: 'assign', to: value }));
    else onEach((id) => work(id, { team: value }));
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const box = form.querySelector('input');
    const tag = box?.value.trim();
    if (!box || !tag) return;
    box.value = '';
    onEach((id) => work(id, { add_tags: [tag] }));
  });
}

// Answers are judged one after the other, with a key each.

import { isTyping } from './page.js';
import { act, filled, fragment, notice, trying, words } from './api.js';

const KEYS = /** @type {Record<string, string>} */ ({ y: 'right', n: 'wrong', x: 'nothing_answers', u: 'unclear' });

/** The answer judged last, while that can be taken back. @type {string | null} */
let last = null;
let isBusy = false;

const takeBack = document.getElementById('take-back');

/** @param {string | null} answer */
function remember(answer) {
  last = answer;
  if (takeBack instanceof HTMLButtonElement) takeBack.disabled = !answer;
}

async function showNext() {
  document.getElementById('card')?.replaceWith(await fragment(`/console/review/next${location.search}`));
  document.getElementById('question')?.focus();
}

/** One at a time: whoever presses a key twice has not read the next question. @param {() => Promise<void>} work */
function alone(work) {
  if (isBusy) return;
  isBusy = true;
  trying(work).finally(() => {
    isBusy = false;
  });
}

/** @param {string} judgement */
function judge(judgement) {
  const answer = document.querySelector('[data-answer]')?.getAttribute('data-answer');
  if (!answer) return;
  const select = document.getElementById('better');
  const better = judgement === 'wrong' && select instanceof HTMLSelectElement ? select.value : '';
  alone(async () => {
    await act('PUT', `/v1/staff/insights/review/${answer}`, { judgement, ...(better ? { better } : {}) });
    remember(answer);
    await showNext();
  });
}

function takeBackLast() {
  if (!last) return;
  alone(async () => {
    await act('DELETE', `/v1/staff/insights/review/${last}`);
    remember(null);
    notice(words.judgeTakenBack ?? '', 'fine');
    await showNext();
  });
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.dataset.judge) judge(button.dataset.judge);
  else if (button?.id === 'take-back') takeBackLast();
});

document.addEventListener('keydown', (event) => {
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.toLowerCase();
  if (KEYS[key]) judge(KEYS[key]);
  else if (key === 'z') takeBackLast();
  else return;
  event.preventDefault();
});

document.getElementById('bring')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  const text = String(new FormData(form).get('questions') ?? '');
  const questions = text.split('\n').map((line) => line.trim()).filter(Boolean);
  if (questions.length === 0) return;
  alone(async () => {
    let asked = 0;
    for (let place = 0; place < questions.length; place += 50) {
      const told = await act('POST', '/v1/staff/insights/review/questions', { questions: questions.slice(place, place + 50) });
      asked += told.asked;
    }
    form.reset();
    notice(filled('broughtAsked', { n: String(asked) }), 'fine');
    await showNext();
  });
});

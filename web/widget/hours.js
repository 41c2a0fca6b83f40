// @ts-check
// When somebody is at the desk, before anything is asked: in the visitor's own time zone, which is named where the desk
// lives by another.

import { make } from './nodes.js';
import { filled } from './words.js';

/** @typedef {import('./chat.js').Chat} Chat */

/** How soon it is asked anew. */
const AGAIN_MS = 5 * 60_000;
/** Beyond it, "until" says nothing. */
const WEEK_MS = 7 * 86_400_000;
const CLOCK = /** @type {const} */ ({ hour: 'numeric', minute: '2-digit' });

/** When it was asked last, and in which language. @type {WeakMap<Chat, { locale: string, at: number }>} */
const asked = new WeakMap();

/** @param {Chat} chat */
export async function tellHours(chat) {
  const { frame, locale } = chat;
  if (!frame.panel.isConnected) return;
  const last = asked.get(chat);
  if (last?.locale === locale && Date.now() - last.at < AGAIN_MS) return;
  asked.set(chat, { locale, at: Date.now() });
  setTimeout(() => chat.render(), AGAIN_MS);
  const desk = await chat.api.desk().catch(() => null);
  if (!desk || locale !== chat.locale) return;
  const say = chat.words.widget;
  const spans = desk.hours.map(({ from, to }) => /** @type {[Date, Date]} */ ([new Date(from), new Date(to)]));
  const isAlways = desk.open && spans.some(([from, to]) => Number(to) - Number(from) >= WEEK_MS);
  const told = make('div', 'hours');
  const until = spans[0]?.[1];
  let sentence = desk.here ? say.here : say.away;
  if (desk.here && desk.open && until && !isAlways) sentence = filled(say.openUntil, { time: until.toLocaleString(locale, CLOCK) });
  if (!desk.here && !desk.open && desk.opens) sentence = filled(say.reachOpens, { time: weekdayAndClock(desk.opens, locale) });
  chat.desk = { sentence, here: desk.here };
  const { half_minutes: half, most_minutes: most } = desk;
  if (half && most) told.append(make('p', '', filled(say.placeWaits, { half, most })));
  if (spans.length > 0 && !isAlways) {
    const details = make('details');
    details.append(make('summary', '', say.hours), listOf(spans, locale));
    told.append(details);
    if (isElsewhere(spans[0][0], desk.desk_zone)) told.append(make('p', '', filled(say.hoursZone, { zone: nameOf(spans[0][0], locale) })));
  }
  frame.welcome.querySelector('.hours')?.remove();
  frame.welcome.append(told);
  chat.render();
}

/** The weekday comes first in every language. @param {string} moment @param {string} locale */
export function weekdayAndClock(moment, locale) {
  const date = new Date(moment);
  return `${date.toLocaleDateString(locale, { weekday: 'long' })} ${date.toLocaleTimeString(locale, CLOCK)}`;
}

/** The hours of each day that has any, as clocks show them where the visitor is. @param {[Date, Date][]} spans @param {string} locale */
function listOf(spans, locale) {
  const list = make('dl');
  const clock = new Intl.DateTimeFormat(locale, CLOCK);
  for (const [from, to] of spans) {
    const day = from.toLocaleDateString(locale, { weekday: 'short', month: 'short', day: 'numeric' });
    const told = `${clock.format(from)} – ${clock.format(to)}`;
    const [lastDay, lastTold] = [...list.children].slice(-2);
    if (lastDay?.textContent === day) lastTold.append(`, ${told}`);
    else list.append(make('dt', '', day), make('dd', '', told));
  }
  return list;
}

/** Whether clocks show something else there than here. @param {Date} moment @param {string} timeZone */
function isElsewhere(moment, timeZone) {
  try {
    return moment.toLocaleString('en', { timeZone }) !== moment.toLocaleString('en');
  } catch {
    // A zone that the browser does not know is another one.
    return true;
  }
}

/** The name of the visitor's time zone. @param {Date} moment @param {string} locale */
const nameOf = (moment, locale) =>
  new Intl.DateTimeFormat(locale, { timeZoneName: 'longGeneric' }).formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? '';

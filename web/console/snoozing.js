// Putting a conversation aside until a moment, and bringing it back.

import { act, trying } from './api.js';
import { refreshConversation } from './conversation.js';
import { refreshQueue } from './queue.js';
import { shown } from './shown.js';

const MINUTE_MS = 60_000;

/** Nine o'clock of a later day, where the agent is. @param {Date} now @param {number} days @returns {number} minutes from now */
function untilNine(now, days) {
  const then = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9);
  return Math.ceil((then.getTime() - now.getTime()) / MINUTE_MS);
}

/** @param {string} wish @param {Date} now @returns {number} minutes from now */
function minutesOf(wish, now) {
  if (wish === 'hour') return 60;
  if (wish === 'three') return 180;
  // From Monday to the next one.
  return untilNine(now, wish === 'tomorrow' ? 1 : ((8 - now.getDay()) % 7 || 7));
}

async function refresh() {
  refreshQueue();
  await refreshConversation();
}

/** @param {string} wish */
export const snooze = (wish) =>
  trying(async () => {
    if (!shown.open) return;
    await act('PUT', `/v1/staff/conversations/${shown.open}/snooze`, { minutes: minutesOf(wish, new Date()) });
    await refresh();
  });

export const wake = () =>
  trying(async () => {
    if (!shown.open) return;
    await act('DELETE', `/v1/staff/conversations/${shown.open}/snooze`);
    await refresh();
  });

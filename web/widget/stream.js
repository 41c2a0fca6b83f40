// @ts-check
// Follows a conversation by server-sent events over fetch, which unlike EventSource can carry the visitor's token; one tab
// reads them and tells the others.

import { lead } from './lead.js';

/** Longest silence: the server sends a comment more often than that. */
const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 30_000;
/** Not a status of HTTP: the connection was broken off to read more. */
const ANEW = -1;

/**
 * @typedef {{ kind: string, data: any, id: number }} Heard
 */

/**
 * Goes on after the last event it got, until stopped.
 * @param {import('./api.js').Api} api
 * @param {string} id of the conversation
 * @param {number} after number of the last event already known
 * @param {(heard: Heard) => void} hear
 * @param {(connected: boolean) => void} changed
 * @returns {() => void} stops following
 */
export function follow(api, id, after, hear, changed) {
  const stopped = new AbortController();
  const others = new BroadcastChannel(`mondo ${api.server}${api.path(id)}`);
  let last = after;
  let isConnected = false;
  let wait = 500;
  /** Number of an event known to every tab, where it is less than what this one knows. */
  let from = Infinity;
  /** Breaks the connection off, where this tab has one. @type {(() => void) | null} */
  let begin = null;
  /** @type {() => void} */
  let hurry = () => {};

  /** @param {boolean} connected */
  const turn = (connected) => {
    isConnected = connected;
    changed(connected);
    others.postMessage({ connected });
  };
  /** @param {Heard} heard */
  const take = (heard) => {
    // What is not kept has no number.
    if (heard.id <= last) return;
    if (heard.id) last = heard.id;
    hear(heard);
  };
  others.addEventListener('message', ({ data: { connected, heard, since } }) => {
    if (heard) take(heard);
    else if (connected !== undefined) changed(connected);
    else if (begin && since < last) {
      // A tab that knows less has come: all is read anew from there, and who knows it leaves it aside.
      from = since;
      begin();
    } else if (begin) others.postMessage({ connected: isConnected });
  });
  const listen = async (/** @type {boolean} */ again, /** @type {AbortSignal} */ over) => {
    const connection = new AbortController();
    let watchdog = setTimeout(() => connection.abort(), SILENCE_MS);
    let isBegunAnew = false;
    begin = () => {
      isBegunAnew = true;
      connection.abort();
    };
    try {
      const signal = AbortSignal.any([over, connection.signal]);
      const headers = { ...(await api.headers(again)), 'last-event-id': String(Math.min(from, last)) };
      const response = await fetch(`${api.server}${api.path(id)}/events`, { headers, signal, credentials: 'omit' });
      if (!response.ok || !response.body) return response.status;
      from = Infinity;
      wait = 500;
      turn(true);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 0;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => connection.abort(), SILENCE_MS);
        const blocks = (text + value).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) tell(block);
      }
    } catch {
      return isBegunAnew ? ANEW : 0;
    } finally {
      clearTimeout(watchdog);
    }
  };
  /** @param {string} block one event */
  const tell = (block) => {
    let kind = 'message';
    let data = '';
    let number = NaN;
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon);
      const value = line.slice(colon + 1).replace(/^ /, '');
      if (name === 'id') number = Number(value);
      if (name === 'event') kind = value;
      if (name === 'data') data += value;
    }
    // Comments keep the connection alive and say nothing.
    if (!data || stopped.signal.aborted) return;
    const heard = { kind, data: JSON.parse(data), id: number };
    others.postMessage({ heard });
    take(heard);
  };
  const run = async (/** @type {AbortSignal} */ over) => {
    let again = false;
    while (!over.aborted) {
      const status = await listen(again, over);
      if (over.aborted) break;
      // What is gone does not come back.
      if (status === 404) break;
      if (status === ANEW) continue;
      again = status === 401;
      turn(false);
      await new Promise((go) => {
        hurry = () => go(undefined);
        over.addEventListener('abort', hurry, { once: true });
        setTimeout(go, wait * (0.5 + Math.random()));
      });
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
    begin = null;
  };
  const online = () => hurry();
  addEventListener('online', online);
  others.postMessage({ since: last });
  lead(`mondo ${api.server}${api.path(id)}`, stopped.signal, run);
  return () => {
    removeEventListener('online', online);
    stopped.abort();
    others.close();
  };
}

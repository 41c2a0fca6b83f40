// @ts-check
// Follows a conversation by server-sent events over fetch, which unlike EventSource can carry the visitor's token.

/** Longest silence: the server sends a comment more often than that. */
const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 30_000;

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
  let last = after;
  let wait = 500;
  /** @type {() => void} */
  let hurry = () => {};

  const listen = async (/** @type {boolean} */ again) => {
    const connection = new AbortController();
    let watchdog = setTimeout(() => connection.abort(), SILENCE_MS);
    try {
      const signal = AbortSignal.any([stopped.signal, connection.signal]);
      const headers = { ...(await api.headers(again)), 'last-event-id': String(last) };
      const response = await fetch(`${api.server}${api.path(id)}/events`, { headers, signal, credentials: 'omit' });
      if (!response.ok || !response.body) return response.status;
      wait = 500;
      changed(true);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 0;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => connection.abort(), SILENCE_MS);
        const blocks = (text + value).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) take(block);
      }
    } finally {
      clearTimeout(watchdog);
    }
  };
  /** @param {string} block one event */
  const take = (block) => {
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
    if (!data || number <= last) return;
    // What is not kept has no number.
    if (number) last = number;
    hear({ kind, data: JSON.parse(data), id: number });
  };
  const run = async () => {
    let again = false;
    while (!stopped.signal.aborted) {
      /** @type {number} */
      const status = await listen(again).catch(() => 0);
      if (stopped.signal.aborted) return;
      // What is gone does not come back.
      if (status === 404) return;
      again = status === 401;
      changed(false);
      await new Promise((go) => {
        hurry = () => go(undefined);
        setTimeout(go, wait * (0.5 + Math.random()));
      });
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  };
  const online = () => hurry();
  addEventListener('online', online);
  run();
  return () => {
    removeEventListener('online', online);
    stopped.abort();
    hurry();
  };
}

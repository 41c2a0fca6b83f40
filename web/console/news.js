// @ts-check
// News by one stream for all the tabs of a browser; one of them reads it and tells the others.

import { at } from './base.js';
import { lead } from '../widget/lead.js';

/**
 * Follows a stream of events, in whichever tab leads.
 * @param {string} path of the stream
 * @param {readonly string[]} kinds of events
 * @param {(kind: string, data: string) => void} hear them, and `open` and `error` of the stream itself
 */
export function follow(path, kinds, hear) {
  const address = at(path);
  const others = new BroadcastChannel(address);
  others.addEventListener('message', ({ data: [kind, data] }) => hear(kind, data));
  const tell = (/** @type {string} */ kind, /** @type {string} */ data) => {
    hear(kind, data);
    others.postMessage([kind, data]);
  };
  lead(address, new AbortController().signal, (over) => {
    return new Promise((ended) => {
      const stream = new EventSource(at(path));
      const end = () => {
        stream.close();
        ended();
      };
      over.addEventListener('abort', end);
      stream.addEventListener('open', () => tell('open', ''));
      stream.addEventListener('error', () => {
        tell('error', '');
        // A broken stream comes back by itself; one that is refused, as it is once the session is over, does not.
        if (stream.readyState === EventSource.CLOSED) end();
      });
      for (const kind of kinds) stream.addEventListener(kind, (event) => tell(kind, event.data));
    });
  });
  // What happened while this page was on its way was told to the others only.
  hear('missed', '');
}

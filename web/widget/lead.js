// @ts-check
// One tab of a browser does what all of them need: over HTTP/1.1 a browser opens six connections to a server, so tabs that
// held one each would soon leave none for anything else.

/**
 * Runs `hold` in one tab at a time: in the first, then in whichever the visitor looks at, since browsers put others to sleep.
 * @param {string} name what is held, the same in every tab
 * @param {AbortSignal} stopped
 * @param {(over: AbortSignal) => Promise<void>} hold ends when its work is done for good, or soon after `over`
 */
export function lead(name, stopped, hold) {
  // Browsers keep locks from pages that came over a line without TLS, other than from this machine.
  if (!navigator.locks) {
    hold(stopped);
    return;
  }
  let leads = false;
  let waiting = new AbortController();

  /** @param {boolean} steal from the tab that leads */
  const request = async (steal) => {
    waiting.abort();
    waiting = new AbortController();
    const over = new AbortController();
    const end = () => over.abort();
    stopped.addEventListener('abort', end);
    const mine = async () => {
      leads = true;
      await hold(over.signal);
    };
    let isDone = true;
    // It fails when another tab steals what this one held, and when this one stops waiting.
    await navigator.locks.request(name, steal ? { steal } : { signal: waiting.signal }, mine).catch(() => {
      isDone = false;
    });
    stopped.removeEventListener('abort', end);
    end();
    if (isDone) document.removeEventListener('visibilitychange', look);
    else if (leads && !stopped.aborted) {
      leads = false;
      request(false);
    }
  };
  const look = () => {
    if (!document.hidden && !leads) request(true);
  };
  document.addEventListener('visibilitychange', look);
  stopped.addEventListener('abort', () => {
    document.removeEventListener('visibilitychange', look);
    waiting.abort();
  });
  request(false);
}

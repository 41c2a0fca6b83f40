// A monitor that begins and ends surges by the signed webhook.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

const SECRET = 'shared with the monitor';

/** What a server needs to believe the monitor. */
export const BELIEVED = { MONDO__HTTP__HOOKS__SURGE_SECRET: SECRET };

/** Tells the server of an incident. @param {string} url of the server @param {object} wish */
export async function tells(url, wish) {
  const body = JSON.stringify(wish);
  const seconds = String(Math.floor(Date.now() / 1000));
  const digits = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-mondo-timestamp': seconds, 'x-mondo-signature': `sha256=${digits}` };
  const response = await fetch(new URL('/v1/hooks/surge', url), { method: 'POST', body, headers });
  assert.equal(response.status, 204, await response.text());
}

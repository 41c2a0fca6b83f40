// More strangers than are served without work: the widget solves what the server asks, and the visitor only waits a moment.

import assert from 'node:assert/strict';
import { before } from 'node:test';
import { launch, stopAfter, story, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';
import { Visitor } from './visitor.mjs';

const QUESTION = 'How long does identity verification take?';

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  const settings = { MONDO__HTTP__LIMITS__PROOF_OF_WORK__ABOVE_PER_MINUTE: '1', MONDO__HTTP__LIMITS__PROOF_OF_WORK__DIGESTS: '20000' };
  server = stopAfter(await startServer({ ...thresholds('0', '0'), ...settings }));
  browser = await launch();
  const opened = await fetch(`${server.url}v1/conversations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  assert.equal(opened.status, 201, 'the one that is served without work');
});

story(
  'a visitor is answered though the server asks for work',
  () => Visitor.arrives(browser, server.url),
  async (visitor) => {
    /** @type {number[]} */
    const statuses = [];
    /** @type {(string | undefined)[]} */
    const proofs = [];
    visitor.page.on('response', (response) => {
      if (!response.url().endsWith('/v1/conversations')) return;
      statuses.push(response.status());
      proofs.push(response.request().headers()['mondo-proof']);
    });
    await visitor.asks(QUESTION);
    assert.deepEqual(statuses, [429, 201]);
    assert.equal(proofs[0], undefined);
    const proof = JSON.parse(Buffer.from(proofs[1] ?? '', 'base64').toString());
    assert.ok(proof.number >= 0 && proof.number <= proof.maxnumber);
    // The conversation goes on without.
    await visitor.asks('and what does it cost?');
    assert.equal(statuses.length, 2);
  },
  /429/,
);

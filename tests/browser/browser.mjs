// What the browser tests share: Chromium, servers, and stories that end with a browser that has nothing to complain of.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { LANGUAGES, Visitor } from './visitor.mjs';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const STORY_LIMIT_MS = 90_000;
const PICTURE_LIMIT_MS = 20_000;
/** How many times slower than this machine the pages are to be. */
const SLOWNESS = Number(process.env.SLOWNESS ?? 1);

/** @type {(() => Promise<void>)[]} */
const endings = [];
after(async () => {
  const ended = await Promise.allSettled(endings.reverse().map((end) => end()));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
});

/** Stops something when the tests of the file are over. @template {{ stop: () => Promise<void> }} T @param {T} started @returns {T} */
export function stopAfter(started) {
  endings.push(started.stop);
  return started;
}

/** Each launch has a new user-data folder, removed when the browser closes. */
export async function launch() {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  endings.push(() => browser.close());
  if (SLOWNESS > 1) slowDown(browser);
  return browser;
}

/** Makes pages slow and replies late, each by another time, so that a test that does not wait for what it reads is found out. @param {import('playwright-core').Browser} browser */
function slowDown(browser) {
  const opens = browser.newContext.bind(browser);
  browser.newContext = async (profile) => {
    const context = await opens(profile);
    context.on('page', async (page) => {
      // A page may close before it has been slowed down.
      const session = await context.newCDPSession(page).catch(() => null);
      await session?.send('Emulation.setCPUThrottlingRate', { rate: SLOWNESS }).catch(() => {});
    });
    await context.route('**', async (route) => {
      await setTimeout(Math.random() * SLOWNESS * 50);
      await route.continue().catch(() => {});
    });
    return context;
  };
}

/** Something to wait for, and what ends the waiting. */
export function barrier() {
  /** @type {() => void} */
  let release = () => {};
  const released = new Promise((done) => {
    release = () => done(undefined);
  });
  return { released, release };
}

/** The width of a picture itself, once it is there; looked up each time, since a page may draw it anew meanwhile. @param {import('playwright-core').Locator} picture */
export async function widthOf(picture) {
  const until = Date.now() + PICTURE_LIMIT_MS;
  while (Date.now() < until) {
    // In one step, and by the page itself: what is drawn anew between two is attached no longer.
    const width = await picture.evaluate((image) => {
      image.scrollIntoView({ block: 'nearest' });
      return /** @type {HTMLImageElement} */ (image).naturalWidth;
    });
    if (width > 0) return width;
    await setTimeout(50);
  }
  throw new Error(`the picture did not come within ${PICTURE_LIMIT_MS} ms`);
}

/** Thresholds of how sure the bot must be, so that what is tested is the page. @param {string} answer @param {string} clarify */
export const thresholds = (answer, clarify) => ({
  ...Object.fromEntries(LANGUAGES.map((code) => [`MONDO__THRESHOLDS__ANSWER__${code.toUpperCase()}`, answer])),
  MONDO__THRESHOLDS__CLARIFY: clarify,
  MONDO__THRESHOLDS__OPTION_SHARE: '0',
});

/**
 * Tests what one visitor lives through, and that the browser had nothing to complain of.
 * @param {string} name
 * @param {() => Promise<Visitor>} arrive
 * @param {(visitor: Visitor) => Promise<void>} live
 * @param {RegExp} [expectedFault] what the browser may complain of
 */
export function story(name, arrive, live, expectedFault) {
  test(name, { timeout: STORY_LIMIT_MS }, async () => {
    const visitor = await arrive();
    try {
      await live(visitor);
      const faults = visitor.faults.filter((fault) => !expectedFault?.test(fault));
      assert.deepEqual(faults, [], 'the browser reports no errors');
    } catch (error) {
      await visitor.shows(`failed ${name.replaceAll('/', ' ')}`);
      throw error;
    } finally {
      await visitor.leaves();
    }
  });
}

// What the widget costs a page, measured in one run: node tests/browser/figures.mjs, with MONDO_BINARY as in tests/browser/run.
// The same page is loaded with and without the widget in turn, on a processor slowed down four times, and medians are told.

import { chromium } from 'playwright-core';
import { startHosts } from './hosts.mjs';
import { startServer } from './server.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SLOWDOWN = 4;

const mondo = await startServer({});
const hosts = await startHosts(mondo.url);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

/** Loads a page in a fresh profile. @param {string} path @param {boolean} hasWidget */
async function measure(path, hasWidget) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  let requests = 0;
  await session.send('Network.enable');
  session.on('Network.loadingFinished', (event) => {
    bytes += event.encodedDataLength;
    requests += 1;
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await page.addInitScript(() => {
    const seen = ((/** @type {any} */ (window)).seen = { shift: 0, blocking: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += /** @type {any} */ (entry).value;
    }).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.blocking += Math.max(0, entry.duration - 50);
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(new URL(path, hosts.url).href, { waitUntil: 'networkidle' });
  if (hasWidget) await page.locator('#launcher').waitFor();
  const seen = await page.evaluate(() => {
    const { shift, blocking } = (/** @type {any} */ (window)).seen;
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
    const timing = /** @type {PerformanceNavigationTiming} */ (performance.getEntriesByType('navigation')[0]);
    return { paint, shift, blocking, interactive: timing.domInteractive };
  });
  const before = { bytes, requests };
  let opening = 0;
  let chat = 0;
  if (hasWidget) {
    opening = await page.evaluate(async () => {
      const began = performance.now();
      const element = /** @type {any} */ (document.querySelector('mondo-chat'));
      element.shadowRoot.querySelector('#launcher').click();
      await element.loading;
      await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
      return performance.now() - began;
    });
    await page.locator('#examples button').first().waitFor();
    chat = bytes - before.bytes;
  }
  await context.close();
  return { ...seen, ...before, opening, chat };
}

/** @type {Record<string, Awaited<ReturnType<typeof measure>>[]>} */
const rounds = { without: [], with: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  // In turn, so that whatever else the machine does falls on both.
  rounds.without.push(await measure('bare', false));
  rounds.with.push(await measure('isolated', true));
}
const manifest = await (await fetch(`${mondo.url}widget/v1/manifest.json`)).json();
/** @param {(file: string) => boolean} wanted @param {'gzip' | 'brotli'} form */
const weight = (wanted, form) =>
  Object.entries(manifest.files).reduce((sum, [name, file]) => sum + (wanted(name) ? /** @type {any} */ (file)[form] : 0), 0);
/** @param {string} name */
const isLoader = (name) => name === 'widget.js';
/** @param {string} name */
const isNeeded = (name) => !['theme.js', 'widget.mjs', 'after.js', 'nudge.js', 'files.js', 'sheet.js', 'transcript.js', 'article.js', 'people.js', 'talks.js', 'reach.js', 'place.js'].includes(name) && (!name.startsWith('words/') || name === 'words/zh-Hant.json');

/** @param {'paint' | 'interactive' | 'shift' | 'blocking' | 'bytes' | 'requests' | 'opening' | 'chat'} figure @param {number} [digits] */
const row = (figure, digits = 0) => ['without', 'with'].map((which) => median(rounds[which].map((one) => one[figure])).toFixed(digits));
console.log(`medians of ${ROUNDS} rounds, processor slowed ${SLOWDOWN} times, page without and with the widget:`);
for (const [name, [without, withWidget]] of /** @type {[string, string[]][]} */ ([
  ['first contentful paint, ms', row('paint')],
  ['document interactive, ms', row('interactive')],
  ['cumulative layout shift', row('shift', 4)],
  ['total blocking time, ms', row('blocking')],
  ['bytes before a click', row('bytes')],
  ['requests before a click', row('requests')],
])) {
  console.log(`  ${name.padEnd(28)} ${without.padStart(8)} ${withWidget.padStart(8)}`);
}
console.log(`  from click to a panel that can be typed in: ${row('opening')[1]} ms, ${row('chat')[1]} bytes over the wire with headers`);
console.log(`  loader: ${weight(isLoader, 'gzip')} bytes gzip, ${weight(isLoader, 'brotli')} brotli`);
console.log(`  all that is needed to talk, one locale: ${weight(isNeeded, 'gzip')} bytes gzip, ${weight(isNeeded, 'brotli')} brotli`);

await browser.close();
await hosts.stop();
await mondo.stop();

// Weight and speed of the pages as a browser meets them: requests, transferred bytes, first and largest contentful paint,
// layout shift, total blocking time. On this machine, and on one four times slower behind a line of 1.6 Mbit/s and 150 ms.
//
//   node tests/browser/weights.mjs BINARY [BINARY…]
//
// Several binaries are measured in turns in one run, each page three times; the median is told.

import { resolve } from 'node:path';
import { startServer } from './server.mjs';
import { launch, thresholds } from './browser.mjs';

const ROUNDS = 3;
const SLOW_LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOW_PROCESSOR = 4;
/** How long a page is left to itself before its figures are read. */
const REST_MS = { quick: 1_500, slow: 5_000 };
const PAGES = { chat: '/', help: '/help/en/', article: '/help/en/withdrawal-fees', verify: '/help/en/verify', 'console sign-in': '/console/sign-in' };

/** Notes what the page itself tells of its paints, shifts and long tasks. */
function watch() {
  const seen = { fcp: 0, lcp: 0, cls: 0, tbt: 0 };
  Object.assign(window, { seen });
  /** @param {string} type @param {(entry: any) => void} note */
  const on = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  on('paint', (entry) => entry.name === 'first-contentful-paint' && (seen.fcp = entry.startTime));
  on('largest-contentful-paint', (entry) => (seen.lcp = entry.startTime));
  on('layout-shift', (entry) => entry.hadRecentInput || (seen.cls += entry.value));
  on('longtask', (entry) => (seen.tbt += Math.max(0, entry.duration - 50)));
}

/** @param {import('playwright-core').Browser} browser @param {string} url @param {boolean} isSlow */
async function measure(browser, url, isSlow) {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  if (isSlow) {
    await session.send('Network.emulateNetworkConditions', SLOW_LINE);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW_PROCESSOR });
  }
  let [requests, bytes] = [0, 0];
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    requests += 1;
    bytes += encodedDataLength;
  });
  await page.addInitScript(watch);
  const reply = await page.goto(url, { waitUntil: 'load' });
  if (!reply?.ok()) throw new Error(`${url}: ${reply?.status()}`);
  await page.waitForTimeout(isSlow ? REST_MS.slow : REST_MS.quick);
  const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
  await context.close();
  return { requests, bytes, ...seen };
}

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

const binaries = process.argv.slice(2);
if (binaries.length === 0) {
  console.error('name a program: node tests/browser/weights.mjs target/release/mondo');
  process.exit(2);
}
const browser = await launch();
const servers = [];
for (const binary of binaries) servers.push(await startServer(thresholds('0.7', '0.3'), undefined, resolve(binary)));
console.log('| page | program | requests | bytes | FCP ms, quick / slow | LCP ms | CLS | TBT ms |\n|---|---|---|---|---|---|---|---|');
for (const [name, path] of Object.entries(PAGES)) {
  /** @type {any[][][]} by program, quick or slow, round */
  const all = binaries.map(() => [[], []]);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [place, server] of servers.entries()) {
      for (const slow of [0, 1]) all[place]?.[slow]?.push(await measure(browser, new URL(path, server.url).href, slow === 1));
    }
  }
  for (const [place, binary] of binaries.entries()) {
    /** @param {number} slow @param {string} key @param {number} [digits] */
    const figure = (slow, key, digits = 0) => median((all[place]?.[slow] ?? []).map((one) => one[key])).toFixed(digits);
    const both = (/** @type {string} */ key, digits = 0) => `${figure(0, key, digits)} / ${figure(1, key, digits)}`;
    console.log(`| ${name} | ${binary} | ${figure(0, 'requests')} | ${figure(0, 'bytes')} | ${both('fcp')} | ${both('lcp')} | ${both('cls', 3)} | ${both('tbt')} |`);
  }
}
for (const server of servers) await server.stop();
await browser.close();

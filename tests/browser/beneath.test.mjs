// A server beneath a path of another site, behind nginx: every link of every kind of page leads somewhere beneath it, and a
// visitor and an agent talk there as anywhere.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { launch, stopAfter, thresholds } from './browser.mjs';
import { freePort, startProxy } from './proxy.mjs';
import { startServer } from './server.mjs';
import { Visitor } from './visitor.mjs';

const STORY_LIMIT_MS = 180_000;
const BASE = '/support';
/** Pages of one kind look alike: so many of those beside each other are read. */
const MOST_OF_A_KIND = 40;

/** @type {import('./server.mjs').Server} */
let server;
/** Where visitors reach it. @type {string} */
let address;
/** Where a proxy takes the path off before it passes a request on. @type {string} */
let stripped;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  const [port, strippedPort] = [await freePort(), await freePort()];
  address = `http://127.0.0.1:${port}${BASE}/`;
  stripped = `http://127.0.0.1:${strippedPort}${BASE}/`;
  server = stopAfter(await startServer({ ...thresholds('0', '0'), MONDO__HTTP__SITE__ADDRESS: address }, 'tests/knowledge'));
  const passes = (/** @type {string} */ to) => `
    location / { return 404; }
    location ${BASE}/ {
      proxy_pass ${to};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }`;
  stopAfter(await startProxy({ [port]: passes(server.url.replace(/\/$/, '')), [strippedPort]: passes(server.url) }));
  browser = await launch();
});

/**
 * Follows every link and reads every file, from some pages on.
 * @param {import('playwright-core').APIRequestContext} reader
 * @param {string} from
 * @param {string[]} first
 */
async function crawl(reader, from, first) {
  const { origin } = new URL(from);
  const waiting = first.map((path) => ({ address: new URL(path, from).href, by: 'the test' }));
  const read = new Set();
  /** @type {Map<string, number>} */
  const kinds = new Map();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const page = next.address.replace(/#.*/, '');
    const kind = page.replace(/\?.*/, '').replace(/[^/]*$/, '');
    const seen = kinds.get(kind) ?? 0;
    // Every script of the console is read, whatever their number.
    if (read.has(page) || (seen >= MOST_OF_A_KIND && !/\.(js|css|svg)$/.test(page))) continue;
    kinds.set(kind, seen + 1);
    read.add(page);
    const response = await reader.get(page);
    assert.equal(response.status(), 200, `${page} from ${next.by}`);
    assert.ok(response.url().startsWith(from) || response.url() === from.slice(0, -1), `${page} leads to ${response.url()}`);
    const type = response.headers()['content-type'] ?? '';
    const text = await response.text();
    /** @type {string[]} */
    let links = [];
    if (type.startsWith('text/html')) links = [...text.matchAll(/<[a-z][^>]*? (?:href|src|action|data-logo)="([^"]*)"/g)].map(([, link]) => link ?? '');
    // Modules that scripts load, and what style sheets show.
    if (type.startsWith('text/javascript')) links = [...text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)].map(([, link]) => link ?? '');
    if (type.startsWith('application/manifest')) {
      const { start_url: start, scope, icons } = JSON.parse(text);
      links = [start, scope, ...icons.map((/** @type {{ src: string }} */ { src }) => src)];
    }
    for (const link of links) {
      const to = new URL(link.replaceAll('&amp;', '&'), response.url());
      if (to.origin !== origin) {
        assert.ok(!link.startsWith('/'), `${page}: ${link}`);
        continue;
      }
      assert.ok(to.pathname === BASE || to.pathname.startsWith(`${BASE}/`), `${page}: ${link}`);
      // A form that only takes what is written into it is not opened by its address.
      const isForm = text.includes(`action="${link}"`);
      if (!isForm) waiting.push({ address: to.href, by: page });
    }
  }
  return [...read].map((page) => page.slice(from.length - 1));
}

test('every link of the public pages leads somewhere beneath the path', { timeout: STORY_LIMIT_MS }, async () => {
  const { request } = await browser.newContext({ locale: 'en-US' });
  for (const from of [address, stripped]) {
    // The proxy that takes the path off listens on another port than the address says: its canonical links lead away.
    const read = await crawl(request, from, ['', 'help/en/', 'verify', 'handbook']);
    for (const place of ['/help/en/', '/help/ja/', '/handbook/proxy', '/assets/help.js', '/widget/v1/widget.js']) assert.ok(read.includes(place), place);
  }
});

test('a visitor and an agent talk beneath the path', { timeout: STORY_LIMIT_MS }, async () => {
  const password = await server.hire('sora@example.com', 'Sora', 'admin');
  const visitor = await Visitor.arrives(browser, address);
  const sora = await Agent.arrives(browser, address, { locale: 'en-US', language: 'en' });
  await sora.signsIn('sora@example.com', password);
  assert.ok(sora.page.url().startsWith(`${address}console`), sora.page.url());

  const question = 'When do you open?';
  const reply = await visitor.asks(question);
  const source = await reply.locator('a').first().getAttribute('href');
  assert.ok(source?.startsWith(`${address}help/en/`), source ?? 'no source');
  await visitor.asksForPerson('en', 'I need a person');
  const status = await visitor.banner.getByRole('link').first().getAttribute('href');
  assert.ok(status?.startsWith(`${address}t/`), status ?? 'no status page');
  // By live events, at both ends.
  await sora.opens(question);
  await sora.button('claim').click();
  await sora.field.waitFor();
  await visitor.seesMessage('system', 'Sora');
  await sora.field.fill('We open at nine.');
  await sora.field.press('Control+Enter');
  await visitor.seesMessage('agent', 'We open at nine.');
  await visitor.says('Thank you');
  await sora.seesMessage('visitor', 'Thank you');

  const cookies = await sora.page.context().cookies(address);
  assert.deepEqual([...new Set(cookies.map(({ path }) => path))], [BASE]);
  assert.deepEqual(await sora.page.context().cookies(new URL('/', address).href), [], 'the site around it is sent no cookie');
  const read = await crawl(sora.page.context().request, address, ['console', status]);
  for (const place of ['/console/tickets', '/console/people', '/console/settings', '/assets/console/desk.js', '/assets/widget/lead.js', '/assets/console/manifest.webmanifest', '/assets/status.js']) {
    assert.ok(read.includes(place), `${place}: ${read}`);
  }

  await sora.page.locator('#menu > summary').click();
  await sora.page.locator('#sign-out').click();
  await sora.page.waitForURL(`${address}console/sign-in`);
  await sora.page.goto(`${address}console`);
  await sora.page.waitForURL(`${address}console/sign-in`);
  sora.contented();
  assert.deepEqual(visitor.faults, []);
  await Promise.all([sora.leaves(), visitor.leaves()]);
});

test('help pages search and embed the widget beneath the path', { timeout: STORY_LIMIT_MS }, async () => {
  const visitor = await Visitor.comes(browser, address, 'help/en/');
  await visitor.page.locator('#q').fill('return');
  const found = visitor.page.locator('#found a').first();
  await found.waitFor();
  const link = new URL((await found.getAttribute('href')) ?? '', visitor.page.url());
  assert.ok(link.href.startsWith(`${address}help/en/`), link.href);
  await found.click();
  await visitor.page.waitForURL(link.href);
  await visitor.page.locator('mondo-chat #launcher').click();
  // The page has a field of its own to ask in.
  await visitor.replyTo(() => visitor.page.locator('#examples button').first().click());
  assert.deepEqual(visitor.faults, []);
  await visitor.leaves();
});

// Pages of authors hold from the narrowest screen to the widest: nothing sticks out of its card, nothing scrolls sideways.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';

const STORY_LIMIT_MS = 240_000;
const WIDTHS = [320, 360, 480, 768, 1024, 1280, 1440, 1920, 2560];
/** What is hard to fit: a wide table, a long line of code, a word without end, steps within steps. */
const BODY = [
  '| Destination | Standard delivery | Express delivery | Customs declaration | Insurance included | Weekend |',
  '|---|---|---|---|---|---|',
  '| South-East-Asia-and-Oceania | 12 to 18 working days | 3 to 5 working days | required above 100 | up to 500 | not available |',
  '',
  '```sh',
  `mondo kb import markdown /srv/help/site --into /srv/help/knowledge_base --report /srv/help/losses-${'x'.repeat(80)}.json`,
  '```',
  '',
  `https://shop.example/${'a'.repeat(90)}`,
  '',
  `Donau${'dampfschiff'.repeat(12)}`,
  '',
  '1. First',
  '   - Inner',
  '     1. Innermost with a sentence that needs more than a line on a narrow screen',
  '',
  '> [!TIP]',
  '> A box.',
].join('\n');

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;
let password = '';

before(async () => {
  server = stopAfter(await startServer(thresholds('0', '0'), 'tests/knowledge'));
  browser = await launch();
  password = await server.hire('ada@example.com', 'Ada', 'admin');
});

/** @param {string} locale @param {string} language */
async function author(locale, language) {
  const ada = await Agent.arrives(browser, server.url, { locale, language });
  await ada.signsIn('ada@example.com', password);
  return ada;
}

/**
 * What sticks out: of the window, of the part that scrolls, of its card. What scrolls by itself within a card may be wider.
 * @param {import('playwright-core').Page} page
 */
function overhang(page) {
  return page.evaluate(() => {
    /** @type {string[]} */
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) found.push(`the page is ${root.scrollWidth} px wide`);
    const main = document.querySelector('main');
    if (main && main.scrollWidth > main.clientWidth + 1) found.push(`main is ${main.scrollWidth} px wide in ${main.clientWidth}`);
    /** @param {Element} inner @param {Element} card */
    const scrollsWithin = (inner, card) => {
      for (let at = inner.parentElement; at; at = at.parentElement) {
        if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(at).overflowX)) return true;
        if (at === card) return false;
      }
      return false;
    };
    for (const card of document.querySelectorAll('.card, .preview, article, main > table, main > form')) {
      const frame = card.getBoundingClientRect();
      if (frame.width === 0) continue;
      if (frame.right > innerWidth + 1 || frame.left < -1) found.push(`${card.tagName}.${card.className} reaches from ${Math.round(frame.left)} to ${Math.round(frame.right)}`);
      for (const inner of card.querySelectorAll('*')) {
        const box = inner.getBoundingClientRect();
        // What is there for readers of screens alone has one pixel.
        if (box.width <= 1 || box.height <= 1 || scrollsWithin(inner, card)) continue;
        if (box.right > frame.right + 1 || box.left < frame.left - 1) {
          found.push(`${inner.tagName}[${inner.getAttribute('name') ?? inner.className}] reaches ${Math.round(box.right - frame.right)} px out of ${card.tagName}.${card.className}`);
        }
      }
    }
    return found.slice(0, 6);
  });
}

/** @param {import('playwright-core').Page} page @param {string} what */
async function holdsAtEveryWidth(page, what) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await overhang(page), [], `${what} at ${width} px`);
  }
}

/** @param {string} name @param {() => Promise<void>} live */
const story = (name, live) => test(name, { timeout: STORY_LIMIT_MS }, live);

for (const [locale, language] of [['en-US', 'en'], ['ja-JP', 'ja'], ['ko-KR', 'ko'], ['zh-CN', 'zh']]) {
  story(`the pages of authors hold from 320 to 2560 px, ${language}`, async () => {
    const ada = await author(String(locale), String(language));
    for (const path of ['/console/knowledge', '/console/categories', '/console/new-article', '/console/proposals', '/console/start']) {
      await ada.goes(path);
      await holdsAtEveryWidth(ada.page, path);
    }
    await ada.leaves();
  });
}

story('the editor holds from 320 to 2560 px with everything open, and so does the article', async () => {
  const ada = await author('en-US', 'en');
  await ada.goes('/console/knowledge/shipping-time');
  await holdsAtEveryWidth(ada.page, 'the editor');
  const english = ada.page.locator('form[data-language=en]');
  await english.locator('[name=body]').fill(BODY);
  await english.locator('[data-preview]').click();
  await english.locator('.preview table').waitFor();
  await english.locator('[data-check]').click();
  await english.locator('.faults, .fine').first().waitFor();
  await english.locator('[data-try]').click();
  await english.locator('[data-questions]').fill('How long does it take?');
  await english.locator('[data-ask]').click();
  await english.locator('.trials li').waitFor();
  await ada.page.locator('summary', { hasText: 'article.toml' }).click();
  await holdsAtEveryWidth(ada.page, 'the editor with everything open');
  await ada.page.setViewportSize({ width: 360, height: 900 });
  await ada.shows('editor-360');
  await english.locator('button[type=submit]').click();
  await english.locator('[data-part=told]', { hasText: ada.words.saved }).waitFor();
  // It is served as soon as it is read.
  for (;;) {
    await ada.goes('/help/en/shipping-time');
    if (await ada.page.locator('article table').count()) break;
    await setTimeout(250);
  }
  await holdsAtEveryWidth(ada.page, 'the article');
  await ada.leaves();
});

story('a category gets a name and a place, and visitors read it', async () => {
  const ada = await author('en-US', 'en');
  await ada.goes('/console/categories');
  await hindersNobody(ada, 'the categories');
  const last = ada.page.locator('form[data-category]').last();
  const code = (await last.getAttribute('data-category')) ?? '';
  await last.locator('[name=en]').fill('Odds and ends');
  await last.locator('[name=place]').fill('0');
  await last.locator('button').click();
  // The page is read anew, in the new order.
  await ada.page.locator('form[data-category]').first().locator('[name=en][value="Odds and ends"]').waitFor();
  assert.equal(await ada.page.locator('form[data-category]').first().getAttribute('data-category'), code);
  await ada.shows('categories');
  const first = ada.page.locator('form[data-category]').first();
  for (const language of ['en', 'zh', 'ja', 'ko']) await first.locator(`[name=${language}]`).fill('');
  await first.locator('button').click();
  await ada.page.getByText(ada.words.categoryNameNeeded).waitFor();
  await ada.goes('/console/knowledge');
  await ada.page.locator('#category option', { hasText: 'Odds and ends' }).waitFor({ state: 'attached' });
  await ada.goes('/help/en/');
  await ada.page.getByText('Odds and ends').first().waitFor();
  await ada.leaves();
});

story('the first steps show what the bot says and the bubble as it will look', async () => {
  const ada = await author('en-US', 'en');
  await ada.goes('/console/start');
  assert.ok((await ada.page.locator('#answers .trials li').count()) >= 8);
  await ada.page.locator('#hear [name=questions]').fill('How long is your shipping?\nhow many moons does Jupiter have');
  await ada.page.locator('#hear button').click();
  await ada.page.waitForFunction(() => document.querySelectorAll('#answers .trials li').length === 2);
  await ada.page.locator('#answers .trials li', { hasText: 'Jupiter' }).waitFor();
  const tag = ada.page.locator('#tag');
  assert.match((await tag.textContent()) ?? '', /^<script async src="http:\/\/\S+\/widget\/v1\/widget\.js"><\/script>$/);
  await ada.page.locator('#look [name=color]').fill('#aa2200');
  await ada.page.locator('#look [name=side]').selectOption('left');
  assert.match((await tag.textContent()) ?? '', / data-color="#aa2200" data-side="left">/);
  // The bubble stands there, on that side and in that colour.
  const launcher = ada.page.locator('mondo-chat [part=launcher]');
  await ada.page.waitForFunction(() => {
    const chat = document.querySelector('mondo-chat');
    const inner = chat?.shadowRoot?.querySelector('[part=launcher]');
    return inner && getComputedStyle(inner).backgroundColor === 'rgb(170, 34, 0)' && inner.getBoundingClientRect().left < 100;
  });
  await hindersNobody(ada, 'the first steps');
  await ada.page.locator('#show').click();
  await ada.page.locator('mondo-chat textarea').first().waitFor();
  assert.ok(await launcher.count());
  await ada.shows('first-steps');
  ada.contented();
  await ada.leaves();
});

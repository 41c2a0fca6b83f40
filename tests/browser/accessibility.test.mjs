// For everybody: by keyboard alone, by screen reader, at 400 %, in forced colours, in both themes.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, story, thresholds } from './browser.mjs';
import { startHosts } from './hosts.mjs';
import { startServer } from './server.mjs';
import { LANGUAGES, TAGS, Visitor, WORDS } from './visitor.mjs';
import { brandSheet, contrast, readableOn, readColour } from '../../web/widget/theme.js';

const QUESTION = { en: 'How long does identity verification take?', zh: '身份认证要审核多久', ja: '本人確認にはどのくらいかかりますか', ko: '본인 인증은 얼마나 걸리나요?' };

/** @type {import('./server.mjs').Server} */
let mondo;
/** @type {{ url: string, stop: () => Promise<void> }} */
let hosts;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  mondo = stopAfter(await startServer(thresholds('0', '0')));
  hosts = stopAfter(await startHosts(mondo.url));
  browser = await launch();
});

/** @param {string} path @param {import('./visitor.mjs').Profile} [profile] */
const at = (path, profile) => () => Visitor.comes(browser, hosts.url, path, profile);
/** @param {string} path @param {import('./visitor.mjs').Profile} [profile] */
const help = (path, profile) => () => Visitor.comes(browser, mondo.url, path, profile);

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const language of LANGUAGES) {
    story(`axe finds nothing in the widget, ${language}, ${colorScheme}`, at('plain', { colorScheme }), async (visitor) => {
      const { page } = visitor;
      await page.locator('#launcher').waitFor();
      await hindersNobody(visitor, 'the launcher');
      await page.evaluate((tag) => /** @type {any} */ (window).Mondo('setLocale', tag), TAGS[language]);
      await page.locator('#launcher').click();
      await visitor.seesWords(language);
      await page.locator('#examples button').first().waitFor();
      await hindersNobody(visitor, 'the greeting');
      await visitor.shows(`bubble-welcome-${language}-${colorScheme}`);
      const reply = await visitor.asks(QUESTION[language]);
      await visitor.readsOn(reply, language);
      await reply.getByRole('button', { name: WORDS[language].notHelpful, exact: true }).click();
      await reply.getByText(WORDS[language].why).waitFor();
      await hindersNobody(visitor, 'an answer');
      await visitor.shows(`bubble-answer-${language}-${colorScheme}`);
      await visitor.person.click();
      await page.locator('.sheet').waitFor();
      await hindersNobody(visitor, 'the hand-over');
      await visitor.shows(`bubble-sheet-${language}-${colorScheme}`);
      await page.keyboard.press('Escape');
      await visitor.asksForPerson(language, '?');
      await visitor.log.locator('> .message.system').waitFor();
      await hindersNobody(visitor, 'a ticket');
    });
  }

  story(`axe finds nothing on the help pages, ${colorScheme}`, help('help/en/', { colorScheme }), async (visitor) => {
    for (const path of ['help/en/', 'help/ja/topic/identity', 'help/ko/identity-time', 'help/zh-Hant/identity-time', 'help/zh/search?q=%E6%8F%90%E5%B8%81', 'help/en/ask', 'help/en/write', 'help/ja/verify?q=kumora.example', '']) {
      await visitor.opens(path);
      await hindersNobody(visitor, path);
      await visitor.shows(`page-${path.replaceAll(/\W/g, '-')}-${colorScheme}`);
    }
  });
}

story('everything can be done by keyboard alone', at('plain'), async (visitor) => {
  const { page } = visitor;
  const { keyboard } = page;
  /** What has the focus, through the shadow. */
  const focused = () => page.evaluate(() => {
    const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
    return inner?.id || inner?.textContent || '';
  });
  await page.locator('#launcher').waitFor();
  /** @param {(name: string) => boolean} wanted @param {string} [key] */
  const walksTo = async (wanted, key = 'Tab') => {
    for (let step = 0; step < 40; step += 1) {
      if (wanted(await focused())) return;
      await keyboard.press(key);
    }
    assert.fail('the focus never came there');
  };
  await walksTo((name) => name === 'launcher');
  await keyboard.press('Enter');
  await visitor.field.waitFor();
  await page.waitForFunction(() => document.activeElement?.shadowRoot?.activeElement?.id === 'text');
  await visitor.replyTo(async () => {
    await keyboard.type(QUESTION.en);
    await keyboard.press('Enter');
  });
  assert.equal(await focused(), 'text', 'the next question can be typed at once');
  await walksTo((name) => name === WORDS.en.more, 'Shift+Tab');
  await keyboard.press('Enter');
  await visitor.log.locator('.long').first().waitFor();
  await walksTo((name) => name === 'person');
  await keyboard.press('Enter');
  await page.locator('.sheet').waitFor();
  assert.equal(await focused(), 'field-reason');
  // The focus stays in the dialog: what lies behind it is inert.
  for (let step = 0; step < 12; step += 1) {
    await keyboard.press('Tab');
    assert.notEqual(await focused(), 'text');
  }
  await walksTo((name) => name === 'field-reason');
  await keyboard.press('Escape');
  await page.locator('.sheet').waitFor({ state: 'detached' });
  assert.equal(await focused(), 'person', 'the focus returns to where it was');
  assert.ok(await page.locator('#panel').isVisible(), 'one escape closes one thing');
  await keyboard.press('Escape');
  await page.locator('#panel').waitFor({ state: 'hidden' });
  assert.equal(await focused(), 'launcher');
});

story('a screen reader hears what is said, in its language', at('plain'), async (visitor) => {
  const { page } = visitor;
  await page.evaluate(() => /** @type {any} */ (window).Mondo('setLocale', 'ja'));
  await page.locator('#launcher').click();
  await visitor.seesWords('ja');
  const log = page.getByRole('log', { name: WORDS.ja.conversation });
  await log.waitFor({ state: 'attached' });
  await page.getByRole('button', { name: WORDS.ja.send, exact: true }).waitFor();
  await page.getByRole('dialog', { name: `Kumora ${WORDS.ja.title}` }).getByRole('button', { name: WORDS.ja.close, exact: true }).waitFor();
  await page.getByRole('textbox', { name: WORDS.ja.placeholder }).waitFor();
  await page.getByRole('combobox', { name: WORDS.ja.language }).waitFor();
  const reply = await visitor.asks(QUESTION.ja);
  assert.equal(await reply.getAttribute('lang'), 'ja');
  assert.match(await reply.locator('.unseen').first().innerText(), /Kumora アシスタント/);
});

for (const [zoom, width, height] of [[200, 640, 512], [400, 320, 256]]) {
  story(`at ${zoom} % everything can be reached without scrolling sideways`, at('plain', { viewport: { width, height } }), async (visitor) => {
    const { page } = visitor;
    await page.locator('#launcher').click();
    await page.locator('#examples button').first().waitFor();
    const reply = await visitor.asks(QUESTION.en);
    await reply.getByRole('button', { name: WORDS.en.helpful, exact: true }).click();
    await visitor.scrollsOnlyDown('the conversation');
    await visitor.shows(`zoom-${zoom}`);
    await visitor.asksForPerson('en', 'please');
    await visitor.scrollsOnlyDown('the ticket');
    await visitor.page.locator('#close').click();
    await page.locator('#panel').waitFor({ state: 'hidden' });
  });
}

story('nothing moves for those who asked for stillness', at('plain', { reducedMotion: 'reduce' }), async (visitor) => {
  await visitor.page.locator('#launcher').click();
  await visitor.field.waitFor();
  const moving = await visitor.page.locator('#panel').evaluate((panel) => [panel, ...panel.querySelectorAll('*')].filter((node) => getComputedStyle(node).animationName !== 'none').length);
  assert.equal(moving, 0);
});

story('borders stay where colours are forced', at('plain', { forcedColors: 'active' }), async (visitor) => {
  await visitor.page.locator('#launcher').click();
  const reply = await visitor.asks(QUESTION.en);
  const width = await reply.locator('.bubble').evaluate((node) => getComputedStyle(node).borderTopWidth);
  assert.equal(width, '1px');
  await visitor.shows('forced-colours');
});

test('a brand colour is mended until it can be read', () => {
  for (const colour of ['#ffcc00', '#0f0', '#123456', '#ffffff', '#000000', '#ff69b4']) {
    const brand = readColour(colour);
    assert.ok(brand, colour);
    for (const ground of /** @type {[number, number, number][]} */ ([[255, 255, 255], [22, 51, 47]])) {
      assert.ok(contrast(readableOn(brand, ground), ground) >= 4.5, `${colour} on ${ground}`);
    }
    assert.match(brandSheet(colour), /--mondo-accent: rgb/);
  }
  assert.equal(readColour('url(evil)'), null);
  assert.equal(brandSheet('red; } * { display: none'), '');
});

// A visitor in a fresh browser profile: what one does on the page, and what one sees there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {import('playwright-core').BrowserContextOptions} Profile */
/** @typedef {'en' | 'zh' | 'ja' | 'ko'} Language */

const STEP_LIMIT_MS = 20_000;

/** The files of the locales the tests speak. @type {Record<Language, string>} */
export const TAGS = { en: 'en', zh: 'zh-Hans', ja: 'ja', ko: 'ko' };

/** @typedef {typeof import('../../web/locales/en.json')} Locale */
/** @param {string} tag @returns {Locale} */
export const localeOf = (tag) => JSON.parse(readFileSync(join(import.meta.dirname, `../../web/locales/${tag}.json`), 'utf8'));

/** @type {Language[]} */
export const LANGUAGES = ['en', 'zh', 'ja', 'ko'];

/** The words of the widget, by language. @type {Record<Language, Locale['widget']>} */
export const WORDS = /** @type {any} */ (Object.fromEntries(LANGUAGES.map((language) => [language, localeOf(TAGS[language]).widget])));

/** Tells whether a text is in a language, by its script. @param {string} text @param {Language} language */
export function isWrittenIn(text, language) {
  const hasKana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
  const hasHangul = /\p{Script=Hangul}/u.test(text);
  const hasHan = /\p{Script=Han}/u.test(text);
  if (language === 'en') return /[a-z]/i.test(text) && !hasHan && !hasKana && !hasHangul;
  if (language === 'zh') return hasHan && !hasKana && !hasHangul;
  return language === 'ja' ? hasKana && !hasHangul : hasHangul && !hasKana;
}

/** Gives the widget's files as they are edited, so that an edit is tried without a build. @param {import('playwright-core').BrowserContext} context */
async function serveSources(context) {
  const web = join(import.meta.dirname, '../../web');
  await context.route(/\/widget\/v1\/[0-9a-f]{16}\/(?!widget\.)/, (route) => {
    const [, folder, file] = /\/[0-9a-f]{16}\/(words\/)?(.+)$/.exec(route.request().url()) ?? [];
    const [, tag] = /^(.+)\.fields\.json$/.exec(file ?? '') ?? [];
    if (tag) return route.fulfill({ json: localeOf(tag).widget.fields, headers: { 'access-control-allow-origin': '*' } });
    return route.fulfill({
      path: join(web, folder ? 'locales' : 'widget', file),
      headers: { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' },
      contentType: file.endsWith('.js') ? 'text/javascript' : file.endsWith('.css') ? 'text/css' : 'application/json',
    });
  });
}

export class Visitor {
  /** @type {string[]} what the browser complained of */
  faults = [];

  /**
   * @param {Page} page
   * @param {string} url of the server
   */
  constructor(page, url) {
    this.page = page;
    this.url = url;
    this.log = page.locator('#log');
    this.messages = page.locator('#log > .message:not(.unsent)');
    this.field = page.locator('#text');
    this.banner = page.locator('#ticket');
    this.person = page.locator('#person');
    page.on('pageerror', (error) => this.faults.push(`exception: ${error.message}`));
    page.on('console', (line) => {
      if (['error', 'warning'].includes(line.type())) this.faults.push(`console: ${line.text()}`);
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      // Leaving a page ends the stream of its conversation.
      if (why !== 'net::ERR_ABORTED') this.faults.push(`request: ${request.url()} ${why}`);
    });
  }

  /**
   * @param {Browser} browser
   * @param {string} url
   * @param {Profile} [profile]
   */
  static async arrives(browser, url, profile) {
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1000, height: 800 }, ...profile });
    context.setDefaultTimeout(STEP_LIMIT_MS);
    if (process.env.WIDGET_FROM_SOURCE) await serveSources(context);
    const visitor = new Visitor(await context.newPage(), url);
    await visitor.opens('');
    await visitor.page.locator('#examples button').first().waitFor();
    return visitor;
  }

  /**
   * Comes to a page that embeds the widget.
   * @param {Browser} browser
   * @param {string} url
   * @param {string} path
   * @param {Profile} [profile]
   */
  static async comes(browser, url, path, profile) {
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1000, height: 800 }, ...profile });
    context.setDefaultTimeout(STEP_LIMIT_MS);
    if (process.env.WIDGET_FROM_SOURCE) await serveSources(context);
    const visitor = new Visitor(await context.newPage(), url);
    await visitor.opens(path);
    return visitor;
  }

  /** @param {string} path */
  async opens(path) {
    const response = await this.page.goto(new URL(path, this.url).href);
    assert.equal(response?.status(), 200, `status of /${path}`);
  }

  leaves() {
    return this.page.context().close();
  }

  /** Types and presses Enter, without waiting for a reply. @param {string} text */
  async says(text) {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  /** Asks and waits for the reply of the bot. @param {string} text */
  asks(text) {
    return this.replyTo(() => this.says(text));
  }

  /** Gives the reply of the bot that follows an act. @param {() => Promise<void>} act */
  async replyTo(act) {
    const replies = this.log.locator('> .message.bot');
    const reply = replies.nth(await replies.count());
    await act();
    await reply.waitFor();
    await this.page.locator('#typing').waitFor({ state: 'hidden' });
    return reply;
  }

  /** @param {Language} language */
  async switchesTo(language) {
    await this.page.locator('#language').selectOption(TAGS[language]);
    await this.seesWords(language);
  }

  /** Waits until the widget speaks a language. @param {Language} language */
  async seesWords(language) {
    await this.page.locator(`#panel[lang=${TAGS[language]}]`).waitFor();
    await this.page.locator(`#text[placeholder="${WORDS[language].placeholder}"]`).waitFor();
  }

  /**
   * Opens the whole article under an answer, where it says more than what is shown.
   * @param {import('playwright-core').Locator} reply
   * @param {Language} language of the page
   */
  async readsOn(reply, language) {
    const more = reply.getByRole('button', { name: WORDS[language].more, exact: true });
    if ((await more.count()) === 0) {
      const passage = await reply.locator('.passage, .text').first().innerText();
      assert.ok(passage.length > 0, 'the answer is all there is');
      return;
    }
    await more.click();
    await reply.locator('.long').waitFor();
  }

  /**
   * Asks for a person, says why, and gives the number of the ticket.
   * @param {Language | 'zh-Hant'} language of the page
   * @param {string} reason
   */
  async asksForPerson(language, reason) {
    const say = language === 'zh-Hant' ? localeOf(language).widget : WORDS[language];
    await this.person.click();
    const sheet = this.page.getByRole('dialog', { name: say.person });
    await sheet.locator('#field-reason').fill(reason);
    await sheet.getByRole('button', { name: say.handoffSend, exact: true }).click();
    await this.banner.waitFor();
    const number = /M-\d+/.exec(await this.banner.innerText())?.[0];
    assert.ok(number, 'the banner shows the number of the ticket');
    return number;
  }

  /** Waits for a message that contains a text. @param {'visitor' | 'bot' | 'system'} author @param {string} text */
  async seesMessage(author, text) {
    const message = this.log.locator(`> .message.${author}:not(.unsent)`, { hasText: text }).last();
    await message.waitFor();
    return message;
  }

  /** Gives what stands in the conversation, line by line. */
  transcript() {
    return this.messages.locator('.bubble').allInnerTexts();
  }

  /** Keeps a picture, when pictures are wanted. @param {string} name */
  async shows(name) {
    const folder = process.env.SCREENSHOTS;
    if (folder) await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  /** @param {string} where */
  async scrollsOnlyDown(where) {
    const [wanted, shown] = await this.page.evaluate(() => {
      const inside = document.querySelector('mondo-chat')?.shadowRoot?.querySelector('#scroller') ?? null;
      const boxes = [document.documentElement, document.body, inside].filter((box) => box !== null);
      const widest = boxes.reduce((one, other) => (one.scrollWidth - one.clientWidth > other.scrollWidth - other.clientWidth ? one : other));
      return [widest.scrollWidth, widest.clientWidth];
    });
    assert.ok(wanted <= shown, `${where} is ${wanted} px wide in ${shown} px`);
  }
}

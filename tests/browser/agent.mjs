// A member of staff in a fresh browser profile: what one does at the desk, and what one sees there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */

const STEP_LIMIT_MS = 20_000;

/** The words of the console, by language. @type {Record<string, Record<string, string>>} */
export const WORDS = JSON.parse(readFileSync(join(import.meta.dirname, '../../web/console/words.json'), 'utf8'));

export class Agent {
  /** @type {string[]} what the browser complained of */
  faults = [];

  /** @param {Page} page @param {string} url @param {string} language */
  constructor(page, url, language) {
    this.page = page;
    this.url = url;
    this.words = /** @type {Record<string, string>} */ (WORDS[language]);
    this.queue = page.locator('#queue');
    this.messages = page.locator('#conversation .message');
    this.suggestions = page.locator('#suggestions .suggestion');
    this.ticket = page.locator('#ticket');
    this.note = page.locator('#note');
    this.field = page.locator('#reply');
    page.on('pageerror', (error) => this.faults.push(`exception: ${error.message}`));
    page.on('console', (line) => {
      if (['error', 'warning'].includes(line.type())) this.faults.push(`console: ${line.text()}`);
    });
  }

  /**
   * @param {Browser} browser
   * @param {string} url
   * @param {{ locale: string, language: string, colorScheme?: 'dark' | 'light' }} profile
   */
  static async arrives(browser, url, { locale, language, colorScheme }) {
    const context = await browser.newContext({ locale, colorScheme: colorScheme ?? 'light', viewport: { width: 1440, height: 900 } });
    context.setDefaultTimeout(STEP_LIMIT_MS);
    const page = await context.newPage();
    await page.addInitScript(() => {
      const seen = ((/** @type {any} */ (window)).seen = { shift: 0 });
      new PerformanceObserver((list) => {
        for (const entry of /** @type {any[]} */ (list.getEntries())) if (!entry.hadRecentInput) seen.shift += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    return new Agent(page, url, language);
  }

  /** @param {string} email @param {string} password */
  async signsIn(email, password) {
    await this.page.goto(new URL('console', this.url).href);
    await this.page.waitForURL('**/console/sign-in');
    await this.page.getByLabel(this.words.email ?? '', { exact: true }).fill(email);
    await this.page.getByLabel(this.words.password ?? '', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: this.words.signIn ?? '', exact: true }).click();
    await this.page.waitForURL(/\/console(\/knowledge)?$/);
    await this.page.locator('.me').waitFor();
  }

  /** Goes to a page of the console. @param {string} path */
  async goes(path) {
    const response = await this.page.goto(new URL(path.replace(/^\//, ''), this.url).href);
    assert.equal(response?.status(), 200, path);
  }

  /** How far things have jumped by themselves on this page (cumulative layout shift). @returns {Promise<number>} */
  shift() {
    return this.page.evaluate(() => (/** @type {any} */ (window)).seen.shift);
  }

  /** How long it took from a choice in the queue to the conversation, each time, in milliseconds. @returns {Promise<number[]>} */
  openings() {
    return this.page.evaluate(() => performance.getEntriesByName('shown').map((entry) => entry.duration));
  }

  /** Waits for somebody in the queue. @param {string} summary */
  async seesWaiting(summary) {
    const entry = this.queue.locator('.entry', { hasText: summary });
    await entry.waitFor();
    return entry;
  }

  /** @param {string} summary */
  async opens(summary) {
    await (await this.seesWaiting(summary)).click();
    await this.page.locator('#conversation [data-part=head]').waitFor();
  }

  /** @param {string} act */
  button(act) {
    return this.page.locator(`#conversation [data-act=${act}]`);
  }

  /** Waits for a message that contains a text. @param {string} author @param {string} text */
  async seesMessage(author, text) {
    await this.page.locator(`#conversation .message.${author}`, { hasText: text }).last().waitFor();
  }

  leaves() {
    return this.page.context().close();
  }

  /** Keeps a picture, when pictures are wanted. @param {string} name */
  async shows(name) {
    const folder = process.env.SCREENSHOTS;
    if (folder) await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  contented() {
    assert.deepEqual(this.faults, [], 'the browser reports no errors');
  }
}

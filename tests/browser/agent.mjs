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
    const context = await browser.newContext({ locale, colorScheme: colorScheme ?? 'light', viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(STEP_LIMIT_MS);
    return new Agent(await context.newPage(), url, language);
  }

  /** @param {string} email @param {string} password */
  async signsIn(email, password) {
    await this.page.goto(new URL('/console', this.url).href);
    await this.page.waitForURL('**/console/sign-in');
    await this.page.getByLabel(this.words.email ?? '', { exact: true }).fill(email);
    await this.page.getByLabel(this.words.password ?? '', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: this.words.signIn ?? '', exact: true }).click();
    await this.page.waitForURL('**/console');
    await this.page.locator('.me').waitFor();
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

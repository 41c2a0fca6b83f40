// The status page of a ticket, with and without JavaScript, and the notice of an incident on the pages.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before } from 'node:test';
import { launch, stopAfter, story, thresholds } from './browser.mjs';
import { BELIEVED, tells } from './monitor.mjs';
import { startServer } from './server.mjs';
import { Visitor, localeOf } from './visitor.mjs';

const AXE = readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** @type {import('./server.mjs').Server} */
let mondo;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  mondo = stopAfter(await startServer({ ...thresholds('0', '0'), ...BELIEVED }));
  browser = await launch();
});

/** @param {string} path @param {BodyInit} body @param {Record<string, string>} [headers] */
async function post(path, body, headers) {
  const response = await fetch(new URL(path, mondo.url), { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.status === 204 ? undefined : response.json();
}

/** Opens a ticket with a picture, and gives the address of its page. @param {string} language @param {string} words */
async function opensTicket(language, words) {
  const opened = await post('/v1/conversations', '{}', { 'accept-language': language });
  const headers = { 'accept-language': language, 'mondo-visitor': opened.visitor_secret };
  const { id } = opened;
  const picture = readFileSync(join(import.meta.dirname, '../../web/assets/icon.svg'));
  const refused = await fetch(new URL(`/v1/conversations/${id}/attachments?name=a.png`, mondo.url), { method: 'POST', body: picture, headers });
  assert.equal(refused.status, 415, 'a drawing can act, whatever it is called');
  await post(`/v1/conversations/${id}/escalate`, JSON.stringify({ reason: words }), headers);
  const log = await post(`/v1/conversations/${id}/attachments?name=app.log`, '2026-11-22 503\n', headers);
  const said = await post(`/v1/conversations/${id}/messages`, JSON.stringify({ text: words, attachments: [log.id] }), headers);
  return said.ticket.link;
}

/** @param {Visitor} visitor @param {string} where */
async function hindersNobody(visitor, where) {
  await visitor.page.evaluate(AXE);
  const found = await visitor.page.evaluate(async () => {
    const { axe } = /** @type {any} */ (window);
    const result = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return result.violations.map((/** @type {any} */ fault) => `${fault.id}: ${fault.nodes.map((/** @type {any} */ node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  });
  assert.deepEqual(found, [], where);
}

/** @type {[string, string, string, string, 'light' | 'dark'][]} */
const READERS = [
  ['en', 'en-US', 'When does my withdrawal arrive?', 'It has arrived, thank you.', 'light'],
  ['zh-Hans', 'zh-CN', '我的提现什么时候到账？', '已经到账了，谢谢。', 'dark'],
  ['zh-Hant', 'zh-TW', '我的提領什麼時候到帳？', '已經到帳了，謝謝。', 'light'],
  ['ja', 'ja-JP', '出金はいつ届きますか。', '届きました。ありがとうございます。', 'dark'],
  ['ko', 'ko-KR', '출금은 언제 되나요?', '들어왔습니다. 감사합니다.', 'light'],
];

for (const [tag, locale, words, answer, colorScheme] of READERS) {
  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';
    const visits = () => Visitor.comes(browser, mondo.url, '/help/en/verify', { locale, colorScheme, javaScriptEnabled, timezoneId: 'Asia/Seoul' });
    story(`a visitor follows a ticket ${how} JavaScript, ${tag}`, visits, async (visitor) => {
      const { page } = visitor;
      const say = localeOf(tag).status;
      await page.goto(new URL(await opensTicket(locale, words), mondo.url).href);
      assert.equal(await page.locator('html').getAttribute('lang'), tag);
      await page.getByText(say.queued, { exact: true }).waitFor();
      const times = page.locator('time');
      assert.equal((await times.first().textContent())?.includes('UTC'), !javaScriptEnabled, 'in the own zone where it is known');
      await page.getByRole('link', { name: 'app.log' }).waitFor();
      if (tag === 'zh-Hant') await page.locator('.words', { hasText: '工單' }).first().waitFor();
      if (javaScriptEnabled) await hindersNobody(visitor, 'the page');
      await page.getByLabel(say.reply).fill(answer);
      await page.getByLabel(say.attach).setInputFiles({ name: 'screen.txt', mimeType: 'text/plain', buffer: Buffer.from('error 503') });
      await page.getByRole('button', { name: say.send, exact: true }).click();
      await page.getByRole('status').filter({ hasText: say.sent }).waitFor();
      await page.locator('.words', { hasText: answer }).waitFor();
      assert.equal(await page.locator('.words', { hasText: answer }).count(), 1);
      await page.getByRole('link', { name: 'screen.txt' }).waitFor();
      await visitor.shows(`status-${tag}-${how}-javascript`);
      await page.getByRole('navigation').getByRole('link', { name: '日本語' }).click();
      await page.getByText(localeOf('ja').status.queued, { exact: true }).waitFor();
    });
  }
}

const arrivesNowhere = () => Visitor.comes(browser, mondo.url, '/help/en/verify', { locale: 'ko-KR' });
story('a link that was cut says what to do', arrivesNowhere, async (visitor) => {
  const link = await opensTicket('ko-KR', '출금은 언제 되나요?');
  await visitor.page.goto(new URL(link.slice(0, -3), mondo.url).href);
  await visitor.page.getByText(localeOf('ko').status.tampered).waitFor();
  await hindersNobody(visitor, 'the refusal');
  await visitor.shows('status-refused-ko');
}, /404/);

const readsInJapanese = () => Visitor.comes(browser, mondo.url, '/help/ja/', { locale: 'ja-JP' });
story('an incident is told on the pages and goes away', readsInJapanese, async (visitor) => {
  const { page } = visitor;
  const notice = '現在、出金に遅れが出ております。復旧まで今しばらくお待ちください。';
  const texts = { en: 'Withdrawals are delayed.', zh: '提现延迟。', ja: notice, ko: '출금이 지연되고 있습니다.' };
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  await tells(mondo.url, { begin: { incident: 'INC-1', texts, expires } });
  for (const path of ['/', '/help/ja/', '/help/ja/ask']) {
    await page.goto(new URL(path, mondo.url).href);
    await page.getByRole('status').filter({ hasText: notice }).first().waitFor();
    if (path === '/') await page.locator('#examples button').first().waitFor();
    await visitor.shows(`incident-${path.replaceAll('/', ' ').trim() || 'page'}`);
    if (path !== '/') await hindersNobody(visitor, path);
  }
  await tells(mondo.url, { end: 'INC-1' });
  await page.reload();
  assert.equal(await page.getByText(notice).count(), 0);
});

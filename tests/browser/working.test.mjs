// A day at the desk: put aside and found again, several at once, views, who is away, who the visitor is, and answers in
// languages one does not read.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';
import { Visitor } from './visitor.mjs';

const STORY_LIMIT_MS = 150_000;

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Record<string, string>} */
const passwords = {};

before(async () => {
  const settings = { ...thresholds('0', '0'), MONDO__HTTP__SITE__STARTERS: 'shipping-time, return-tea', MONDO__HTTP__PRESENCE_GRACE_MS: '0' };
  server = stopAfter(await startServer(settings, 'tests/knowledge'));
  browser = await launch();
  for (const [name, role] of Object.entries({ Ada: 'admin', Mei: 'lead', Sora: 'agent', Lin: 'agent' })) {
    passwords[name] = await server.hire(`${name.toLowerCase()}@example.com`, name, role);
  }
});

/** @typedef {{ locale: string, language: string }} Profile */
/** @type {Record<'en' | 'zh' | 'ja' | 'ko', Profile>} */
const PROFILES = { en: { locale: 'en-US', language: 'en' }, zh: { locale: 'zh-CN', language: 'zh' }, ja: { locale: 'ja-JP', language: 'ja' }, ko: { locale: 'ko-KR', language: 'ko' } };

/** @param {string} name @param {Profile} [profile] */
async function works(name, profile = PROFILES.en) {
  const agent = await Agent.arrives(browser, server.url, profile);
  await agent.signsIn(`${name.toLowerCase()}@example.com`, passwords[name] ?? '');
  return agent;
}

/** @param {string} name @param {() => Promise<void>} live */
const story = (name, live) => test(name, { timeout: STORY_LIMIT_MS }, live);

/** A visitor who waits for a person. @param {string} question @param {import('./visitor.mjs').Language} [language] @param {import('./visitor.mjs').Profile} [profile] */
async function waits(question, language = 'en', profile = {}) {
  const visitor = await Visitor.arrives(browser, server.url, { locale: PROFILES[language].locale, ...profile });
  await visitor.asks(question);
  await visitor.asksForPerson(language, 'please');
  return visitor;
}

/** @param {Agent} agent @param {string} code */
const part = (agent, code) => agent.page.locator(`.filters input[value=${code}]`);

story('what is put aside waits elsewhere and comes back', async () => {
  const visitor = await waits('How long is your shipping?');
  const sora = await works('Sora');
  const entry = sora.queue.locator('.entry', { hasText: 'How long is your shipping?' });
  await sora.opens('How long is your shipping?');
  await sora.button('claim').click();
  await sora.page.locator('.snoozing > summary').click();
  await hindersNobody(sora, 'choosing until when');
  await sora.shows('snooze-en');
  await sora.page.locator('[data-snooze=three]').click();
  await sora.page.locator('[data-wake]').waitFor();
  await entry.waitFor({ state: 'detached' });
  await part(sora, 'snoozed').check();
  await entry.locator('.snooze').waitFor();
  await sora.page.waitForFunction(() => document.querySelector('[data-count=snoozed]')?.textContent?.trim() === '1');
  await hindersNobody(sora, 'what is put aside');
  await sora.shows('snoozed-en');
  await part(sora, 'mine').check();
  await entry.waitFor({ state: 'detached' });
  // The visitor writes, and it is back.
  await visitor.says('Are you there?');
  await entry.locator('.badge.woken').waitFor();
  await sora.page.locator('[data-wake]').waitFor({ state: 'detached' });
  await sora.field.fill('Yes, I am.');
  await sora.field.press('Control+Enter');
  await entry.locator('.badge.woken').waitFor({ state: 'detached' });
  await sora.button('close').click();
  await sora.button('reopen').waitFor();
  await visitor.leaves();
  sora.contented();
  await sora.leaves();
});

story('several at once, a view of one’s own, and a table to take away', async () => {
  const visitors = [await waits('Can I return opened tea?'), await waits('How do I wrap a gift?'), await waits('배송은 얼마나 걸리나요?', 'ko')];
  const mei = await works('Mei', PROFILES.ja);
  const { page } = mei;
  await mei.seesWaiting('배송은 얼마나 걸리나요?');
  await page.waitForFunction(() => document.querySelector('[data-count=queued]')?.textContent?.trim() === '3');

  await page.locator('#narrowing > summary').click();
  await page.locator('#narrow [name=language]').selectOption('ko');
  await page.waitForFunction(() => document.querySelectorAll('#queue .entry').length === 1);
  await page.locator('#narrow [name=name]').fill('韓国語');
  await page.locator('#narrow button').click();
  await page.locator('#views button', { hasText: '韓国語' }).waitFor();
  await hindersNobody(mei, 'a queue that is narrowed');
  await mei.shows('view-ja');
  await page.locator('#narrow [name=language]').selectOption('');
  await page.waitForFunction(() => document.querySelectorAll('#queue .entry').length === 3);
  await page.reload();
  await mei.seesWaiting('How do I wrap a gift?');
  await page.locator('#views [data-query]', { hasText: '韓国語' }).click();
  await page.waitForFunction(() => document.querySelectorAll('#queue .entry').length === 1);
  await page.locator('#views [data-remove]').click();
  await page.locator('#views').waitFor({ state: 'hidden' });
  await page.locator('#narrowing > summary').click();
  await page.locator('#narrow [name=language]').selectOption('');

  await mei.seesWaiting('How do I wrap a gift?');
  for (const box of await mei.queue.locator('[data-pick]').all()) await box.check();
  await page.locator('#picked-count', { hasText: '3' }).waitFor();
  await hindersNobody(mei, 'three are picked');
  await mei.shows('picked-ja');
  await page.locator('#bulk-tag').fill('Monday');
  await page.locator('#picked [type=submit]').click();
  await page.locator('#notice', { hasText: '3' }).waitFor();
  await page.locator('#picked').waitFor({ state: 'hidden' });

  await mei.goes('/console/tickets?tag=monday');
  assert.equal(await page.locator('tbody tr').count(), 3);
  await hindersNobody(mei, 'a list of tickets');
  await mei.shows('tickets-ja');
  await page.locator('.narrow select[name=language]').selectOption('ko');
  await page.locator('.narrow button').click();
  await page.waitForURL(/language=ko/);
  assert.equal(await page.locator('tbody tr').count(), 1);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a[download]').click()]);
  assert.match(download.suggestedFilename(), /^tickets-\d{4}-\d{2}-\d{2}\.csv$/);
  const table = await readFile(await download.path(), 'utf8');
  assert.equal(table.trim().split('\n').length, 2, table);
  assert.ok(table.includes('배송은 얼마나 걸리나요?') && table.includes('monday'), table);

  await mei.goes('/console');
  await mei.seesWaiting('How do I wrap a gift?');
  for (const box of await mei.queue.locator('[data-pick]').all()) await box.check();
  await page.locator('[data-bulk=close]').click();
  await page.waitForFunction(() => document.querySelectorAll('#queue .entry').length === 0);
  for (const visitor of visitors) await visitor.leaves();
  mei.contented();
  await mei.leaves();
});

story('who is away says why, and what can be done is found by a few letters', async () => {
  const sora = await works('Sora', PROFILES.ko);
  const { page } = sora;
  await page.locator('#menu > summary').click();
  await page.locator('#availability select').selectOption('away');
  await page.locator('#availability [name=reason]').fill('점심');
  await hindersNobody(sora, 'the menu with availability');
  await sora.shows('availability-ko');
  await Promise.all([page.waitForEvent('load'), page.locator('#availability button').click()]);
  await page.locator('.menu .badge.away').waitFor();
  const ada = await works('Ada');
  await ada.goes('/console/people');
  await ada.page.locator('tr', { hasText: 'sora@example.com' }).locator('.badge.away', { hasText: '점심' }).waitFor();
  await hindersNobody(ada, 'people with availability');
  await ada.shows('people-away-en');
  await ada.leaves();
  // By the command bar, in a few letters.
  await page.keyboard.press('Control+k');
  await page.locator('#commands input').fill('응대 상태');
  await page.locator('#command-list [role=option]', { hasText: sora.words.here ?? '' }).waitFor();
  await hindersNobody(sora, 'the command bar');
  await sora.shows('commands-ko');
  await Promise.all([page.waitForEvent('load'), page.locator('#command-list [role=option]', { hasText: sora.words.here ?? '' }).click()]);
  assert.equal(await page.locator('.menu .badge').count(), 0);
  await page.keyboard.press('Control+k');
  await page.locator('#commands input').fill('선물 포장');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/console\/tickets\?q=/);
  // It can be put on a phone's first page.
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector('link[rel=manifest]');
    const response = await fetch(link?.getAttribute('href') ?? '');
    return { type: response.headers.get('content-type'), ...(await response.json()) };
  });
  assert.equal(manifest.type, 'application/manifest+json');
  // Relative to where the manifest lies, so that it holds beneath a path too.
  const start = new URL(manifest.start_url, new URL('/assets/console/manifest.webmanifest', server.url));
  assert.deepEqual([start.pathname, manifest.display], ['/console', 'standalone']);
  sora.contented();
  await sora.leaves();
});

story('who reads Chinese answers somebody who writes Japanese', async () => {
  const ada = await works('Ada');
  await ada.page.evaluate(async () => {
    const csrf = document.body.dataset.csrf ?? '';
    const body = JSON.stringify({ id: 'moment', title: 'One moment', texts: { zh: '请稍等。', ja: '少々お待ちください。' } });
    await fetch('/v1/staff/macros', { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf }, body });
  });
  await ada.leaves();
  const visitor = await waits('届くまでどのくらいかかりますか？', 'ja', { timezoneId: 'Asia/Tokyo' });
  const lin = await works('Lin', PROFILES.zh);
  const { page, words } = lin;
  await lin.opens('届くまでどのくらいかかりますか？');
  // What the visitor means, in Chinese, told as a guess.
  const gloss = page.locator('#conversation .message.visitor .gloss', { hasText: '多久能送到？' }).first();
  await gloss.locator('.badge', { hasText: words.glossGuess ?? '' }).waitFor();
  // Beside the suggestion the same text in Chinese, told as such.
  const suggestion = lin.suggestions.filter({ hasText: '届くまでどのくらいかかりますか？' }).first();
  await suggestion.locator('.twin', { hasText: '我们会在 2 天内发货' }).waitFor();
  await suggestion.locator('.twin', { hasText: words.twin_twin ?? '' }).waitFor();
  // Who they are: what time it is there, and the page they write from.
  const card = page.locator('#visitor');
  await card.getByText('Asia/Tokyo').waitFor();
  await card.getByRole('link', { name: server.url }).waitFor();
  await hindersNobody(lin, 'a conversation in a language one does not read');
  await lin.shows('twins-zh');

  await lin.button('claim').click();
  await lin.field.waitFor();
  await suggestion.locator('[data-insert]').click();
  const twin = page.locator('[data-part=twin]');
  await twin.getByText('我们会在 2 天内发货').waitFor();
  await twin.getByText('日语').waitFor();
  await hindersNobody(lin, 'a reply with its twin');
  await lin.shows('twin-reply-zh');
  await lin.field.press('Control+Enter');
  await visitor.log.locator('> .message.agent', { hasText: '2日以内に発送し' }).waitFor();
  await twin.waitFor({ state: 'hidden' });
  // What was sent can be read later on too, and is told for what it is.
  const sent = page.locator('#conversation .message.agent .gloss', { hasText: '我们会在 2 天内发货' });
  await sent.getByText(words.twin_twin ?? '').waitFor();
  await hindersNobody(lin, 'what was sent in a language one does not read');
  await lin.shows('twin-sent-zh');

  await lin.field.pressSequentially('/mom');
  await page.locator('#macros [role=option]', { hasText: 'One moment' }).waitFor();
  await lin.field.press('Enter');
  assert.equal(await lin.field.inputValue(), '少々お待ちください。');
  await twin.getByText('请稍等。').waitFor();
  await lin.field.pressSequentially(' X');
  await twin.getByText(words.twinChanged ?? '').waitFor();
  await lin.field.fill('');
  await lin.button('close').click();
  await lin.button('reopen').waitFor();
  await visitor.leaves();
  lin.contented();
  await lin.leaves();
});

story('a rule is tried on last week before it is kept', async () => {
  const visitor = await waits('How long is your shipping?');
  const mei = await works('Mei', PROFILES.ko);
  const { page, words } = mei;
  await mei.goes('/console/rules');
  const form = page.locator('#new-rule form');
  await form.locator('[name=name]').fill('배송 문의');
  await form.locator('[name=words]').fill('shipping, delivery');
  await form.locator('[name=tags]').fill('shipping');
  await form.locator('select[name=priority]').selectOption('urgent');
  await form.locator('[data-try]').click();
  const trial = form.locator('[data-part=trial]');
  await trial.getByRole('link').first().waitFor();
  await hindersNobody(mei, 'rules with a trial');
  await mei.shows('rules-ko');
  await Promise.all([page.waitForEvent('load'), form.locator('[type=submit]').click()]);
  await page.locator('details.card', { hasText: '배송 문의' }).locator('.badge', { hasText: words.on ?? '' }).waitFor();
  // What is opened from now on is met within seconds.
  const another = await waits('When will the delivery come?');
  await mei.goes('/console');
  const entry = await mei.seesWaiting('When will the delivery come?');
  await entry.locator('.badge.urgent').waitFor();
  await mei.goes('/console/tickets?tag=shipping');
  assert.equal(await page.locator('tbody tr').count(), 1, 'what was there before is left alone');
  await mei.goes('/console/rules');
  await page.locator('details.card', { hasText: '배송 문의' }).locator('summary').first().click();
  await Promise.all([page.waitForEvent('load'), page.locator('[data-forget]').click()]);
  assert.equal(await page.locator('details.card').count(), 1);
  for (const one of [visitor, another]) await one.leaves();
  mei.contented();
  await mei.leaves();
});

story('a Korean visitor, a Chinese agent and a Japanese lead, from question to close', async () => {
  const [lin, mei] = [await works('Lin', PROFILES.zh), await works('Mei', PROFILES.ja)];
  const visitor = await Visitor.arrives(browser, server.url, { locale: 'ko-KR', timezoneId: 'Asia/Seoul' });
  await visitor.asks('주문한 상품이 안 왔어요');
  await visitor.asksForPerson('ko', '상담원과 이야기하고 싶어요');
  // Where they stand is told in the chat.
  await visitor.page.locator('#place', { hasText: /순서|차례|앞에/ }).waitFor();
  await visitor.shows('story-1-visitor-waits');

  await lin.opens('주문한 상품이 안 왔어요');
  await lin.page.locator('#conversation .gloss a').first().waitFor();
  await lin.page.locator('#visitor', { hasText: 'Asia/Seoul' }).waitFor();
  await lin.button('claim').click();
  await visitor.seesMessage('system', 'Lin');
  await visitor.page.locator('#place').waitFor({ state: 'detached' });
  const suggestion = lin.suggestions.filter({ has: lin.page.locator('.twin') }).first();
  await suggestion.locator('[data-insert]').click();
  await lin.page.locator('[data-part=twin]').waitFor();
  await lin.shows('story-2-agent-answers');
  const sent = await lin.field.inputValue();
  assert.match(sent, /\p{Script=Hangul}/u, 'the visitor gets Korean');
  await lin.field.press('Control+Enter');
  await visitor.log.locator('> .message.agent', { hasText: sent.slice(0, 12) }).waitFor();
  await visitor.shows('story-3-visitor-reads');

  // The agent asks the lead, who reads it all in Japanese.
  await lin.note.fill('@Mei 请帮忙看一下');
  await lin.note.press('Control+Enter');
  await mei.opens('주문한 상품이 안 왔어요');
  await mei.page.locator('#conversation .gloss a').first().waitFor();
  await mei.ticket.getByText('@Mei 请帮忙看一下').waitFor();
  await hindersNobody(mei, 'a lead who reads Japanese');
  await mei.shows('story-4-lead-looks');
  const assign = mei.ticket.locator('[data-assign]');
  await assign.selectOption({ label: 'Mei' });
  await visitor.seesMessage('system', 'Mei');
  await mei.field.fill('배송사에 확인했습니다. 내일 도착합니다.');
  await mei.field.press('Control+Enter');
  await visitor.log.locator('> .message.agent', { hasText: '내일 도착합니다' }).waitFor();
  await visitor.says('감사합니다!');
  await mei.seesMessage('visitor', '감사합니다!');
  await mei.page.locator('#conversation .gloss', { hasText: mei.words.glossCourtesy ?? '' }).waitFor();
  await mei.button('close').click();
  await mei.button('reopen').waitFor();
  await visitor.page.locator('.scores').waitFor();
  await visitor.shows('story-5-visitor-is-asked');
  await mei.shows('story-6-lead-closes');
  await visitor.leaves();
  for (const agent of [lin, mei]) {
    agent.contented();
    await agent.leaves();
  }
});

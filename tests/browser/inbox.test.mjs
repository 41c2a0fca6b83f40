// What an agent and a lead can count on: drafts, unread marks, tickets somebody may take, buttons that stay where they are.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';
import { Visitor } from './visitor.mjs';

const STORY_LIMIT_MS = 120_000;

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
  for (const [name, role] of Object.entries({ Ada: 'admin', Sora: 'agent', Kim: 'agent', Aki: 'author' })) {
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

/** A visitor who waits for a person. @param {string} question @param {string} [locale] @param {'en' | 'ko'} [language] */
async function waits(question, locale = 'en-US', language = 'en') {
  const visitor = await Visitor.arrives(browser, server.url, { locale });
  await visitor.asks(question);
  await visitor.asksForPerson(language, 'please');
  return visitor;
}

/** Waits until a text stands where an agent writes. @param {Agent} agent @param {string} text */
const finds = (agent, text) => agent.page.waitForFunction((wanted) => /** @type {HTMLTextAreaElement | null} */ (document.querySelector('#reply'))?.value === wanted, text);

story('what is half written stays with its conversation, and what is new is marked', async () => {
  const [one, two] = [await waits('How long is your shipping?'), await waits('Can I return opened tea?')];
  const sora = await works('Sora', PROFILES.ko);
  await sora.opens('How long is your shipping?');
  await sora.button('claim').click();
  await sora.field.fill('I look after your parcel');
  await sora.opens('Can I return opened tea?');
  await sora.button('claim').click();
  await finds(sora, '');
  await sora.field.fill('About your tea');

  const entry = sora.queue.locator('.entry', { hasText: 'How long is your shipping?' });
  await entry.locator('.badge.draft').waitFor();
  await one.says('It is urgent now');
  // The row tells what was said last, and that it is new.
  await entry.locator('.last', { hasText: 'It is urgent now' }).waitFor();
  await entry.locator('.badge.unread').waitFor();
  await hindersNobody(sora, 'the queue with marks');
  await sora.shows('queue-unread-ko');
  await entry.click();
  await sora.seesMessage('visitor', 'It is urgent now');
  await finds(sora, 'I look after your parcel');
  await entry.locator('.badge.unread').waitFor({ state: 'detached' });

  await sora.page.reload();
  await sora.seesMessage('visitor', 'It is urgent now');
  // Also after a reload.
  await finds(sora, 'I look after your parcel');
  await sora.field.press('Control+Enter');
  await one.seesMessage('agent', 'I look after your parcel');
  await entry.locator('.badge.draft').waitFor({ state: 'detached' });
  await sora.opens('Can I return opened tea?');
  await finds(sora, 'About your tea');
  await sora.button('close').click();
  await sora.button('reopen').waitFor();
  await sora.opens('How long is your shipping?');
  // What was sent is no draft.
  await finds(sora, '');
  await sora.button('close').click();
  await sora.button('reopen').waitFor();
  for (const visitor of [one, two]) await visitor.leaves();
  sora.contented();
  await sora.leaves();
});

story('two clicks on taking over end nothing, and ending stands last', async () => {
  const visitor = await waits('Do you ship to islands?');
  const sora = await works('Sora');
  await sora.opens('Do you ship to islands?');
  await sora.button('claim').dblclick();
  await sora.field.waitFor();
  await sora.button('close').waitFor();
  const acts = await sora.page.locator('#conversation [data-act]').evaluateAll((all) => all.map((one) => one.getAttribute('data-act')));
  assert.deepEqual(acts, ['requeue', 'return', 'close']);
  assert.equal(await sora.page.locator('#conversation .acts .first').count(), 0, 'nothing that ends it is the main button');
  await visitor.seesMessage('system', 'Sora');
  assert.equal(await visitor.log.locator('> .message.system', { hasText: 'closed' }).count(), 0);
  // The log follows a picture that comes late.
  const picture = await sora.page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 500 });
    canvas.getContext('2d')?.fillRect(0, 0, 400, 500);
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  });
  for (const name of ['a.png', 'b.png', 'c.png', 'd.png']) {
    await sora.page.locator('#files').setInputFiles({ name, mimeType: 'image/png', buffer: Buffer.from(picture, 'base64') });
    await sora.page.locator('[data-part=chosen] button', { hasText: name }).waitFor();
  }
  await sora.field.fill('Four pictures.\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\nThat is all.');
  await sora.field.press('Control+Enter');
  await sora.page.waitForFunction(() => {
    const log = document.querySelector('[data-part=messages]');
    const all = [...document.querySelectorAll('#conversation .message.agent img')].map((image) => /** @type {HTMLImageElement} */ (image));
    return log && all.length === 4 && all.every((image) => image.complete) && log.scrollHeight > log.clientHeight && log.scrollHeight - log.scrollTop - log.clientHeight < 2;
  });
  await sora.button('close').click();
  await sora.button('reopen').waitFor();
  await visitor.leaves();
  sora.contented();
  await sora.leaves();
});

story('what nobody here may take is told to the lead, who chooses levels', async () => {
  const kim = await works('Kim');
  const visitor = await Visitor.arrives(browser, server.url, { locale: 'en-US' });
  await visitor.asks('I was scammed by a fake shop, they stole my money');
  await visitor.banner.waitFor();
  const number = /M-\d+/.exec(await visitor.banner.innerText())?.[0] ?? '?';
  const ada = await works('Ada', PROFILES.ja);
  const warning = ada.page.locator('.stranded');
  await warning.getByText(number).waitFor();
  await hindersNobody(ada, 'a queue with a warning');
  await ada.shows('stranded-ja');
  assert.equal(await kim.page.locator('.stranded').count(), 0, 'agents are not told what they cannot change');
  await kim.page.locator('#next').click();
  await kim.page.getByRole('alert').filter({ hasText: (kim.words.othersWait ?? '').replace('{n}', '1') }).waitFor();

  await ada.goes('/console/people');
  const row = ada.page.locator('tr', { hasText: 'kim@example.com' });
  await row.locator('[name=levels][value=l3]').check();
  await Promise.all([ada.page.waitForEvent('load'), row.locator('[data-save]').click()]);
  assert.ok(await row.locator('[name=levels][value=l3]').isChecked());
  await hindersNobody(ada, 'people with levels');
  await ada.shows('people-levels-ja');
  await ada.goes('/console');
  assert.equal(await ada.page.locator('.stranded').count(), 0);
  await kim.page.locator('#next').click();
  await kim.field.waitFor();
  await visitor.seesMessage('system', 'Kim');
  await kim.button('close').click();
  await kim.button('reopen').waitFor();
  for (const agent of [ada, kim]) {
    agent.contented();
    await agent.leaves();
  }
  await visitor.leaves();
});

story('a page that is not there or not for somebody is a page', async () => {
  const aki = await works('Aki', PROFILES.zh);
  const { page, words } = aki;
  for (const [path, status, heading] of /** @type {const} */ ([['/console/people', 403, 'pageForbidden'], ['/console/nowhere/at/all', 404, 'pageMissing']])) {
    const response = await page.goto(new URL(path, server.url).href);
    assert.equal(response?.status(), status);
    assert.match(response?.headers()['content-type'] ?? '', /text\/html/);
    await page.getByRole('heading', { name: words[heading], exact: true }).waitFor();
    await hindersNobody(aki, path);
    await aki.shows(`console-${status}-zh`);
    await page.getByRole('main').getByRole('link', { name: words.toStart, exact: true }).click();
    await page.waitForURL('**/console/knowledge');
  }
  // Programs and pieces of pages are told in the way they read.
  const told = await page.evaluate(async () => (await fetch('/console/people')).json());
  assert.equal(told.status, 403);
  assert.deepEqual(aki.faults.filter((fault) => !/40[34]/.test(fault)), []);
  await aki.leaves();
});

story('a macro without the language of the visitor is offered with a note, and suggestions are in order', async () => {
  const visitor = await waits('배송은 얼마나 걸리나요?', 'ko-KR', 'ko');
  const sora = await works('Sora');
  await sora.opens('배송은 얼마나 걸리나요?');
  await sora.suggestions.first().waitFor();
  const shares = (await sora.suggestions.locator('> .line').allInnerTexts()).map((line) => Number(/(\d+) %/.exec(line)?.[1]));
  assert.deepEqual(shares, [...shares].sort((one, other) => other - one), 'the likeliest first');
  assert.ok(shares.every((share, place) => share >= (place === 0 ? 1 : 5)), `nothing that is hardly ever right: ${shares}`);
  await sora.button('claim').click();
  await sora.field.waitFor();
  await sora.field.pressSequentially('/');
  await sora.page.locator('#macros', { hasText: sora.words.noMacros }).waitFor();
  await sora.field.press('Backspace');
  const ada = await works('Ada');
  await ada.page.evaluate(async () => {
    const csrf = document.body.dataset.csrf ?? '';
    const body = JSON.stringify({ id: 'wait', title: 'Please wait', texts: { en: 'One moment, please.', ja: '少々お待ちください。' } });
    await fetch('/v1/staff/macros', { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf }, body });
  });
  await ada.leaves();
  await sora.page.reload();
  await sora.field.waitFor();
  await sora.field.pressSequentially('/wa');
  const option = sora.page.locator('#macros [role=option]', { hasText: 'Please wait' });
  await option.getByText((sora.words.macroOther ?? '').replace('{language}', 'English')).waitFor();
  await hindersNobody(sora, 'a macro in another language');
  await sora.shows('macro-other-language');
  await sora.field.press('Enter');
  assert.equal(await sora.field.inputValue(), 'One moment, please.');
  await sora.button('close').click();
  await sora.button('reopen').waitFor();
  await visitor.leaves();
  sora.contented();
  await sora.leaves();
});

story('on a phone the queue and a conversation take turns', async () => {
  const visitor = await waits('How do I wrap a gift?');
  const sora = await works('Sora', PROFILES.ja);
  const { page } = sora;
  await page.setViewportSize({ width: 375, height: 740 });
  await sora.goes('/console');
  assert.ok(await page.locator('#conversation').isHidden());
  await sora.shows('phone-queue-ja');
  await sora.opens('How do I wrap a gift?');
  assert.ok(await sora.queue.isHidden());
  await sora.button('claim').click();
  await sora.field.fill('少々お待ちください。');
  const [wanted, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(Number(wanted) <= Number(shown), `${wanted} px wide in ${shown}`);
  await hindersNobody(sora, 'a conversation on a phone');
  await sora.shows('phone-conversation-ja');
  await page.locator('#back').click();
  await sora.queue.locator('.entry', { hasText: 'How do I wrap a gift?' }).locator('.badge.draft').waitFor();
  assert.ok(await page.locator('#conversation').isHidden());
  await visitor.leaves();
  sora.contented();
  await sora.leaves();
});

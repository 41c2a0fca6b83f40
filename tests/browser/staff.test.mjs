// What members of staff do besides answering: begin articles, keep accounts, follow links, be told of new requests.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { barrier, launch, stopAfter, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';
import { Visitor } from './visitor.mjs';

const STORY_LIMIT_MS = 120_000;

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;
/** Passwords by name. @type {Record<string, string>} */
const passwords = {};

before(async () => {
  server = stopAfter(await startServer({ ...thresholds('0', '0'), MONDO__HTTP__SITE__STARTERS: 'shipping-time, return-tea' }, 'tests/knowledge'));
  browser = await launch();
  for (const [name, role] of Object.entries({ Ada: 'admin', Sora: 'agent', Kenji: 'agent', Aki: 'author' })) {
    passwords[name] = await server.hire(`${name.toLowerCase()}@example.com`, name, role);
  }
});

/** @typedef {{ locale: string, language: string, colorScheme?: 'dark' | 'light' }} Profile */
/** @type {Record<'en' | 'zh' | 'ja' | 'ko', Profile>} */
const PROFILES = { en: { locale: 'en-US', language: 'en' }, zh: { locale: 'zh-CN', language: 'zh' }, ja: { locale: 'ja-JP', language: 'ja', colorScheme: 'dark' }, ko: { locale: 'ko-KR', language: 'ko' } };

/** @param {string} name @param {Profile} profile */
async function works(name, profile) {
  const agent = await Agent.arrives(browser, server.url, profile);
  await agent.signsIn(`${name.toLowerCase()}@example.com`, passwords[name] ?? '');
  return agent;
}

/** @param {string} name @param {() => Promise<void>} live */
const story = (name, live) => test(name, { timeout: STORY_LIMIT_MS }, live);

/** A visitor who waits for a person. @param {string} question @param {string} reason */
async function waits(question, reason) {
  const visitor = await Visitor.arrives(browser, server.url, { locale: 'en-US' });
  await visitor.asks(question);
  await visitor.asksForPerson('en', reason);
  return visitor;
}

/** The code an authenticator app shows (RFC 6238). @param {string} secret base 32 @param {number} [steps] from now */
function codeOf(secret, steps = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', key).update(counter).digest();
  const place = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(place) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

for (const { language, id, title, summary } of /** @type {const} */ ([
  { language: 'ja', id: 'tea-samples', title: 'お茶の試供品はありますか？', summary: 'はい。ご注文時に二種類までお選びいただけます。' },
  { language: 'ko', id: 'tea-gifts', title: '선물 세트가 있나요?', summary: '네, 세 가지 선물 세트를 준비하고 있습니다.' },
])) {
  story(`an article is begun in one language and served at once, ${language}`, async () => {
    const aki = await works('Aki', PROFILES[language]);
    const { page } = aki;
    await page.getByRole('link', { name: aki.words.newArticle, exact: true }).click();
    await page.waitForURL('**/console/new-article');
    await hindersNobody(aki, 'a new article');
    const form = page.locator('#new-article');
    await form.getByLabel(aki.words.articleId ?? '').fill(id);
    await form.getByLabel(aki.words.category ?? '', { exact: true }).fill('shop');
    // Without a text there is nothing to serve; what was typed stays.
    await form.locator('button').click();
    await page.getByRole('alert').filter({ hasText: aki.words.newArticleHint }).waitFor();
    assert.equal(await form.locator('[name=id]').inputValue(), id);
    const text = form.locator(`[data-language=${language}]`);
    await text.locator('[name=title]').fill(title);
    await text.locator('[name=summary]').fill(summary);
    await form.locator('[name=id]').fill('gift-wrapping');
    await form.locator('button').click();
    await page.getByRole('alert').filter({ hasText: aki.words.articleTaken }).waitFor();
    await form.locator('[name=id]').fill(id);
    await aki.shows(`new-article-${language}`);
    await form.locator('button').click();
    // It goes on in the editor, where the other languages are missing.
    // The folder is read anew first, which takes a program without optimisation its time.
    await page.waitForURL(`**/console/knowledge/${id}`, { timeout: 60_000 });
    assert.equal(await page.locator(`form[data-language=${language}] [name=title]`).inputValue(), title);
    assert.equal(await page.locator('form.wording .badge.missing').count(), 3);
    await aki.shows(`new-article-made-${language}`);
    assert.ok((await readFile(join(server.knowledge, `shop/${id}/${language}.md`), 'utf8')).includes(summary));
    const served = await fetch(new URL(`/help/${language}/${id}`, server.url));
    assert.ok((await served.text()).includes(summary), 'visitors get it');
    assert.deepEqual(aki.faults.filter((fault) => !/status of 4(00|09|22)/.test(fault)), []);
    await aki.leaves();
  });
}

story('an author formats, puts a picture in, holds an article back and finds it in the list', async () => {
  const aki = await works('Aki', PROFILES.zh);
  const { page } = aki;
  await page.goto(new URL('/console/knowledge/gift-wrapping', server.url).href);
  const form = page.locator('form[data-language=en]');
  const body = form.locator('[name=body]');
  const mark = (/** @type {string} */ name) => form.locator(`[data-mark=${name}]`);
  await body.fill('fold it\ntie it');
  await body.selectText();
  await mark('steps').click();
  assert.equal(await body.inputValue(), '1. fold it\n2. tie it');
  await body.fill('never bend');
  await body.selectText();
  await mark('bold').click();
  assert.equal(await body.inputValue(), '**never bend**');
  await mark('bold').click();
  assert.equal(await body.inputValue(), 'never bend', 'pressed again, the marks are gone');
  // A picture is chosen, and another one pasted.
  const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  await body.press('End');
  await form.locator('[data-picture]').setInputFiles({ name: 'Gift Box.png', mimeType: 'image/png', buffer: picture });
  await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('form[data-language=en] [name=body]')).value.includes('![](gift-box.png)'));
  await body.evaluate((box, bytes) => {
    const carried = new DataTransfer();
    carried.items.add(new File([Uint8Array.from(bytes)], 'image.png', { type: 'image/png' }));
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carried, bubbles: true, cancelable: true }));
  }, [...picture]);
  await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('form[data-language=en] [name=body]')).value.includes('![](image.png)'));
  await form.getByRole('button', { name: aki.words.save ?? '', exact: true }).click();
  await form.locator('[data-part=told]', { hasText: aki.words.saved }).waitFor();
  assert.ok((await readFile(join(server.knowledge, 'shop/gift-wrapping/en.md'), 'utf8')).includes('![](gift-box.png)'));
  await hindersNobody(aki, 'the editor with its toolbar');

  const publication = page.locator('form[data-publication]');
  await publication.locator('[name=stage]').selectOption('review');
  await publication.locator('[name=valid_from]').fill('2099-01-02');
  await publication.locator('button').click();
  await publication.locator('[data-part=told]', { hasText: aki.words.saved }).waitFor();
  await aki.shows('publication-zh');
  const matter = await readFile(join(server.knowledge, 'shop/gift-wrapping/article.toml'), 'utf8');
  assert.match(matter, /^stage = "review"$/m);
  assert.match(matter, /^valid_from = 2099-01-02$/m);
  await page.goto(new URL('/console/knowledge?show=review&sort=use', server.url).href);
  const row = page.locator('tbody tr');
  for (let tries = 0; (await row.count()) === 0 && tries < 60; tries += 1) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  assert.equal(await row.count(), 1);
  await row.getByText(aki.words.stage_review ?? '', { exact: true }).waitFor();
  await hindersNobody(aki, 'the list of articles');
  await aki.shows('knowledge-review-zh');
  const held = await fetch(new URL('/help/en/gift-wrapping', server.url));
  assert.equal(held.status, 404, 'visitors do not get what is under review');

  await page.goto(new URL('/console/knowledge/gift-wrapping', server.url).href);
  await publication.locator('[name=stage]').selectOption('published');
  await publication.locator('[name=valid_from]').fill('');
  await publication.locator('button').click();
  await publication.locator('[data-part=told]', { hasText: aki.words.saved }).waitFor();
  aki.contented();
  await aki.leaves();
});

story('a link to a conversation opens it, also past the sign-in', async () => {
  const first = await waits('When is the shop open?', 'one');
  const second = await waits('Do you wrap gifts?', 'two');
  const agent = await Agent.arrives(browser, server.url, PROFILES.zh);
  const sora = await works('Sora', PROFILES.en);
  await sora.opens('When is the shop open?');
  const one = sora.page.url().split('#')[1];
  await sora.opens('Do you wrap gifts?');
  const two = sora.page.url().split('#')[1];
  assert.ok(one && two && one !== two);
  sora.contented();
  await sora.leaves();

  // From a mail or a help desk, by somebody who has yet to sign in.
  await agent.page.goto(new URL(`/console#${one}`, server.url).href);
  await agent.page.waitForURL('**/console/sign-in*');
  await agent.page.getByLabel(agent.words.email ?? '', { exact: true }).fill('kenji@example.com');
  await agent.page.getByLabel(agent.words.password ?? '', { exact: true }).fill(passwords.Kenji ?? '');
  await agent.page.getByRole('button', { name: agent.words.signIn ?? '', exact: true }).click();
  await agent.seesMessage('visitor', 'When is the shop open?');
  // A second link in the same window, and back.
  await agent.page.evaluate((id) => location.assign(`#${id}`), two);
  await agent.seesMessage('visitor', 'Do you wrap gifts?');
  assert.equal(await agent.messages.filter({ hasText: 'When is the shop open?' }).count(), 0);
  await agent.page.evaluate((id) => location.assign(`#${id}`), one);
  await agent.seesMessage('visitor', 'When is the shop open?');

  // What the matter is about turns out to be something else.
  const select = agent.ticket.locator('[data-work=category]');
  await select.waitFor();
  assert.equal(await select.inputValue(), 'shop');
  await select.selectOption('orders');
  await agent.ticket.locator('dl.facts dd', { hasText: 'orders' }).waitFor();
  await agent.shows('ticket-category-zh');
  await hindersNobody(agent, 'a ticket of another category');
  agent.contented();
  await agent.leaves();
  for (const visitor of [first, second]) await visitor.leaves();
});

story('somebody who looks elsewhere is told of a new request, once they allow it', async () => {
  const kenji = await Agent.arrives(browser, server.url, PROFILES.ja);
  const context = kenji.page.context();
  await context.grantPermissions(['notifications'], { origin: new URL(server.url).origin });
  // What the browser is asked to show is written down; and a window cannot really be hidden here.
  await kenji.page.addInitScript(() => {
    const all = /** @type {any} */ (window);
    all.told = [];
    const Shown = window.Notification;
    all.Notification = class extends Shown {
      /** @param {string} title @param {NotificationOptions} options */
      constructor(title, options) {
        super(title, options);
        all.told.push([title, options.body]);
      }
    };
    Object.defineProperty(document, 'hidden', { get: () => all.isAway === true });
  });
  await kenji.signsIn('kenji@example.com', passwords.Kenji ?? '');
  await kenji.page.locator('#menu > summary').click();
  assert.equal(await kenji.page.locator('#notices').isChecked(), false, 'nobody is bothered who has not asked for it');
  await kenji.page.locator('#notices').check();
  await kenji.page.keyboard.press('Escape');
  const told = () => kenji.page.evaluate(() => /** @type {any} */ (window).told);

  const here = await waits('How long is your shipping?', 'three');
  await kenji.seesWaiting('How long is your shipping?');
  assert.deepEqual(await told(), [], 'who looks at the queue sees it there');
  await kenji.page.evaluate(() => (/** @type {any} */ (window).isAway = true));
  const away = await waits('Is there a tea school?', 'four');
  await kenji.page.waitForFunction(() => /** @type {any} */ (window).told.length === 1);
  assert.deepEqual(await told(), [[kenji.words.newEscalation, 'Is there a tea school?']]);
  kenji.contented();
  await kenji.leaves();

  // Where the browser forbids it, the switch does not pretend.
  const sora = await works('Sora', PROFILES.ko);
  await sora.page.evaluate(() => Object.defineProperty(Notification, 'permission', { value: 'denied' }));
  await sora.page.evaluate(() => Object.defineProperty(Notification, 'requestPermission', { value: async () => 'denied' }));
  await sora.page.locator('#menu > summary').click();
  await sora.page.locator('#notices').click();
  await sora.page.getByRole('alert').filter({ hasText: sora.words.noticesDenied }).waitFor();
  assert.equal(await sora.page.locator('#notices').isChecked(), false);
  sora.contented();
  await sora.leaves();
  for (const visitor of [here, away]) await visitor.leaves();
});

story('what somebody speaks and knows is kept, by an admin and by themselves', async () => {
  const ada = await works('Ada', PROFILES.zh);
  await ada.goes('/console/people');
  const row = ada.page.locator('tr', { hasText: 'sora@example.com' });
  await row.locator('[name=skills]').fill('parcels');
  await row.locator('[name=levels][value=l2]').check();
  await row.locator('[name=capacity]').fill('5');
  await row.locator('[name=languages][value=ja]').uncheck();
  await row.locator('[name=languages][value=zh]').uncheck();
  await Promise.all([ada.page.waitForEvent('load'), row.locator('[data-save]').click()]);
  assert.equal(await row.locator('[name=skills]').inputValue(), 'parcels');
  const taken = () => row.locator('[name=levels]:checked').evaluateAll((boxes) => boxes.map((box) => box.getAttribute('value')));
  assert.deepEqual(await taken(), ['l2']);
  assert.equal(await row.locator('[name=capacity]').inputValue(), '5');
  const spoken = () => row.locator('[name=languages]:checked').evaluateAll((boxes) => boxes.map((box) => box.getAttribute('value')).sort());
  assert.deepEqual(await spoken(), ['en', 'ko']);
  await hindersNobody(ada, 'people');
  await ada.shows('people-skills-zh');

  // They add to it themselves; a level is not theirs to give.
  const sora = await works('Sora', PROFILES.ko);
  await sora.goes('/console/settings');
  const profile = sora.page.locator('#profile');
  assert.equal(await profile.locator('[name=skills]').inputValue(), 'parcels');
  await profile.locator('[name=skills]').fill('parcels, refunds, l3');
  await profile.locator('[name=languages][value=ja]').check();
  await Promise.all([sora.page.waitForEvent('load'), profile.locator('button').click()]);
  await ada.page.reload();
  assert.deepEqual((await row.locator('[name=skills]').inputValue()).split(', ').sort(), ['parcels', 'refunds']);
  assert.deepEqual(await taken(), ['l2']);
  assert.deepEqual(await spoken(), ['en', 'ja', 'ko']);
  for (const agent of [ada, sora]) {
    agent.contented();
    await agent.leaves();
  }
});

story('who loses the device gets in with a recovery code', async () => {
  const kenji = await works('Kenji', PROFILES.ko);
  const { page, words } = kenji;
  await kenji.goes('/console/settings');
  await page.locator('#set-up').click();
  const secret = (await page.locator('#factor p code').innerText()).trim();
  await page.locator('#prove input').fill(codeOf(secret));
  await page.locator('#prove button').click();
  const shown = page.locator('.codes code');
  await shown.nth(9).waitFor();
  const codes = await shown.allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  await hindersNobody(kenji, 'recovery codes');
  await kenji.shows('recovery-codes-ko');
  await page.getByRole('button', { name: words.codesKept, exact: true }).click();
  await page.getByText((words.codesLeft ?? '').replace('{n}', '10')).waitFor();
  kenji.contented();
  await kenji.leaves();

  const again = await Agent.arrives(browser, server.url, PROFILES.en);
  await again.page.goto(new URL('/console/sign-in', server.url).href);
  await again.page.getByLabel(again.words.email ?? '', { exact: true }).fill('kenji@example.com');
  await again.page.getByLabel(again.words.password ?? '', { exact: true }).fill(passwords.Kenji ?? '');
  const enter = again.page.getByRole('button', { name: again.words.signIn ?? '', exact: true });
  await enter.click();
  await again.page.locator('#code-label input').fill(codes[3]?.toLowerCase() ?? '');
  await enter.click();
  await again.page.waitForURL('**/console');
  await again.goes('/console/settings');
  await again.page.getByText((again.words.codesLeft ?? '').replace('{n}', '9')).waitFor();
  // Fresh ones, for one of the old; then the lost device is taken off.
  await again.page.locator('#remove-factor input').fill(codes[4] ?? '');
  await again.page.getByRole('button', { name: again.words.renewCodes, exact: true }).click();
  await shownIn(again).nth(9).waitFor();
  const fresh = await shownIn(again).allInnerTexts();
  assert.equal(fresh.filter((code) => codes.includes(code)).length, 0);
  await again.page.locator('#remove-factor input').fill(fresh[0] ?? '');
  await again.page.getByRole('button', { name: again.words.removeFactor, exact: true }).click();
  await again.page.locator('#set-up').waitFor();
  // A code is wanted, and no passkey is there, nor could one be at an address without a name.
  assert.deepEqual(again.faults.filter((fault) => !/401|404|422/.test(fault)), []);
  await again.leaves();
});

story('what is pressed before a page is ready is done once it is', async () => {
  const aki = await Agent.arrives(browser, server.url, PROFILES.ja);
  const { page } = aki;
  /** @type {string[]} */
  const addresses = [];
  page.on('request', (request) => addresses.push(request.url()));
  /** Opens a page whose modules come late, and lets them come after the act. @param {string} path @param {() => Promise<void>} act */
  const hurriesAt = async (path, act) => {
    const { released, release } = barrier();
    await page.route('**/assets/console/api.js', async (route) => {
      await released;
      await route.continue();
    }, { times: 1 });
    await page.goto(new URL(path, server.url).href, { waitUntil: 'commit' });
    await act();
    release();
  };
  await hurriesAt('/console/sign-in', async () => {
    await page.getByLabel(aki.words.email ?? '', { exact: true }).fill('aki@example.com');
    await page.getByLabel(aki.words.password ?? '', { exact: true }).fill(passwords.Aki ?? '');
    await page.keyboard.press('Enter');
  });
  await page.waitForURL('**/console/knowledge');
  await hurriesAt('/console/settings', () => page.locator('#set-up').click());
  await page.locator('.qr').waitFor();
  assert.deepEqual(addresses.filter((address) => address.includes('password=')), [], 'a password never stands in an address');
  aki.contented();
  await aki.leaves();
});

/** @param {Agent} agent */
const shownIn = (agent) => agent.page.locator('.codes code');

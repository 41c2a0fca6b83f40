// What keeps an installation in order: keys, webhooks, mail, the log, what is kept of visitors, and open sessions.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';
import { Visitor, WORDS } from './visitor.mjs';

const STORY_LIMIT_MS = 120_000;

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;
/** Accounts by name. @type {Record<string, { email: string, password: string }>} */
const accounts = {};

before(async () => {
  // Nobody takes mail at this port.
  const mail = { MONDO__MAIL__FROM: 'Tea <tea@example.com>', MONDO__MAIL__SMTP_URL: 'smtp://127.0.0.1:9' };
  const settings = { ...mail, MONDO__WEBHOOKS__PRIVATE_ADDRESSES: 'true', MONDO__HTTP__SITE__STARTERS: 'shipping-time, return-tea' };
  server = stopAfter(await startServer({ ...thresholds('0', '0'), ...settings }, 'tests/knowledge'));
  browser = await launch();
  for (const [name, role] of Object.entries({ Ada: 'admin', Otto: 'auditor', Sora: 'agent', Aki: 'author' })) {
    const email = `${name.toLowerCase()}@example.com`;
    accounts[name] = { email, password: await server.hire(email, name, role) };
  }
});

/** @typedef {{ locale: string, language: string, colorScheme?: 'dark' | 'light' }} Profile */
/** @type {Record<'en' | 'zh' | 'ja' | 'ko', Profile>} */
const PROFILES = {
  en: { locale: 'en-US', language: 'en' },
  zh: { locale: 'zh-CN', language: 'zh', colorScheme: 'dark' },
  ja: { locale: 'ja-JP', language: 'ja' },
  ko: { locale: 'ko-KR', language: 'ko', colorScheme: 'dark' },
};

/** @param {string} name @param {Profile} profile */
async function works(name, profile) {
  const account = accounts[name];
  assert.ok(account);
  const agent = await Agent.arrives(browser, server.url, profile);
  await agent.signsIn(account.email, account.password);
  return agent;
}

/** @param {string} name @param {() => Promise<void>} live */
const story = (name, live) => test(name, { timeout: STORY_LIMIT_MS }, live);

/** A visitor who waits for a person. @param {string} question */
async function waits(question) {
  const visitor = await Visitor.arrives(browser, server.url, { locale: 'en-US' });
  await visitor.asks(question);
  const number = await visitor.asksForPerson('en', 'a person, please');
  return { visitor, number };
}

/** Another program: it keeps what it is told and replies with a status. */
async function startListener() {
  /** @type {{ id: string, type: string }[]} */
  const heard = [];
  /** @type {number[]} */
  const replies = [];
  const listener = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    heard.push({ id: String(request.headers['webhook-id']), type: JSON.parse(body).type });
    response.writeHead(replies.shift() ?? 204).end();
    listener.emit('heard');
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  assert.ok(address && typeof address === 'object');
  /** Waits until something was heard. @param {() => boolean} what */
  const hears = async (what) => {
    while (!what()) await once(listener, 'heard');
  };
  const stop = async () => {
    listener.closeAllConnections();
    listener.close();
  };
  return stopAfter({ url: `http://127.0.0.1:${address.port}/hooks`, heard, replies, hears, stop });
}

/** Reads the secret that is shown once, and closes its dialog. @param {Agent} agent */
async function keepsSecret({ page, words }) {
  const dialog = page.getByRole('dialog');
  await dialog.getByText(words.secretOnce ?? '').waitFor();
  const secret = await dialog.locator('input').inputValue();
  await Promise.all([page.waitForEvent('load'), dialog.getByRole('button', { name: words.secretKept, exact: true }).click()]);
  return secret;
}

story('a key is made, works, and is revoked', async () => {
  const ada = await works('Ada', PROFILES.en);
  const { page, words } = ada;
  await page.getByRole('link', { name: words.programs, exact: true }).click();
  await page.waitForURL('**/console/programs');
  // By keyboard alone, from the heading of the form to the secret.
  await page.getByText(words.newKey ?? '', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('dashboard');
  const scope = page.locator('[data-form=key] [value="conversations.read"]');
  while (!(await scope.evaluate((box) => box === document.activeElement))) await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Key for dashboard' });
  await dialog.waitFor();
  await hindersNobody(ada, 'a secret that is shown once');
  await ada.shows('programs-secret');
  const token = await keepsSecret(ada);
  const asks = () => fetch(new URL('/v1/staff/queue', server.url), { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await asks()).status, 200);
  assert.ok(!(await page.content()).includes(token), 'it is not shown again');

  const row = page.locator('tr', { hasText: 'dashboard' });
  await row.getByText('conversations.read').waitFor();
  await row.getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: words.cancel, exact: true }).click();
  assert.equal((await asks()).status, 200, 'nothing is done that was not wanted');
  await row.getByRole('button').click();
  await Promise.all([page.waitForEvent('load'), page.getByRole('dialog').getByRole('button', { name: words.revoke, exact: true }).click()]);
  await row.getByText(words.revoked ?? '', { exact: true }).waitFor();
  assert.equal((await asks()).status, 401);
  await ada.shows('programs-revoked');
  ada.contented();
  await ada.leaves();
});

story('a webhook is told what happens, and told again', async () => {
  const listener = await startListener();
  const ada = await works('Ada', PROFILES.ja);
  const { page, words } = ada;
  await ada.goes('/console/programs');
  await page.getByText(words.newWebhook ?? '', { exact: true }).click();
  const form = page.locator('[data-form=webhook]');
  assert.equal(await form.locator('[name=inbox]').isVisible(), false);
  await form.locator('[name=kind]').selectOption('chatwoot');
  await form.locator('[name=inbox]').waitFor();
  await form.locator('[name=kind]').selectOption('webhook');
  // What is wrong is said in words, and the field has the focus.
  await form.locator('[name=url]').fill('ftp://example.com/');
  await form.locator('button[type=submit]').click();
  await page.getByRole('alert').filter({ hasText: words.wrong_url }).waitFor();
  await form.locator('[name=url]:focus').waitFor();
  await form.locator('[name=url]').fill(listener.url);
  await form.locator('[name=description]').fill('配送センター');
  await form.locator('[value="ticket.created"]').check();
  await form.locator('button[type=submit]').click();
  assert.match(await keepsSecret(ada), /^whsec_/);
  await page.getByRole('heading', { level: 1, name: '配送センター' }).waitFor();
  const address = page.url();

  // The first reply says later; what failed is told again at once.
  listener.replies.push(503);
  const { visitor } = await waits('When is the shop open?');
  await listener.hears(() => listener.heard.length > 0);
  assert.equal(listener.heard[0]?.type, 'ticket.created');
  const row = page.locator('tr[data-delivery]');
  const reads = async () => {
    await page.goto(address);
    return row.first().innerText();
  };
  while (!(await reads()).includes('503')) await page.waitForTimeout(100);
  await row.getByText(words.delivery_pending ?? '', { exact: true }).waitFor();
  await ada.shows('webhook-retried-ja');

  // It pauses and goes on; what was delivered is repeated under its own name.
  await Promise.all([page.waitForEvent('load'), page.locator('[data-act=pause]').click()]);
  await page.getByRole('heading', { level: 1 }).getByText(words.paused ?? '', { exact: true }).waitFor();
  await Promise.all([page.waitForEvent('load'), page.locator('[data-act=resume]').click()]);
  const second = await waits('Do you wrap gifts?');
  const other = () => listener.heard.filter(({ id }) => id !== listener.heard[0]?.id);
  await listener.hears(() => other().length === 1);
  while (!(await reads()).includes('204')) await page.waitForTimeout(100);
  await row.first().getByText(words.delivery_delivered ?? '', { exact: true }).waitFor();
  await Promise.all([page.waitForEvent('load'), row.first().getByRole('button').click()]);
  await listener.hears(() => other().length === 2);
  assert.equal(other()[0]?.id, other()[1]?.id);
  await page.getByRole('link', { name: words.delivery_delivered, exact: true }).click();
  await row.first().waitFor();
  await ada.shows('webhook-delivered-ja');

  // Edited, given another secret, deleted.
  await page.locator('[name=description]').fill('倉庫');
  await Promise.all([page.waitForEvent('load'), page.locator('[data-form=change-webhook] [type=submit]').click()]);
  await page.getByRole('heading', { level: 1, name: '倉庫' }).waitFor();
  await page.locator('[data-act=webhook-secret]').click();
  await page.getByRole('dialog').getByRole('button', { name: words.newSecret, exact: true }).click();
  await page.getByRole('dialog').getByText(words.secretOnce ?? '').waitFor();
  await page.getByRole('button', { name: words.secretKept, exact: true }).click();
  await page.locator('[data-act=remove-webhook]').click();
  await page.getByRole('dialog').getByRole('button', { name: words.remove, exact: true }).click();
  await page.waitForURL('**/console/programs');
  await page.getByText(words.noWebhooks ?? '').waitFor();
  assert.deepEqual(ada.faults.filter((fault) => !/status of 4(00|09|22)/.test(fault)), []);
  await ada.leaves();
  for (const one of [visitor, second.visitor]) await one.leaves();
});

story('a bot of a messenger is set up without an address', async () => {
  const ada = await works('Ada', PROFILES.ko);
  const { page, words } = ada;
  await ada.goes('/console/programs');
  await page.getByText(words.newWebhook ?? '', { exact: true }).click();
  const form = page.locator('[data-form=webhook]');
  await form.locator('[name=kind]').selectOption('line');
  await form.getByText(words.messengerHint ?? '').waitFor();
  await form.getByLabel(words.channelSecret ?? '', { exact: true }).waitFor();
  await form.locator('[name=kind]').selectOption('telegram');
  assert.equal(await form.getByLabel(words.channelSecret ?? '', { exact: true }).isVisible(), false);
  assert.equal(await form.locator('[name=events]').first().isVisible(), false);
  await hindersNobody(ada, 'the form of a bot');
  await form.locator('[data-for=telegram]').getByLabel(words.botToken ?? '', { exact: true }).fill('123456:ABC-DEF');
  await form.locator('[type=submit]').click();
  const secret = await keepsSecret(ada);
  assert.match(secret, /^[0-9a-f]{64}$/);
  await page.waitForURL('**/console/programs/webhooks/*');
  await page.getByText('/events').waitFor();
  assert.equal(await page.locator('[name=url]').inputValue(), 'https://api.telegram.org');
  await hindersNobody(ada, 'a bot');
  await ada.shows('webhook-telegram-ko');
  await page.locator('[data-act=remove-webhook]').click();
  await page.getByRole('dialog').getByRole('button', { name: words.remove, exact: true }).click();
  await page.waitForURL('**/console/programs');
  assert.deepEqual(ada.faults, []);
  await ada.leaves();
});

story('every messenger is set up by what its form asks for', async () => {
  const ada = await works('Ada', PROFILES.ja);
  const { page, words } = ada;
  /** @type {[string, Record<string, string>, RegExp | null][]} */
  const messengers = [
    ['whatsapp', { phone_number_id: '106540352242922', token: 'EAAG', app_secret: 'hush' }, /^[0-9a-f]{64}$/],
    ['kakao', {}, /^[0-9a-f]{64}$/],
    ['wechat', { app_id: 'wx0123456789abcdef', app_secret: 'hush' }, /^[0-9a-f]{32}$/],
    ['discord', { application_id: '1100000000000000001', public_key: '0a'.repeat(32) }, null],
  ];
  for (const [kind, fields, secret] of messengers) {
    await ada.goes('/console/programs');
    await page.getByText(words.newWebhook ?? '', { exact: true }).click();
    const form = page.locator('[data-form=webhook]');
    await form.locator('[name=kind]').selectOption(kind);
    await form.getByText(words.messengerHint ?? '').waitFor();
    for (const [name, value] of Object.entries(fields)) await form.locator(`[data-for=${kind}] [name=${name}]`).fill(value);
    await hindersNobody(ada, `the form of ${kind}`);
    await form.locator('[type=submit]').click();
    // Discord brings a key; the others are shown a secret of ours.
    if (secret) assert.match(await keepsSecret(ada), secret, kind);
    await page.waitForURL('**/console/programs/webhooks/*');
    await page.getByText('/events').waitFor();
    await page.locator('[data-act=remove-webhook]').click();
    await page.getByRole('dialog').getByRole('button', { name: words.remove, exact: true }).click();
    await page.waitForURL('**/console/programs');
  }
  assert.deepEqual(ada.faults, []);
  await ada.leaves();
});

story('a program is let in, renewed and shut out', async () => {
  const ada = await works('Ada', PROFILES.ko);
  const { page, words } = ada;
  await ada.goes('/console/programs');
  const adds = async () => {
    await page.getByText(words.newSource ?? '', { exact: true }).click();
    await page.locator('[data-form=source] [name=name]').fill('courier');
    await page.locator('[data-form=source] [type=submit]').click();
  };
  await adds();
  const first = await keepsSecret(ada);
  const source = page.locator('[data-source=courier]');
  await source.locator('summary').click();
  await source.getByText('/v1/hooks/courier').waitFor();
  await source.locator('[type=submit]').click();
  assert.notEqual(await keepsSecret(ada), first);
  await adds();
  await page.getByRole('alert').filter({ hasText: words.sourceTaken }).waitFor();
  await source.locator('summary').click();
  await source.locator('[data-act=remove-source]').click();
  await Promise.all([page.waitForEvent('load'), page.getByRole('dialog').getByRole('button', { name: words.remove, exact: true }).click()]);
  await page.getByText(words.noSources ?? '').waitFor();
  assert.deepEqual(ada.faults.filter((fault) => !/status of 4(00|09|22)/.test(fault)), []);
  await ada.leaves();
});

story('what a visitor said is handed out, held, and erased', async () => {
  const { visitor, number } = await waits('Where is my zebra kettle?');
  const ada = await works('Ada', PROFILES.en);
  const { page, words } = ada;
  await page.getByRole('link', { name: words.privacy, exact: true }).click();
  await page.waitForURL('**/console/privacy');

  const exporting = page.locator('[data-form=export]');
  await exporting.locator('[name=id]').fill(number);
  const [download] = await Promise.all([page.waitForEvent('download'), exporting.locator('[type=submit]').click()]);
  const kept = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.ok(JSON.stringify(kept.messages).includes('zebra kettle'));
  const id = kept.conversation;
  await exporting.getByRole('status').getByText(/^Exported/).waitFor();

  // On hold it stays, whoever asks.
  const holding = page.locator('[data-form=hold]');
  await holding.locator('[name=id]').fill(`${server.url}console#${id}`);
  await holding.locator('[name=reason]').fill('a court asks');
  await Promise.all([page.waitForEvent('load'), holding.locator('[type=submit]').click()]);
  const held = page.locator(`[data-conversation="${id}"]`);
  await held.getByText('a court asks').waitFor();

  const erasing = page.locator('[data-form=erase]');
  const erases = async () => {
    await erasing.locator('[name=id]').fill(id);
    await erasing.locator('[name=reason]').fill('request 12');
    await erasing.locator('[name=confirm]').fill('erase');
    await erasing.locator('[type=submit]').click();
  };
  await erases();
  await erasing.getByRole('status').getByText((words.leftOnHold ?? '').replace('{n}', '1')).waitFor();
  await ada.shows('privacy-held');
  await held.locator('[name=reason]').fill('the court is done');
  await Promise.all([page.waitForEvent('load'), held.locator('[type=submit]').click()]);
  await page.getByText(words.noHolds ?? '').waitFor();

  // Without the typed word nothing is sent.
  await erasing.locator('[name=id]').fill(id);
  await erasing.locator('[name=reason]').fill('request 12');
  await erasing.locator('[name=confirm]').fill('yes');
  await erasing.locator('[type=submit]').click();
  assert.equal(await erasing.locator('[name=confirm]').evaluate((field) => /** @type {HTMLInputElement} */ (field).checkValidity()), false);
  await erases();
  await erasing.getByRole('status').getByText(/^Erased\. Conversations: 1/).waitFor();
  await ada.shows('privacy-erased');
  await ada.goes('/console/tickets?q=zebra');
  await page.getByText(words.nothingFound ?? '').waitFor();
  const own = await fetch(new URL(`/v1/staff/conversations/${id}`, server.url), { headers: { cookie: await cookieOf(ada) } });
  assert.ok(!(await own.text()).includes('zebra'));

  // What is nobody's is said to be.
  await ada.goes('/console/privacy');
  await exporting.locator('[name=whose]').selectOption('visitor');
  await exporting.locator('[name=id]').fill('nobody-4711');
  await exporting.locator('[type=submit]').click();
  await exporting.getByRole('status').getByText(words.nothingKept ?? '').waitFor();
  await exporting.locator('[name=whose]').selectOption('conversation');
  await exporting.locator('[name=id]').fill('nonsense');
  await exporting.locator('[type=submit]').click();
  await page.getByRole('alert').filter({ hasText: words.wrong_conversation }).waitFor();
  assert.deepEqual(ada.faults.filter((fault) => !/status of 4(00|09|22)/.test(fault)), []);
  await ada.leaves();
  await visitor.leaves();
});

/** What the browser shows the server. @param {Agent} agent */
async function cookieOf({ page, url }) {
  const cookies = await page.context().cookies(url);
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}

story('mail that nobody takes says why', async () => {
  const visitor = await Visitor.arrives(browser, server.url, { locale: 'en-US' });
  await visitor.asks('When is the shop open?');
  await visitor.person.click();
  const sheet = visitor.page.getByRole('dialog', { name: WORDS.en.person });
  await sheet.locator('#field-reason').fill('a person, please');
  await sheet.getByLabel(WORDS.en.contact).fill('reader@example.com');
  await sheet.getByRole('button', { name: WORDS.en.handoffSend, exact: true }).click();
  await visitor.banner.waitFor();
  const ada = await works('Ada', PROFILES.zh);
  const { page, words } = ada;
  await page.getByRole('link', { name: words.mail, exact: true }).click();
  await page.waitForURL('**/console/mail');
  const row = page.locator('tbody tr', { hasText: 'reader@example.com' });
  while (!(await row.locator('td code').count())) {
    await page.waitForTimeout(200);
    await ada.goes('/console/mail');
  }
  await row.getByText(words.mail_waiting ?? '', { exact: true }).waitFor();
  await row.getByText(words.mail_opened ?? '', { exact: true }).waitFor();
  await hindersNobody(ada, 'mail');
  await ada.shows('mail-zh');
  await page.getByRole('link', { name: words.mail_failed, exact: true }).click();
  await page.getByText(words.nothingFound ?? '').waitFor();
  await ada.goes('/console/mail?state=waiting');
  await row.getByRole('link').click();
  await page.waitForURL('**/console/tickets?q=M-*');
  ada.contented();
  await ada.leaves();
  await visitor.leaves();
});

story('the password is asked for again before what cannot be undone', async () => {
  const ada = await works('Ada', PROFILES.ko);
  const { page, words } = ada;
  await ada.goes('/console/privacy');
  // The server says so after half an hour; here it is said once in its place.
  const refused = { type: 'urn:mondo:problem:proof-needed', status: 403, message: words.password };
  await page.route('**/v1/staff/privacy/export', (route) => route.fulfill({ status: 403, json: refused, contentType: 'application/problem+json' }), { times: 1 });
  const exporting = page.locator('[data-form=export]');
  await exporting.locator('[name=whose]').selectOption('visitor');
  await exporting.locator('[name=id]').fill('nobody-4711');
  await exporting.locator('[type=submit]').click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('[name=password]').fill('a guess');
  await dialog.locator('[value=go]').click();
  await dialog.getByText(words.wrong_current ?? '').waitFor();
  await dialog.locator('[name=password]').fill(accounts.Ada?.password ?? '');
  await dialog.locator('[value=go]').click();
  await exporting.getByRole('status').getByText(words.nothingKept ?? '').waitFor();
  assert.deepEqual(ada.faults.filter((fault) => !/status of 4(00|03|22)/.test(fault)), []);
  await ada.leaves();
});

story('somebody ends their session elsewhere', async () => {
  const here = await works('Sora', PROFILES.en);
  const there = await works('Sora', PROFILES.zh);
  const third = await works('Sora', PROFILES.ko);
  await here.goes('/console/settings');
  const { page, words } = here;
  const sessions = page.locator('.sessions li');
  assert.equal(await sessions.count(), 3);
  await sessions.first().getByText(/Chrome · Linux/).waitFor();
  await page.locator('.sessions li', { hasText: words.thisSession }).waitFor();
  await here.shows('sessions-en');
  // The newest stands first: the third.
  await Promise.all([page.waitForEvent('load'), sessions.first().getByRole('button').click()]);
  assert.equal(await sessions.count(), 2);
  await third.page.goto(new URL('/console', server.url).href);
  await third.page.waitForURL('**/console/sign-in');
  await Promise.all([page.waitForEvent('load'), page.locator('#end-others').click()]);
  assert.equal(await sessions.count(), 1);
  assert.equal(await page.locator('#end-others').count(), 0);
  await there.page.goto(new URL('/console', server.url).href);
  await there.page.waitForURL('**/console/sign-in');
  await here.goes('/console');
  here.contented();
  for (const agent of [here, there, third]) await agent.leaves();
});

story('the log is narrowed to a person and a kind, and read on', async () => {
  const sora = await works('Sora', PROFILES.en);
  for (let turn = 0; turn < 52; turn += 1) {
    const csrf = await sora.page.evaluate(() => document.body.dataset.csrf ?? '');
    const done = await fetch(new URL('/v1/staff/account', server.url), {
      method: 'PUT',
      headers: { cookie: await cookieOf(sora), 'x-csrf-token': csrf, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Sora', languages: ['en'], skills: [`skill ${turn}`] }),
    });
    assert.equal(done.status, 200);
  }
  const otto = await works('Otto', PROFILES.en);
  const { page, words } = otto;
  await page.getByRole('link', { name: words.log, exact: true }).click();
  await page.waitForURL('**/console/log');
  const lines = page.locator('tbody tr');
  assert.equal(await lines.count(), 50);
  await otto.shows('log-en');
  const newest = await lines.first().innerText();
  await page.getByRole('link', { name: words.older, exact: true }).click();
  await page.waitForURL('**before=*');
  assert.notEqual(await lines.first().innerText(), newest);
  await page.locator('[name=actor]').selectOption({ label: 'Sora' });
  await page.locator('[name=action]').selectOption({ label: words.act_change_profile });
  await page.getByRole('button', { name: words.show, exact: true }).click();
  await page.waitForURL('**action=change_profile**');
  assert.equal(await lines.filter({ hasText: 'Sora' }).count(), 50);
  await page.getByRole('link', { name: words.older, exact: true }).click();
  await page.waitForURL('**before=*');
  assert.equal(await lines.filter({ hasText: words.act_change_profile }).count(), 2);
  otto.contented();
  for (const agent of [sora, otto]) await agent.leaves();
});

/** What the console is read in; traditional characters are chosen once one is in. @type {[string, Profile][]} */
const READERS = [...Object.entries(PROFILES), ['zh-Hant', PROFILES.zh]];
for (const [name, profile] of READERS) {
  story(`every page can be read by everybody, ${name}`, async () => {
    for (const [who, paths] of /** @type {const} */ ([
      ['Ada', ['programs', 'mail', 'privacy', 'settings']],
      ['Otto', ['log', 'mail']],
    ])) {
      const agent = await works(who, profile);
      const { page, words } = agent;
      if (name === 'zh-Hant') await agent.goes('/console/preferences?to=/console/settings&language=zh-Hant');
      for (const path of paths) {
        for (const width of [360, 1440, 2560]) {
          await page.setViewportSize({ width, height: 900 });
          await agent.goes(`/console/${path}`);
          const where = `${path}, ${name}, ${width} px`;
          if (width !== 2560) {
            await page.evaluate(() => document.querySelectorAll('main details').forEach((details) => details.setAttribute('open', '')));
            await hindersNobody(agent, where);
          }
          const [wanted, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
          assert.ok((wanted ?? 0) <= (shown ?? 0), `${where} is ${wanted} px wide`);
          await agent.shows(`office-${path}-${name}-${width}`);
        }
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      const places = await page.locator('.places a').allInnerTexts();
      if (name !== 'zh-Hant') {
        assert.equal(places.includes(words.log ?? ''), who === 'Otto');
        assert.equal(places.includes(words.privacy ?? ''), who === 'Ada');
      }
      agent.contented();
      await agent.leaves();
    }
  });
}

story('a page that is not for somebody is a page all the same', async () => {
  const aki = await works('Aki', PROFILES.ja);
  const { page, words } = aki;
  for (const path of ['programs', 'mail', 'log', 'privacy', 'programs/webhooks/019a9f6e-1c00-7000-8000-000000000000']) {
    const response = await page.goto(new URL(`/console/${path}`, server.url).href);
    assert.equal(response?.status(), 403, path);
    await page.getByRole('heading', { name: words.pageForbidden }).waitFor();
  }
  const places = await page.locator('.places a').allInnerTexts();
  for (const word of ['programs', 'mail', 'log', 'privacy']) assert.ok(!places.includes(words[word] ?? ''), word);
  assert.deepEqual(aki.faults.filter((fault) => !fault.includes('403')), []);
  await aki.leaves();
});

// The widget on pages of other origins: wherever it is embedded, it works and leaves the page alone.

import assert from 'node:assert/strict';
import { before } from 'node:test';
import { launch, stopAfter, story, thresholds } from './browser.mjs';
import { startHosts } from './hosts.mjs';
import { startServer } from './server.mjs';
import { Visitor, WORDS } from './visitor.mjs';

const QUESTION = 'How long does identity verification take?';

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

/** Calls a verb of the widget. @param {Visitor} visitor @param {unknown[]} given */
const calls = (visitor, ...given) => visitor.page.evaluate((all) => /** @type {any} */ (window).Mondo(...all), given);

/** Opens the bubble and asks. @param {Visitor} visitor @param {string} [question] */
async function opensAndAsks(visitor, question = QUESTION) {
  await visitor.page.locator('#launcher').click();
  return visitor.asks(question);
}

for (const [page, locale] of /** @type {const} */ ([['plain', 'en'], ['strict', 'ja'], ['hostile', 'ko'], ['isolated', 'en'], ['pinned', 'en'], ['twice', 'en']])) {
  story(`it works on the ${page} page and changes nothing of it`, at(page), async (visitor) => {
    await visitor.page.locator('#launcher').waitFor();
    assert.equal(await visitor.page.locator('mondo-chat').count(), 1, 'one element, however many script tags');
    const before = await visitor.page.evaluate(() => document.querySelector('h1')?.getBoundingClientRect().toJSON());
    assert.equal(await visitor.page.locator('#panel').count(), 0, 'nothing but the launcher before it is wanted');
    const reply = await opensAndAsks(visitor);
    assert.equal(await visitor.page.locator('#panel').getAttribute('lang'), locale);
    const look = await reply.locator('.card .title').evaluate((node) => {
      const style = getComputedStyle(node);
      return { size: style.fontSize, letters: style.letterSpacing, display: style.display, direction: style.direction };
    });
    assert.deepEqual(look, { size: '16px', letters: 'normal', display: 'block', direction: 'ltr' });
    const field = await visitor.field.boundingBox();
    assert.ok(field && field.height >= 40, 'sizes do not follow the page');
    const after = await visitor.page.evaluate(() => document.querySelector('h1')?.getBoundingClientRect().toJSON());
    assert.deepEqual(after, before, 'nothing moved');
    assert.deepEqual(await visitor.page.context().cookies(), []);
    await visitor.shows(`host-${page}`);
  });
}

story('it works in a sandboxed frame, which has no storage', at('framed'), async (visitor) => {
  const frame = visitor.page.frameLocator('iframe');
  await frame.locator('#launcher').click();
  await frame.locator('#text').fill(QUESTION);
  await frame.locator('#text').press('Enter');
  await frame.locator('#log > .message.bot .card').waitFor();
});

story('it fills the window of an app', at('webview', { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true }), async (visitor) => {
  await visitor.page.locator('#examples button').first().waitFor();
  await visitor.shows('webview-welcome');
  const reply = await visitor.asks('本人認證要多久');
  await reply.locator('.bubble').waitFor();
  await visitor.scrollsOnlyDown('the app');
  await visitor.shows('webview');
  const small = await visitor.page.locator('button:visible, select:visible, textarea:visible').evaluateAll((nodes) =>
    nodes.map((node) => [node.id || node.className, node.getBoundingClientRect()]).filter(([, box]) => Math.min(box.width, box.height) < 40).map(([name]) => name),
  );
  assert.deepEqual(small, [], 'fingers hit every target');
});

story('a module can embed it in its own place, in traditional Chinese', at('module'), async (visitor) => {
  await visitor.page.locator('#examples button').first().waitFor();
  assert.equal(await visitor.page.locator('#panel').getAttribute('lang'), 'zh-Hant');
  assert.equal(await visitor.page.locator('#help > mondo-chat').count(), 1);
  const reply = await visitor.asks('身份认证要审核多久');
  await reply.locator('.card').waitFor();
  const number = await visitor.asksForPerson('zh-Hant', '請協助我');
  const note = await visitor.seesMessage('system', `已為您建立工單 ${number}`);
  assert.match(await note.innerText(), /客服人員會查看這次對話/);
  await visitor.shows('module-zh-Hant');
});

story('verbs and events do what they are named for', at('plain'), async (visitor) => {
  const { page } = visitor;
  await page.locator('#launcher').waitFor();
  await page.evaluate(() => {
    const seen = /** @type {string[]} */ ((/** @type {any} */ (window).seen = []));
    const { Mondo } = /** @type {any} */ (window);
    for (const name of ['ready', 'open', 'close', 'unread', 'message', 'answer', 'escalated', 'feedback', 'error']) {
      Mondo('on', name, () => seen.push(name));
      addEventListener(`mondo:${name}`, () => seen.push(`dom:${name}`));
    }
    const forget = Mondo('on', 'open', () => seen.push('forgotten'));
    forget();
  });
  const seen = () => page.evaluate(() => /** @type {any} */ (window).seen);

  await calls(visitor, 'ask', QUESTION);
  await visitor.field.waitFor();
  assert.equal(await visitor.field.inputValue(), QUESTION, 'a question is put in and not sent');
  assert.equal(await visitor.log.locator('> .message').count(), 0);
  const reply = await visitor.replyTo(() => visitor.field.press('Enter'));
  await reply.getByRole('button', { name: WORDS.en.helpful, exact: true }).click();
  await reply.getByText(WORDS.en.thanks, { exact: true }).waitFor();
  await visitor.asksForPerson('en', 'please');
  await calls(visitor, 'close');
  await visitor.page.locator('#panel').waitFor({ state: 'hidden' });
  assert.deepEqual(await seen(), ['ready', 'open', 'message', 'answer', 'feedback', 'escalated', 'close'].flatMap((name) => [name, `dom:${name}`]));

  await calls(visitor, 'hide');
  await page.locator('#launcher').waitFor({ state: 'hidden' });
  await calls(visitor, 'show');
  await page.locator('#launcher').waitFor();
  await calls(visitor, 'setLocale', 'ja');
  await page.locator('#launcher[lang=ja]').waitFor();
  await calls(visitor, 'toggle');
  await page.locator('#panel[lang=ja]').waitFor();
  await assert.rejects(calls(visitor, 'dance'), /knows no dance/);

  await calls(visitor, 'shutdown');
  assert.equal(await page.locator('mondo-chat').count(), 0);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), [], 'nothing is left behind');
  await calls(visitor, 'boot', { locale: 'en' });
  await page.locator('#launcher').click();
  await page.locator('#welcome').waitFor();
});

story('the conversation goes on across pages, and what was said meanwhile is counted', at('plain'), async (visitor) => {
  const { page } = visitor;
  await opensAndAsks(visitor);
  await visitor.asksForPerson('en', 'please');
  await page.keyboard.press('Escape');
  await page.locator('#panel').waitFor({ state: 'hidden' });
  await page.evaluate(() => {
    const counted = /** @type {number[]} */ ((/** @type {any} */ (window).counted = []));
    /** @type {any} */ (window).Mondo('on', 'unread', (/** @type {{ count: number }} */ { count }) => counted.push(count));
  });
  // The same visitor writes from another page while this one is closed.
  const other = await page.context().newPage();
  await other.goto(new URL('plain', hosts.url).href);
  await other.locator('#launcher').click();
  await other.locator('#log > .message.system').first().waitFor();
  await other.locator('#text').fill('Is anyone there?');
  await other.locator('#text').press('Enter');
  await page.locator('#launcher .badge', { hasText: /\d/ }).waitFor();
  assert.match((await page.locator('#launcher').getAttribute('aria-label')) ?? '', /unread/);
  await visitor.shows('unread');
  await page.locator('#launcher').click();
  await visitor.seesMessage('visitor', 'Is anyone there?');
  assert.equal(await page.locator('#launcher .badge').innerText(), '');
  const counted = await page.evaluate(() => /** @type {any} */ (window).counted);
  assert.ok(counted.length > 1 && counted[0] > 0 && counted.at(-1) === 0, `the host is told: ${counted}`);
});

story('the host hears of what is refused, of early wishes, and in spite of a listener that fails', at('plain'), async (visitor) => {
  const { page } = visitor;
  await page.locator('#launcher').waitFor();
  await page.evaluate(() => {
    const all = /** @type {any} */ (window);
    all.told = [];
    all.Mondo('on', 'error', () => {
      throw new Error('a listener of the host');
    });
    all.Mondo('on', 'error', (/** @type {any} */ detail) => all.told.push(detail));
  });
  await calls(visitor, 'open');
  await page.locator('#panel').waitFor();
  // This one waited in the queue before the widget was there.
  await page.locator('html[data-mondo=ready]').waitFor({ state: 'attached' });
  // It shows nothing at all.
  await visitor.says('\u200b');
  const failed = page.locator('#log > .unsent .failed');
  await failed.waitFor();
  const [told] = await page.evaluate(() => /** @type {any} */ (window).told);
  assert.equal(told.status, 400);
  assert.ok((await failed.innerText()).includes(told.message), told.message);
  await failed.getByRole('button', { name: WORDS.en.discard, exact: true }).click();
  await failed.waitFor({ state: 'detached' });
  await visitor.asks(QUESTION);
  await calls(visitor, 'update', { locale: 'ko' });
  await visitor.seesWords('ko');
  await calls(visitor, 'close');
  await page.locator('#panel').waitFor({ state: 'hidden' });
}, /status of 400|a listener of the host/);

story('a server that is killed in the middle of an answer shows everything once', at('bare'), async (visitor) => {
  const server = await startServer(thresholds('0', '0'));
  try {
    const { page } = visitor;
    await page.addScriptTag({ url: `${server.url}widget/v1/widget.js` });
    await opensAndAsks(visitor);
    // The question reaches the server, which dies before its answer reaches the visitor.
    await page.route('**/messages', async (route) => {
      await route.fetch();
      await server.kill();
      await route.abort();
    }, { times: 1 });
    await visitor.says('How do I withdraw?');
    await page.locator('#log > .unsent', { hasText: WORDS.en.waiting }).waitFor();
    // This one is written while nobody listens.
    await visitor.says('What are the fees?');
    await page.locator('#log > .unsent').nth(1).waitFor();
    await visitor.shows('killed');
    await server.restart();
    await visitor.log.locator('> .message.bot').nth(2).waitFor();
    await page.locator('#log > .unsent').first().waitFor({ state: 'detached' });
    const check = async () => {
      const said = await visitor.log.locator('> .message.visitor .bubble').allInnerTexts();
      assert.deepEqual(said, [QUESTION, 'How do I withdraw?', 'What are the fees?']);
      assert.equal(await visitor.log.locator('> .message.bot').count(), 3);
    };
    await check();
    await visitor.shows('restarted');
  } finally {
    await server.stop();
  }
}, /ERR_CONNECTION_REFUSED|ERR_FAILED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);

story('the conversation can be kept as a file', at('plain'), async (visitor) => {
  await opensAndAsks(visitor);
  const waiting = visitor.page.waitForEvent('download');
  await visitor.page.locator('#talks').click();
  await visitor.page.locator('#download').click();
  const file = await waiting;
  const chunks = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  assert.ok(text.includes(QUESTION) && text.includes('Kumora assistant'), text);
});

story('what staff need is asked on one page before the ticket', at('plain'), async (visitor) => {
  const { page } = visitor;
  await opensAndAsks(visitor, 'My deposit has not arrived. Where is it?');
  await visitor.person.click();
  const sheet = page.getByRole('dialog', { name: WORDS.en.person });
  // One page, and nothing on it is required; what was said before is not asked again.
  await sheet.getByLabel(WORDS.en.reasonMore).fill('It has been two days');
  const label = WORDS.en.fields.txid;
  await sheet.getByLabel(label).fill('abc123');
  await sheet.getByLabel(WORDS.en.contact).fill('not-an-email');
  const send = sheet.getByRole('button', { name: WORDS.en.handoffSend, exact: true });
  await send.click();
  await sheet.getByText(WORDS.en.contactWrong, { exact: true }).waitFor();
  await visitor.shows('field');
  assert.equal(await sheet.getByLabel(label).inputValue(), 'abc123', 'a refusal loses nothing');
  await sheet.getByLabel(WORDS.en.contact).fill('');
  const sent = page.waitForRequest('**/escalate');
  await send.click();
  const { reason, contact } = (await sent).postDataJSON();
  assert.equal(reason, `It has been two days\n${label}: abc123`);
  assert.equal(contact, null);
  await visitor.banner.waitFor();
});

/** A token that names somebody; only its subject matters here. @param {string} subject */
const tokenOf = (subject) => `e30.${Buffer.from(JSON.stringify({ sub: subject })).toString('base64url')}.x`;

story('another account sees nothing of the conversation, and the first one finds it again', at('plain'), async (visitor) => {
  const { page } = visitor;
  await page.locator('#launcher').waitFor();
  await calls(visitor, 'setUser', tokenOf('one'));
  await opensAndAsks(visitor);
  await calls(visitor, 'setUser', tokenOf('two'));
  await page.locator('#welcome').waitFor();
  assert.equal(await visitor.log.locator('> .message').count(), 0);
  await visitor.asks('How do I withdraw?');
  await calls(visitor, 'setUser', tokenOf('one'));
  await visitor.seesMessage('visitor', QUESTION);
  assert.equal(await visitor.log.locator('> .message.visitor').count(), 1);
  await calls(visitor, 'setUser', null);
  await page.locator('#welcome').waitFor();
});

// The help pages in a browser: search as one types, on paper, and without JavaScript.

import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before } from 'node:test';
import { hindersNobody } from './axe.mjs';
import { barrier, launch, stopAfter, story, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';
import { isWrittenIn, LANGUAGES, localeOf, TAGS, Visitor } from './visitor.mjs';

/** @typedef {import('./visitor.mjs').Language} Language */

/** What somebody types, and the article they mean. @type {Record<Language, string>} */
const TYPED = { en: 'withdrawal pending', zh: '提币一直处理中', ja: '出金が処理中のまま', ko: '출금이 처리 중' };
const MEANT = 'withdrawal-pending';

/** The same question in each language. @type {Record<Language, string>} */
const QUESTION = {
  en: 'How long does identity verification take?',
  zh: '身份认证要审核多久',
  ja: '本人確認にはどのくらいかかりますか',
  ko: '본인 인증은 얼마나 걸리나요?',
};

/** @type {import('./server.mjs').Server} */
let mondo;
/** A small shop, where an article is written in English alone. @type {import('./server.mjs').Server} */
let shop;
/** The same shop, which always asks back. @type {import('./server.mjs').Server} */
let unsure;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  mondo = stopAfter(await startServer(thresholds('0', '0')));
  shop = stopAfter(await startServer(thresholds('0', '0'), 'tests/knowledge'));
  unsure = stopAfter(await startServer(thresholds('1', '0'), 'tests/knowledge'));
  browser = await launch();
});

/** @param {string} path @param {import('./visitor.mjs').Profile} [profile] */
const reads = (path, profile) => () => Visitor.comes(browser, mondo.url, path, profile);

for (const language of LANGUAGES) {
  story(`articles are found while one types, in ${language}`, reads(`help/${language}/`, { locale: TAGS[language] }), async (visitor) => {
    const { page } = visitor;
    const field = page.locator('#q');
    const found = page.locator('#found');
    const titles = found.locator('a');
    assert.ok(await found.isHidden());
    await field.pressSequentially(TYPED[language], { delay: 5 });
    await found.locator(`a[href$="/${MEANT}"]`).waitFor();
    const count = await titles.count();
    assert.ok(count > 1 && count <= 6, `${count} titles`);
    for (const title of await titles.allInnerTexts()) assert.ok(isWrittenIn(title, language), title);
    // What the titles lie above for a moment cannot be reached then.
    await hindersNobody(visitor, `search in ${language}`, '.search');
    await visitor.shows(`search-as-you-type-${language}`);

    // Up and down lead through the titles and back to the field; Escape leaves everything as it was.
    await field.press('ArrowDown');
    assert.ok(await titles.first().evaluate((node) => node === document.activeElement));
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    assert.ok(await titles.last().evaluate((node) => node === document.activeElement));
    await page.keyboard.press('Escape');
    assert.ok(await found.isHidden());
    assert.ok(await field.evaluate((node) => node === document.activeElement));
    assert.equal(await field.inputValue(), TYPED[language]);

    await field.press('End');
    await field.press('Space');
    await found.waitFor();
    // Whoever leaves the form closes it.
    await page.keyboard.press('Shift+Tab');
    await found.waitFor({ state: 'hidden' });

    await field.fill(`${TYPED[language]}  `);
    await found.locator(`a[href$="/${MEANT}"]`).click();
    await page.waitForURL(`**/help/${language}/${MEANT}`);
    assert.ok(isWrittenIn(await page.locator('h1').innerText(), language));
  });
}

story('half-composed characters are not searched for', reads('help/ja/', { locale: 'ja' }), async (visitor) => {
  const { page } = visitor;
  /** @type {string[]} */
  const asked = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname === '/v1/search') asked.push(url.searchParams.get('q') ?? '');
  });
  await page.clock.install();
  await page.reload();
  await page.locator('#q').focus();
  const input = await page.context().newCDPSession(page);
  for (const text of ['ｓ', 'しゅ', 'しゅっきん']) await input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await page.clock.runFor(1000);
  assert.deepEqual(asked, []);
  await input.send('Input.insertText', { text: '出金' });
  await page.clock.runFor(1000);
  await page.locator('#found a').first().waitFor();
  assert.deepEqual(asked, ['出金'], 'once, for the word itself');
});

story('a slow reply to an earlier word does not replace a later one', reads('help/en/'), async (visitor) => {
  const { page } = visitor;
  const { released, release } = barrier();
  const slow = page.waitForRequest(/v1\/search\?.*q=identity$/);
  await page.route(/v1\/search\?.*q=identity$/, async (route) => {
    await released;
    await route.continue().catch(() => {});
  });
  await page.locator('#q').fill('identity');
  await slow;
  await page.locator('#q').fill('withdrawal pending');
  await page.locator(`#found a[href$="/${MEANT}"]`).waitFor();
  const before = await page.locator('#found a').allInnerTexts();
  release();
  await page.unroute(/v1\/search\?.*q=identity$/);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(undefined))));
  assert.deepEqual(await page.locator('#found a').allInnerTexts(), before);
  // Nothing typed, nothing offered.
  await page.locator('#q').fill('');
  await page.locator('#found').waitFor({ state: 'hidden' });
  await page.locator('#q').fill('withdrawal');
  await page.locator('#found').waitFor();
  await page.locator('#q').press('Enter');
  await page.waitForURL('**/help/en/search?q=withdrawal');
});

for (const tag of ['en', 'zh-Hans', 'zh-Hant', 'ja', 'ko']) {
  const code = tag === 'zh-Hans' ? 'zh' : tag;
  /** @type {Language} */
  const language = tag === 'zh-Hans' || tag === 'zh-Hant' ? 'zh' : /** @type {Language} */ (tag);
  const say = localeOf(tag).help;

  story(`without JavaScript one reads, rates, asks and writes in ${tag}`, reads(`help/${code}/`, { locale: tag, javaScriptEnabled: false }), async (visitor) => {
    const { page } = visitor;
    await page.locator('.shelf a[href$="/topic/withdrawals"]').click();
    await page.locator(`.hits a[href$="/${MEANT}"]`).click();
    assert.ok(isWrittenIn(await page.locator('h1').innerText(), language));
    assert.equal(await page.locator('.notice').count(), 0, 'every locale has its own text');
    await page.getByRole('button', { name: say.yes, exact: true }).click();
    await page.getByRole('status').getByText(say.thanks, { exact: true }).waitFor();
    await page.locator('.crumbs a').nth(1).click();
    await page.waitForURL('**/topic/withdrawals');

    await page.goto(new URL(`help/${code}/identity-time`, mondo.url).href);
    await page.locator('form.ask textarea').fill(QUESTION[language]);
    await page.getByRole('button', { name: say.ask_button, exact: true }).click();
    const reply = page.locator('.reply');
    await reply.getByRole('link', { name: say.source, exact: true }).waitFor();
    assert.ok(isWrittenIn(await reply.locator('h3').innerText(), language));
    await visitor.shows(`no-script-answer-${tag}`);

    await page.locator('footer').getByRole('link', { name: say.write, exact: true }).click();
    await page.getByLabel(say.write_question).fill(QUESTION[language]);
    await page.getByLabel(say.write_contact).fill('reader@example.com');
    await page.getByRole('button', { name: say.write_button, exact: true }).click();
    await page.getByRole('status').getByText(new RegExp(say.written.replace('{number}', 'M-\\d+'))).waitFor();
    await visitor.shows(`no-script-ticket-${tag}`);
  });

  story(`on paper an article is its text alone, in ${tag}`, reads(`help/${code}/${MEANT}`, { locale: tag }), async (visitor) => {
    const { page } = visitor;
    await page.locator('#launcher').waitFor();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const hidden of ['#launcher', '.languages', '.search', '.rating', 'form.ask', '.crumbs', 'footer']) assert.ok(await page.locator(hidden).first().isHidden(), hidden);
    for (const shown of ['h1', '.summary', '.body']) assert.ok(await page.locator(shown).isVisible(), shown);
    // Black on white, whatever the screen prefers.
    for (const text of ['h1', '.summary', '.body', '.brand']) {
      const ink = await page.locator(text).first().evaluate((node) => getComputedStyle(node).color);
      assert.equal(ink, 'rgb(0, 0, 0)', text);
    }
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'light');
    await visitor.shows(`print-${tag}`);
  });
}

/** How one asks to give tea back, and for lessons. @type {[string, string, string][]} */
const CUSTOMERS = [
  ['zh-Hans', '茶叶怎么退货', '有茶道课吗'],
  ['zh-Hant', '茶葉怎麼退貨', '有茶道課嗎'],
  ['ja', 'お茶を返品したいです', '茶道の教室はありますか'],
  ['ko', '차를 반품하고 싶어요', '차 교육 과정이 있나요?'],
];

for (const [tag, returning, learning] of CUSTOMERS) {
  const code = tag === 'zh-Hans' ? 'zh' : tag;
  const { widget, label } = localeOf(tag);
  story(`what is often asked next leads on, in ${tag}`, () => Visitor.comes(browser, shop.url, `help/${code}/`, { locale: tag }), async (visitor) => {
    await visitor.page.locator('#launcher').click();
    const reply = await visitor.asks(returning);
    const follow = reply.locator('.follow');
    await follow.getByText(widget.next, { exact: true }).waitFor();
    const next = follow.getByRole('button');
    const title = await next.innerText();
    const answer = await visitor.replyTo(() => next.click());
    await visitor.seesMessage('visitor', title);
    assert.equal(await answer.locator('.card .title').innerText(), title);
    assert.equal(await answer.locator('.card .label').count(), 0, 'nothing to excuse');
  });

  story(`what is written in English alone says so, in ${tag}`, () => Visitor.comes(browser, unsure.url, `help/${code}/`, { locale: tag }), async (visitor) => {
    await visitor.page.locator('#launcher').click();
    const reply = await visitor.asks(learning);
    const title = 'Do you teach tea ceremony?';
    const answer = await visitor.replyTo(() => reply.locator('.options').getByRole('button', { name: title, exact: true }).click());
    assert.equal(await answer.locator('.card .label').innerText(), label.en);
    assert.equal(await answer.locator('.card .tag').innerText(), 'English');
    assert.equal(await answer.locator('.card .title').getAttribute('lang'), 'en');
    await visitor.shows(`label-${tag}`);
  });
}

for (const article of ['return-tea', 'tea-school']) {
  story(`in doubt the bubble answers with the page of ${article}`, () => Visitor.comes(browser, shop.url, `help/en/${article}`), async (visitor) => {
    const { page } = visitor;
    const title = await page.locator('h1').innerText();
    await page.locator('#launcher').click();
    // The page has a field of the same name.
    visitor.field = page.locator('#panel #text');
    const reply = await visitor.asks('my tea');
    assert.equal(await reply.locator('.card .title').innerText(), title);
    // So does the box on the page itself.
    await page.locator('#close').click();
    await page.locator('form.ask textarea').fill('my tea');
    await page.getByRole('button', { name: localeOf('en').help.ask_button, exact: true }).click();
    assert.equal(await page.locator('.reply h3').innerText(), title);
  });
}

const HARM = `
**Bold** stays. <script>window.harmed = 1</script> <img src="x" onerror="window.harmed = 1"> <iframe src="/"></iframe>
<a href="javascript:window.harmed=1" onclick="window.harmed=1">one</a> [two](javascript:window.harmed=1) [late](article:order-late)
<style>body { display: none }</style>
`;

const comesAfterHarm = async () => {
  await appendFile(join(shop.knowledge, 'orders/return-tea/en.md'), HARM);
  await shop.kill();
  await shop.restart();
  return Visitor.comes(browser, shop.url, 'help/en/return-tea');
};
story('an article cannot do more than be read, on its page and in the bubble', comesAfterHarm, async (visitor) => {
  const { page } = visitor;
  await page.locator('#launcher').click();
  visitor.field = page.locator('#panel #text');
  const reply = await visitor.asks('How do I return tea?');
  await reply.getByRole('button', { name: localeOf('en').widget.more, exact: true }).click();
  await reply.locator('.long').waitFor();
  for (const body of [page.locator('article .body'), reply.locator('.long')]) {
    assert.equal(await body.locator('strong', { hasText: 'Bold' }).count(), 1);
    assert.equal(await body.locator('script, iframe, style, [onerror], [onclick], [href^=javascript]').count(), 0);
    assert.match((await body.getByRole('link', { name: 'late' }).getAttribute('href')) ?? '', /\/help\/en\/order-late$/);
    assert.ok(await body.isVisible());
  }
  assert.equal(await page.evaluate(() => 'harmed' in window), false);
}, /\/x|404/);

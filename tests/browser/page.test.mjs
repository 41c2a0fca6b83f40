// The chat page in a browser, as visitors use it: each test is one visitor with a fresh profile.
// Thresholds are set here, so that what is tested is the page and not how sure the bot is.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { barrier, launch, stopAfter, story as tell, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';
import { isWrittenIn, LANGUAGES, localeOf, TAGS, Visitor, WORDS } from './visitor.mjs';

/** @typedef {import('./visitor.mjs').Language} Language */

/** The same question in each language. @type {Record<Language, string>} */
const QUESTION = {
  en: 'How long does identity verification take?',
  zh: '身份认证要审核多久',
  ja: '本人確認にはどのくらいかかりますか',
  ko: '본인 인증은 얼마나 걸리나요?',
};

/** What stands in the first example. @type {Record<Language, RegExp>} */
const TITLE = { en: /withdrawal/i, zh: /提币/, ja: /出金/, ko: /출금/ };

/** One server answers whatever it is asked, the other always asks back. @type {Record<'sure' | 'unsure', import('./server.mjs').Server>} */
let servers;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  const started = await Promise.allSettled([startServer(thresholds('0', '0')), startServer(thresholds('1', '0'))]);
  const [sure, unsure] = started.map((start) => {
    if (start.status === 'rejected') throw start.reason;
    return stopAfter(start.value);
  });
  servers = { sure, unsure };
  browser = await launch();
});

/**
 * @typedef {object} Setting
 * @property {'sure' | 'unsure'} [server]
 * @property {import('./visitor.mjs').Profile} [profile]
 * @property {RegExp} [expectedFault] what the browser may complain of
 */

/**
 * Tests what one visitor lives through on the page of the server itself.
 * @param {string} name
 * @param {Setting} setting
 * @param {(visitor: Visitor) => Promise<void>} live
 */
function story(name, { server = 'sure', profile, expectedFault }, live) {
  tell(name, () => Visitor.arrives(browser, servers[server].url, profile), live, expectedFault);
}

for (const language of LANGUAGES) {
  story(`a question in ${language} is answered in ${language}, with its source`, {}, async (visitor) => {
    const reply = await visitor.asks(QUESTION[language]);
    assert.equal(await reply.getAttribute('lang'), TAGS[language]);
    const title = await reply.locator('.card .title').innerText();
    assert.ok(isWrittenIn(title, language), `title: ${title}`);
    const source = reply.locator('.meta a');
    assert.ok((await source.innerText()).includes(title), 'the source names the article');
    assert.match(new URL((await source.getAttribute('href')) ?? '').pathname, new RegExp(`^/help/${language}/`));
    assert.equal(await visitor.field.inputValue(), '', 'the field is empty for the next question');
    await visitor.shows(`answer-${language}`);
  });

  story(`an unclear question in ${language} gets options, and a chosen one is answered`, { server: 'unsure' }, async (visitor) => {
    const reply = await visitor.asks(QUESTION[language]);
    const options = reply.locator('.options button');
    assert.ok((await options.count()) > 1, 'there is a choice');
    const chosen = await options.nth(1).innerText();
    assert.ok(isWrittenIn(chosen, language), `option: ${chosen}`);
    await visitor.shows(`options-${language}`);

    const answer = await visitor.replyTo(() => options.nth(1).click());
    await visitor.seesMessage('visitor', chosen);
    assert.equal(await answer.locator('.card .title').innerText(), chosen);
    assert.equal(await answer.getAttribute('lang'), TAGS[language]);
  });

  story(`an example in ${language} can be clicked`, {}, async (visitor) => {
    await visitor.switchesTo(language);
    const starter = visitor.page.locator('#examples button').first();
    await visitor.page.locator('#examples button', { hasText: TITLE[language] }).first().waitFor();
    const example = await starter.innerText();
    assert.ok(isWrittenIn(example, language), `example: ${example}`);
    await visitor.replyTo(() => starter.click());
    await visitor.seesMessage('visitor', example);
    assert.ok(await visitor.page.locator('#welcome').isHidden(), 'the greeting makes room');
  });
}

story('the whole article opens and closes in place', {}, async (visitor) => {
  const reply = await visitor.asks(QUESTION.en);
  const long = reply.locator('.long');
  assert.ok(await long.isHidden());
  await reply.getByRole('button', { name: WORDS.en.more, exact: true }).click();
  await long.waitFor();
  assert.ok((await long.innerText()).trim().length > 0, 'the article has text');
  const less = reply.getByRole('button', { name: WORDS.en.less, exact: true });
  assert.equal(await less.getAttribute('aria-expanded'), 'true');
  await visitor.shows('read-more');
  await less.click();
  await long.waitFor({ state: 'hidden' });
});

story('a visitor says whether an answer helped, and can change their mind', {}, async (visitor) => {
  const reply = await visitor.asks(QUESTION.en);
  const up = reply.getByRole('button', { name: WORDS.en.helpful, exact: true });
  const down = reply.getByRole('button', { name: WORDS.en.notHelpful, exact: true });
  await up.click();
  await reply.getByText(WORDS.en.thanks, { exact: true }).waitFor();
  assert.equal(await up.getAttribute('aria-pressed'), 'true');

  await down.click();
  await reply.getByText(WORDS.en.thanksPerson).waitFor();
  assert.equal(await down.getAttribute('aria-pressed'), 'true');
  assert.equal(await up.getAttribute('aria-pressed'), 'false');
  await visitor.shows('thumbs-reasons');
  await reply.getByRole('button', { name: WORDS.en.why_not_detailed, exact: true }).click();
  await reply.getByText(WORDS.en.thanks, { exact: true }).waitFor();
  await reply.getByRole('status').getByRole('button', { name: WORDS.en.person, exact: true }).click();
  await visitor.page.getByRole('dialog', { name: WORDS.en.person }).waitFor();
  await visitor.shows('thumbs');
});

story('the page speaks the chosen language and remembers it', {}, async (visitor) => {
  await visitor.asks(QUESTION.en);
  for (const language of [...LANGUAGES].reverse()) {
    await visitor.switchesTo(language);
    assert.equal(await visitor.person.innerText(), WORDS[language].person);
    assert.equal(await visitor.messages.count(), 2, 'the conversation stays');
  }
  await visitor.switchesTo('ja');
  await visitor.page.reload();
  await visitor.seesWords('ja');
  assert.equal(await visitor.page.locator('#language').inputValue(), 'ja');
});

story('the conversation stays in sight while a language is being changed', {}, async (visitor) => {
  await visitor.asks(QUESTION.en);
  const { released, release } = barrier();
  await visitor.page.route('**/v1/welcome?*', async (route) => {
    await released;
    await route.continue();
  });
  const welcome = visitor.page.waitForResponse('**/v1/welcome?*');
  await visitor.switchesTo('ja');
  assert.equal(await visitor.messages.count(), 2, 'it does not wait for the rest of the welcome');
  release();
  await (await welcome).finished();
  await visitor.page.unroute('**/v1/welcome?*');
  assert.equal(await visitor.messages.count(), 2);
});

story('a Korean browser is greeted in Korean', { profile: { locale: 'ko-KR' } }, async (visitor) => {
  await visitor.seesWords('ko');
  await visitor.page.getByText(WORDS.ko.greeting).waitFor();
  await visitor.shows('welcome-ko');
});

story('Enter that ends a composition does not send', {}, async (visitor) => {
  await visitor.field.focus();
  const input = await visitor.page.context().newCDPSession(visitor.page);
  await input.send('Input.imeSetComposition', { text: 'ほんにん', selectionStart: 4, selectionEnd: 4 });
  // An input method takes the key itself; the page hears of it as key 229, while still composing.
  await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
  await input.send('Input.insertText', { text: '本人' });
  // Safari ends the composition first and tells by the number alone.
  await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
  assert.equal(await visitor.field.inputValue(), '本人');
  assert.equal(await visitor.log.locator('> .message').count(), 0);

  await visitor.field.press('End');
  await visitor.field.pressSequentially('確認');
  await visitor.replyTo(() => visitor.field.press('Enter'));
  await visitor.seesMessage('visitor', '本人確認');
});

story('Shift and Enter make a new line', {}, async (visitor) => {
  await visitor.field.fill('Two');
  await visitor.field.press('Shift+Enter');
  await visitor.field.pressSequentially('lines');
  assert.equal(await visitor.field.inputValue(), 'Two\nlines');
  assert.equal(await visitor.log.locator('> .message').count(), 0);
});

story('a person is asked for, what is written meanwhile is kept, and a reload resumes', {}, async (visitor) => {
  await visitor.asks(QUESTION.en);
  const number = await visitor.asksForPerson('en', 'My documents were refused');
  await visitor.seesMessage('system', number);
  assert.ok(await visitor.person.isHidden(), 'one ticket is enough');
  await visitor.shows('ticket');

  const replies = await visitor.log.locator('> .message.bot').count();
  await visitor.says('Is anyone there?');
  await visitor.seesMessage('visitor', 'Is anyone there?');
  assert.equal(await visitor.log.locator('> .message.bot').count(), replies, 'the bot leaves it to the person');
  await visitor.page.locator('#log > .unsent').waitFor({ state: 'detached' });

  const transcript = await visitor.transcript();
  await visitor.page.reload();
  await visitor.seesMessage('visitor', 'Is anyone there?');
  assert.deepEqual(await visitor.transcript(), transcript);
  assert.ok((await visitor.banner.innerText()).includes(number));
  await visitor.shows('resumed');
});

story('a person can be asked for before anything else', { profile: { locale: 'zh-CN' } }, async (visitor) => {
  await visitor.person.click();
  await visitor.page.getByRole('button', { name: WORDS.zh.cancel, exact: true }).click();
  await visitor.page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.ok(await visitor.banner.isHidden(), 'nothing happened yet');
  const number = await visitor.asksForPerson('zh', '账户被冻结');
  await visitor.seesMessage('system', number);
});

story('a new conversation starts empty, also while a reply is on its way', {}, async (visitor) => {
  await visitor.asks(QUESTION.en);
  const { released, release } = barrier();
  await visitor.page.route('**/messages', async (route) => {
    const response = await route.fetch();
    await released;
    await route.fulfill({ response });
  });
  const late = visitor.page.waitForResponse('**/messages');
  await visitor.says('How do I withdraw?');
  await visitor.page.locator('#talks').click();
  await visitor.page.locator('#again').click();
  release();
  await (await late).finished();
  await visitor.page.unroute('**/messages');
  assert.equal(await visitor.log.locator('> .message').count(), 0);

  await visitor.asks(QUESTION.en);
  assert.equal(await visitor.messages.count(), 2);
});

test('the page asks and answers without JavaScript', async () => {
  const context = await browser.newContext({ locale: 'ja-JP', javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(servers.sure.url);
  const say = localeOf('ja').help;
  await page.getByLabel(say.ask_hint).fill('本人確認にはどのくらいかかりますか');
  await page.getByRole('button', { name: say.ask_button, exact: true }).click();
  await page.getByRole('heading', { name: say.answer, exact: true }).waitFor();
  await context.close();
});

story('what was begun before the chat came goes on in it', {}, async (visitor) => {
  const { page } = visitor;
  const { released, release } = barrier();
  await page.route('**/chat.js', async (route) => {
    await released;
    await route.continue();
  });
  await page.reload({ waitUntil: 'commit' });
  await page.locator('#first').fill('How do I with');
  release();
  await visitor.field.waitFor();
  assert.equal(await visitor.field.inputValue(), 'How do I with');
  assert.ok(await page.locator('#first').isHidden());
});

story('HTML of a visitor is shown as text', {}, async (visitor) => {
  const written = '<img src=x onerror="window.harmed=1"><b>fees</b><script>window.harmed=1</script>';
  await visitor.asks(written);
  const check = async () => {
    const message = await visitor.seesMessage('visitor', '<b>fees</b>');
    assert.equal(await message.locator('.bubble').innerText(), written);
    assert.equal(await visitor.log.locator('img, b, script').count(), 0);
    assert.equal(await visitor.page.evaluate(() => 'harmed' in window), false);
  };
  await check();
  await visitor.page.reload();
  await check();
});

story('what could not be sent is kept, and sent once the connection is back', { expectedFault: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/ }, async (visitor) => {
  await visitor.asks(QUESTION.en);
  await visitor.page.context().setOffline(true);
  await visitor.says('How do I withdraw?');
  const unsent = visitor.page.locator('#log > .unsent');
  await unsent.getByText(WORDS.en.waiting).waitFor();
  assert.match(await unsent.innerText(), /How do I withdraw\?/);
  await visitor.shows('offline');
  await visitor.replyTo(() => visitor.page.context().setOffline(false));
  await unsent.waitFor({ state: 'detached' });
  assert.equal(await visitor.messages.count(), 4);
});

story('a message that arrived although its reply was lost is not shown twice', { expectedFault: /ERR_FAILED/ }, async (visitor) => {
  await visitor.asks(QUESTION.en);
  await visitor.page.route('**/messages', async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await visitor.replyTo(() => visitor.says('How do I withdraw?'));
  await visitor.page.locator('#log > .unsent').waitFor({ state: 'detached' });
  assert.equal(await visitor.messages.count(), 4);
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  for (const language of LANGUAGES) {
    const profile = { viewport: { width: 360, height: 640 }, locale: language, colorScheme };
    story(`at 360 px nothing is cut off, ${colorScheme}, ${language}`, { server: 'unsure', profile }, async (visitor) => {
      await visitor.seesWords(language);
      await visitor.scrollsOnlyDown('the greeting');
      await visitor.shows(`narrow-welcome-${language}-${colorScheme}`);
      const choice = await visitor.asks(QUESTION[language]);
      await visitor.scrollsOnlyDown('a choice');
      const answer = await visitor.replyTo(() => choice.locator('.options button').first().click());
      await visitor.readsOn(answer, language);
      await visitor.scrollsOnlyDown('an answer');
      await visitor.shows(`narrow-answer-${language}-${colorScheme}`);
      await visitor.asks(`0x${'f'.repeat(300)}`);
      await visitor.scrollsOnlyDown('an endless word');
      await visitor.person.click();
      await visitor.page.getByRole('dialog').waitFor();
      await visitor.scrollsOnlyDown('the dialog');
      await visitor.shows(`narrow-dialog-${language}-${colorScheme}`);
    });
  }
}

story('the source of an answer opens as a page, in every language', { profile: { viewport: { width: 360, height: 640 } } }, async (visitor) => {
  const reply = await visitor.asks(QUESTION.en);
  const title = await reply.locator('.card .title').innerText();
  await visitor.opens((await reply.locator('.meta a').getAttribute('href')) ?? '');
  assert.equal(await visitor.page.locator('h1').innerText(), title);
  for (const language of LANGUAGES) {
    const tag = language === 'zh' ? 'zh-Hans' : language;
    await visitor.page.locator(`nav.languages a[hreflang=${tag}]`).click();
    await visitor.page.locator(`html[lang=${tag}]`).waitFor();
    const heading = await visitor.page.locator('h1').innerText();
    assert.ok(isWrittenIn(heading, language), `heading: ${heading}`);
    await visitor.scrollsOnlyDown(`the article in ${language}`);
    await visitor.shows(`help-${language}`);
  }
});

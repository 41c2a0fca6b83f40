// What a visitor can count on: no conversation is lost, an answer finds them, and they see who wrote what and when.

import assert from 'node:assert/strict';
import { before } from 'node:test';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, story, thresholds } from './browser.mjs';
import { Colleague } from './colleague.mjs';
import { startHosts } from './hosts.mjs';
import { startServer } from './server.mjs';
import { LANGUAGES, localeOf, TAGS, Visitor, WORDS } from './visitor.mjs';

const QUESTION = 'How long is your shipping?';

/** @type {import('./server.mjs').Server} */
let mondo;
/** @type {{ url: string, stop: () => Promise<void> }} */
let hosts;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  mondo = stopAfter(await startServer({ ...thresholds('0', '0'), MONDO__HTTP__PRESENCE_GRACE_MS: '0' }, 'tests/knowledge'));
  hosts = stopAfter(await startHosts(mondo.url));
  browser = await launch();
});

/** @param {string} path @param {import('./visitor.mjs').Profile} [profile] */
const at = (path, profile) => () => Visitor.comes(browser, hosts.url, path, profile);

/** Opens the bubble and asks. @param {Visitor} visitor @param {string} [question] */
async function opensAndAsks(visitor, question = QUESTION) {
  await visitor.page.locator('#launcher').click();
  await visitor.asks(question);
}

/** The id of the present conversation. @param {Visitor} visitor @returns {Promise<string>} */
const idOf = (visitor) => visitor.page.evaluate(() => JSON.parse(localStorage[Object.keys(localStorage).find((name) => name.startsWith('mondo:')) ?? '']).conversation);

/** @param {Visitor} visitor @param {string} language */
const saysIn = (visitor, language) => visitor.page.locator('#language').selectOption(language).then(() => visitor.page.locator(`#panel[lang=${language}]`).waitFor());

story('an open ticket is not lost by a click, and is found again', at('plain'), async (visitor) => {
  const { page } = visitor;
  const say = WORDS.en;
  await opensAndAsks(visitor);
  const number = await visitor.asksForPerson('en', 'my parcel was sent twice');
  const id = await idOf(visitor);
  const talks = page.locator('#talks');
  await talks.click();
  const sheet = page.getByRole('dialog', { name: say.talks });
  await sheet.getByRole('button', { name: say.again, exact: true }).click();
  // Asked once more, with the way back under the finger.
  await sheet.getByText(number).waitFor();
  await visitor.shows('talks-confirm');
  assert.equal(await page.evaluate(() => document.querySelector('mondo-chat')?.shadowRoot?.activeElement?.id), 'stay');
  await sheet.locator('#stay').click();
  assert.equal(await idOf(visitor), id, 'nothing has happened');
  await talks.click();
  await sheet.getByRole('button', { name: say.again, exact: true }).click();
  await sheet.getByRole('button', { name: say.again, exact: true }).click();
  await page.locator('#welcome').waitFor();
  assert.equal(await visitor.messages.count(), 0);
  await visitor.asks('Can I return opened tea?');

  // A person answers in the other one: the visitor hears of it, also after coming back.
  const agent = await Colleague.arrives(mondo, 'Rin');
  await agent.posts(`${id}/acts`, { act: 'claim' });
  await agent.posts(`${id}/messages`, { text: 'We have found your parcel.' });
  await page.reload();
  await page.locator('#talks .badge', { hasText: /^[1-9]/ }).waitFor();
  await talks.click();
  const row = sheet.getByRole('listitem').filter({ hasText: number });
  await row.getByText(say.talkOpen).waitFor();
  await row.getByText('We have found your parcel.').waitFor();
  await hindersNobody(/** @type {any} */ ({ page }), 'the list of conversations');
  await visitor.shows('talks-list');
  await row.getByRole('button').click();
  await visitor.seesMessage('visitor', QUESTION);
  await visitor.log.locator('> .message.agent', { hasText: 'We have found your parcel.' }).waitFor();
  await visitor.banner.getByText(number).waitFor();
  assert.equal(await idOf(visitor), id);
  await visitor.says('Thank you');
  await visitor.seesMessage('visitor', 'Thank you');
  await page.locator('#talks .badge', { hasText: /^$/ }).waitFor({ state: 'attached' });
  // And the way back to the second.
  await talks.click();
  await sheet.getByRole('listitem').getByRole('button').first().click();
  await visitor.seesMessage('visitor', 'Can I return opened tea?');
  await visitor.banner.waitFor({ state: 'hidden' });
});

for (const language of [...LANGUAGES, /** @type {const} */ ('zh-Hant')]) {
  const tag = language === 'zh-Hant' ? language : TAGS[language];
  story(
    `where nobody is, an address is asked for, and checked, in ${tag}`,
    at('plain'),
    async (visitor) => {
      const { page } = visitor;
      const locale = localeOf(tag);
      const say = locale.widget;
      await page.locator('#launcher').click();
      await saysIn(visitor, tag);
      await visitor.asks(QUESTION);
      await visitor.asksForPerson(language, 'please');
      const card = page.locator('.reach');
      await card.getByText(say.reach, { exact: true }).waitFor();
      const field = card.getByLabel(say.reachLabel);
      await field.fill('not-an-email');
      await card.getByRole('button', { name: say.save, exact: true }).click();
      await card.getByText(locale.problem.contact_refused, { exact: true }).waitFor();
      await visitor.shows(`reach-refused-${tag}`);
      await field.fill('mina@example.com');
      await field.press('Enter');
      await card.getByText('mina@example.com').waitFor();
      await visitor.shows(`reach-${tag}`);
      await page.reload();
      await visitor.banner.waitFor();
      await visitor.log.locator('> .message').first().waitFor();
      assert.equal(await page.locator('.reach').count(), 0, 'nobody is asked twice');
    },
    /status of 4(00|09|22)/,
  );
}

story('where a person is there, nobody is asked for an address', at('plain'), async (visitor) => {
  const agent = await Colleague.arrives(mondo, 'Yuna');
  await agent.attends();
  await opensAndAsks(visitor);
  await visitor.asksForPerson('en', 'please');
  await visitor.page.locator('.presence').getByText(WORDS.en.here, { exact: true }).waitFor();
  assert.equal(await visitor.page.locator('.reach').count(), 0);
  agent.leaves();
  await visitor.page.locator('.reach').waitFor();
});

story('people are named, their addresses are links, and every message has its time', at('plain'), async (visitor) => {
  const { page } = visitor;
  await opensAndAsks(visitor);
  await visitor.asksForPerson('en', 'please');
  const id = await idOf(visitor);
  const agent = await Colleague.arrives(mondo, 'Haru');
  await agent.posts(`${id}/acts`, { act: 'claim' });
  const text = 'See https://example.com/help?a=1&b=2. Or (http://example.org/x)! javascript:alert(1) <b>no</b>\n見る：https://example.com/a。以上';
  await agent.posts(`${id}/messages`, { text });
  const said = page.locator('#log > .message.agent');
  await said.waitFor();
  assert.equal(await said.locator('.who').innerText(), 'Haru');
  const links = said.locator('.bubble a');
  const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  assert.deepEqual(addresses, ['https://example.com/help?a=1&b=2', 'http://example.org/x', 'https://example.com/a']);
  assert.match((await links.first().getAttribute('rel')) ?? '', /noopener/);
  assert.equal((await said.locator('.bubble').innerText()).trim(), text);
  const moments = await page.locator('#log > .message:not(.system) time').evaluateAll((all) => all.map((time) => Date.parse(/** @type {HTMLTimeElement} */ (time).dateTime)));
  assert.equal(moments.length, await page.locator('#log > .message:not(.system)').count());
  assert.ok(moments.every((moment) => Math.abs(moment - Date.now()) < 120_000), String(moments));
  await visitor.shows('agent-links');
  // The ticket's page is one click away.
  const href = await visitor.banner.getByRole('link', { name: /^M-\d+$/ }).getAttribute('href');
  assert.match(href ?? '', /\/t\/[^/]+$/);
});

story('the panel stays open across pages, and what is unread is in the title', at('plain'), async (visitor) => {
  const { page } = visitor;
  await opensAndAsks(visitor);
  await visitor.asksForPerson('en', 'please');
  const id = await idOf(visitor);
  await visitor.opens('isolated');
  await visitor.seesMessage('visitor', QUESTION);
  assert.ok(await page.locator('#panel').isVisible(), 'the panel is as it was');
  await page.locator('#close').click();
  const title = await page.title();
  const agent = await Colleague.arrives(mondo, 'Sena');
  await agent.posts(`${id}/acts`, { act: 'claim' });
  await agent.posts(`${id}/messages`, { text: 'Hello.' });
  await page.waitForFunction((before) => /^\(\d+\) /.test(document.title) && document.title.endsWith(before), title);
  await page.locator('#launcher').click();
  await page.waitForFunction((before) => document.title === before, title);
  await page.locator('#close').click();
  await visitor.opens('plain');
  await page.locator('#launcher').waitFor();
  await page.waitForFunction(() => document.querySelector('mondo-chat')?.shadowRoot?.querySelector('#panel'));
  assert.ok(await page.locator('#panel').isHidden(), 'closed stays closed');
});

story('on a phone no page is covered unasked', at('plain', { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true }), async (visitor) => {
  await opensAndAsks(visitor);
  await visitor.opens('plain');
  await visitor.page.waitForFunction(() => document.querySelector('mondo-chat')?.shadowRoot?.querySelector('#panel'));
  assert.ok(await visitor.page.locator('#panel').isHidden());
});

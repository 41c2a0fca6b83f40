// What leads and authors learn from all questions together: how days went, and matters without a good answer.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter } from './browser.mjs';
import { startServer } from './server.mjs';

const STORY_LIMIT_MS = 180_000;

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;
/** Passwords by name. @type {Record<string, string>} */
const passwords = {};

/** @typedef {{ locale: string, language: 'en' | 'zh' | 'ja' | 'ko', colorScheme?: 'dark' | 'light' }} Profile */
/** @type {Record<'en' | 'zh' | 'ja' | 'ko', Profile>} */
const PROFILES = {
  en: { locale: 'en-US', language: 'en' },
  zh: { locale: 'zh-CN', language: 'zh' },
  ja: { locale: 'ja-JP', language: 'ja', colorScheme: 'dark' },
  ko: { locale: 'ko-KR', language: 'ko' },
};

/** What no article of the shop answers. */
const STUDENTS = /** @type {const} */ ([
  ['en', 'Is there a discount for students?'],
  ['en', 'student discount available?'],
  ['zh', '学生有优惠吗？'],
  ['ja', '学生割引はありますか？'],
  ['ko', '학생 할인이 있나요?'],
]);
const PARKING = 'Where can I park my car near your shop?';
const ANSWERED = 'When is the shop open?';
/** What somebody searches the help pages for, in vain. */
const SEARCHED = 'umbrella repair & rental';

/** Asks one question in a conversation, by the API. @param {string} language @param {string} text */
async function asks(language, text) {
  const headers = { 'content-type': 'application/json', 'accept-language': language };
  const opened = await (await fetch(new URL('/v1/conversations', server.url), { method: 'POST', headers, body: '{}' })).json();
  const path = new URL(`/v1/conversations/${opened.id}/messages`, server.url);
  const said = await fetch(path, { method: 'POST', headers: { ...headers, 'mondo-visitor': opened.visitor_secret }, body: JSON.stringify({ text }) });
  assert.equal(said.status, 200, await said.clone().text());
}

before(async () => {
  server = stopAfter(await startServer({}, 'tests/knowledge'));
  browser = await launch();
  for (const [name, role] of Object.entries({ Ada: 'admin', Mei: 'lead', Aki: 'author' })) {
    passwords[name] = await server.hire(`${name.toLowerCase()}@example.com`, name, role);
  }
  for (const [language, text] of STUDENTS) await asks(language, text);
  for (const text of [PARKING, ANSWERED, 'hello']) await asks('en', text);
  const searched = await fetch(new URL(`/help/en/search?q=${encodeURIComponent(SEARCHED)}`, server.url));
  assert.equal(searched.status, 200);
});

/** @param {string} name @param {Profile} profile */
async function works(name, profile) {
  const agent = await Agent.arrives(browser, server.url, profile);
  await agent.signsIn(`${name.toLowerCase()}@example.com`, passwords[name] ?? '');
  return agent;
}

/** @param {string} name @param {() => Promise<void>} live */
const story = (name, live) => test(name, { timeout: STORY_LIMIT_MS }, live);

/** @param {Agent} agent @param {string} text */
const gapAbout = ({ page }, text) => page.locator('article.gap', { has: page.locator('.samples li', { hasText: text }) });

for (const [language, profile] of Object.entries(PROFILES)) {
  story(`the page reads well at every width, ${language}`, async () => {
    const mei = await works('Mei', profile);
    const { page } = mei;
    await page.getByRole('link', { name: mei.words.insights, exact: true }).click();
    await page.waitForURL('**/console/insights');
    assert.equal(await page.locator('[data-outcome=asked] strong').textContent(), String(STUDENTS.length + 2));
    assert.equal(await page.locator('[data-outcome=small_talk] strong').textContent(), '1');
    assert.match((await page.locator('[data-outcome=answered]').textContent()) ?? '', /\d+%.*\d+[–〜~]\d+%/);
    assert.equal(await gapAbout(mei, ANSWERED).count(), 0);
    assert.equal(await page.locator('[data-gauge][data-standing=no_target]').count(), 2);
    assert.equal(await page.locator('.searches li strong').textContent(), SEARCHED);
    // A lead reads, and an author writes.
    assert.equal(await page.locator('article.gap form').count(), 0);
    for (const width of [360, 768, 1440, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      const [wanted, shown] = await page.evaluate(() => {
        const main = document.querySelector('main');
        return [Math.max(document.documentElement.scrollWidth - document.documentElement.clientWidth, (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0)), 0];
      });
      assert.equal(wanted, shown, `nothing sticks out at ${width} px`);
      await hindersNobody(mei, `insights at ${width} px, ${language}`);
      await mei.shows(`insights-${language}-${width}`);
      await page.locator('.gaps').scrollIntoViewIfNeeded();
      await page.locator('#gaps').evaluate((heading) => heading.scrollIntoView());
      await mei.shows(`insights-gaps-${language}-${width}`);
    }
    mei.contented();
    await mei.leaves();
  });
}

for (const [language, profile] of Object.entries(PROFILES)) {
  story(`numbers are told apart and lead to their conversations, ${language}`, async () => {
    const mei = await works('Mei', profile);
    const { page, words } = mei;
    await mei.goes('/console/insights');
    await page.getByRole('link', { name: words.by_article, exact: true }).click();
    await page.waitForURL('**by=article**');
    const line = page.locator('[data-part=opening-hours]');
    assert.equal(await line.getByRole('link').first().textContent(), '1');
    await page.getByRole('link', { name: words.by_channel, exact: true }).click();
    await page.waitForURL('**by=channel**');
    const web = page.locator('[data-part=web]');
    assert.equal(await web.locator('th').textContent(), words.channel_web);
    await web.getByRole('link', { name: String(STUDENTS.length + 2), exact: true }).click();
    await page.waitForURL('**/console/insights/conversations**');
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), words.out_asked);
    assert.equal(await page.locator('ol.stack > li').count(), STUDENTS.length + 2);
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(over, 0, `nothing sticks out at ${width} px`);
      await hindersNobody(mei, `conversations behind a number at ${width} px, ${language}`);
      await mei.shows(`behind-${language}-${width}`);
    }
    const parking = page.locator('ol.stack > li', { hasText: PARKING });
    await parking.getByRole('link').click();
    await page.waitForURL('**/console#**');
    await page.getByText(PARKING).first().waitFor();
    mei.contented();
    await mei.leaves();
  });
}

for (const [language, profile] of Object.entries(PROFILES)) {
  story(`the promise and the answers to judge read well at every width, ${language}`, async () => {
    const mei = await works('Mei', profile);
    const { page } = mei;
    await page.getByRole('link', { name: mei.words.contract, exact: true }).first().click();
    await page.waitForURL('**/console/contract');
    assert.equal(await page.locator('[data-keeping=unproved]').count(), 4);
    for (const place of ['/console/contract', '/console/review']) {
      await mei.goes(place);
      for (const width of [360, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(over <= 0, `nothing sticks out of ${place} at ${width} px`);
        await hindersNobody(mei, `${place} at ${width} px, ${language}`);
        await mei.shows(`${place.split('/').pop()}-${language}-${width}`);
      }
    }
    mei.contented();
    await mei.leaves();
  });
}

story('answers are judged by a key each, and what was said can be taken back', async () => {
  const aki = await works('Aki', PROFILES.en);
  const { page } = aki;
  await aki.goes('/console/review');
  const question = page.locator('#question');
  assert.equal(await question.textContent(), ANSWERED, 'the one answer that was given');
  await page.keyboard.press('y');
  await page.getByText(aki.words.reviewNothing).waitFor();
  await page.keyboard.press('z');
  await page.getByText(aki.words.judgeTakenBack).waitFor();
  assert.equal(await question.textContent(), ANSWERED);

  // Questions that are brought are asked and put before the judge at once.
  await page.locator('details summary', { hasText: aki.words.bringQuestions }).click();
  await page.locator('textarea[name=questions]').fill('What time do you open?\n\nDo you ship abroad?\n');
  await page.getByRole('button', { name: aki.words.bringAsk }).click();
  await page.getByText(aki.words.broughtAsked.replace('{n}', '2')).waitFor();
  const judged = new Set();
  for (const key of ['y', 'n', 'y']) {
    const shown = (await question.textContent()) ?? '';
    judged.add(shown);
    await page.keyboard.press(key);
    await page.waitForFunction((before) => document.getElementById('question')?.textContent !== before, shown);
  }
  assert.deepEqual([...judged].sort(), ['Do you ship abroad?', 'What time do you open?', ANSWERED].sort());
  await aki.goes('/console/contract');
  const english = page.locator('tr[data-language=en]');
  assert.match((await english.textContent()) ?? '', /at least \d+ more to judge/);
  // A wrong one was looked at at once.
  assert.ok((await page.locator('[data-part=history] tbody tr').count()) >= 1);
  assert.equal(await page.locator('#look-now').count(), 0, 'an author sets no threshold');
  await hindersNobody(aki, 'the promise with its history');
  await aki.shows('contract-history');
  aki.contented();
  await aki.leaves();
});

story('every number leads to its conversations', async () => {
  const ada = await works('Ada', PROFILES.en);
  await ada.goes('/console/insights?days=7');
  const gap = gapAbout(ada, STUDENTS[0][1]);
  await gap.locator('a.count').click();
  await ada.page.waitForURL('**/console/insights/*?days=7');
  const all = await ada.page.locator('main ol > li').count();
  assert.ok(all >= 3, `${all} questions stand together`);
  await hindersNobody(ada, 'the questions of a gap');
  await ada.shows('insights-questions');
  await ada.page.locator('main nav a', { hasText: 'English' }).click();
  await ada.page.waitForURL('**language=en');
  assert.ok((await ada.page.locator('main ol > li').count()) < all);
  await ada.page.locator('main ol > li', { hasText: STUDENTS[0][1] }).getByRole('link').click();
  await ada.seesMessage('visitor', STUDENTS[0][1]);
  ada.contented();
  await ada.leaves();
});

story('what was searched in vain leads to a new article', async () => {
  const aki = await works('Aki', PROFILES.en);
  const { page } = aki;
  await aki.goes('/console/insights');
  await page.locator('.searches').getByRole('link', { name: SEARCHED }).click();
  await page.waitForURL('**/console/new-article**');
  assert.equal(await page.locator('[data-language=en] input[name=title]').inputValue(), SEARCHED);
  assert.equal(await page.locator('[data-language=ko] input[name=title]').inputValue(), '');
  aki.contented();
  await aki.leaves();
});

story('an author closes a matter by other words, by an article, or leaves it aside', async () => {
  const aki = await works('Aki', PROFILES.en);
  const { page } = aki;
  await aki.goes('/console/insights');
  const students = gapAbout(aki, STUDENTS[0][1]);
  assert.equal(await students.locator('a.count').count(), 0, 'authors read no conversations');

  // A new article begins with the questions.
  await students.getByRole('link', { name: aki.words.gapDraft }).click();
  await page.waitForURL('**/console/new-article?gap=*');
  const english = page.locator('#new-article [data-language=en]');
  const title = await english.locator('[name=title]').inputValue();
  assert.ok(STUDENTS.some(([, text]) => text === title), title);
  await page.locator('[name=id]').fill('student-discount');
  await page.locator('[name=category]').fill('shop');
  await english.locator('[name=summary]').fill('Yes, students pay a tenth less.');
  for (const [language, text] of /** @type {const} */ ([['zh', '优惠'], ['ja', '割引'], ['ko', '할인']])) {
    const own = page.locator(`#new-article [data-language=${language}]`);
    await own.locator('[name=title]').fill(text);
    await own.locator('[name=summary]').fill('10%');
  }
  await hindersNobody(aki, 'a new article from a gap');
  await aki.shows('insights-new-article');
  await page.locator('#new-article button').click();
  await page.waitForURL('**/console/knowledge/student-discount', { timeout: 60_000 });

  // Whatever is still asked in other words goes into it.
  await aki.goes('/console/insights');
  for (const language of /** @type {const} */ (['zh', 'ja', 'ko'])) {
    const text = STUDENTS.find(([code]) => code === language)?.[1] ?? '';
    const gap = gapAbout(aki, text).first();
    if ((await gap.count()) === 0) continue;
    if (!(await gap.locator('form[data-act=add_alternate]').isVisible())) await gap.locator('summary', { hasText: aki.words.gapAddAlternate }).click();
    const form = gap.locator('form[data-act=add_alternate]');
    await form.locator('select').selectOption({ label: text });
    assert.equal(await form.locator('textarea').inputValue(), text);
    await form.locator('[name=article]').fill('student-discount');
    if (language === 'zh') {
      await hindersNobody(aki, 'adding a question');
      await aki.shows('insights-adding');
    }
    await form.locator('button').click();
    await page.getByRole('alert').filter({ hasText: aki.words.accepted }).waitFor();
    await page.locator('#notice').click();
    const file = await readFile(join(server.knowledge, `shop/student-discount/${language}.md`), 'utf8');
    assert.ok(file.includes(text), file);
  }

  // What nobody means to answer is left aside, with the reason.
  await aki.goes('/console/insights');
  const parking = gapAbout(aki, PARKING);
  await parking.locator('summary', { hasText: aki.words.gapDismiss }).click();
  await parking.getByLabel(aki.words.gapReason ?? '').fill('There is no car park.');
  await parking.locator('form[data-act=dismiss] button').click();
  await page.getByRole('alert').filter({ hasText: aki.words.gapLeftAside }).waitFor();
  assert.equal(await parking.count(), 0);
  // The folder is read beside the serving.
  const until = Date.now() + 60_000;
  for (;;) {
    await aki.goes('/console/insights');
    const left = await Promise.all(STUDENTS.map(([, text]) => gapAbout(aki, text).count()));
    if (left.every((count) => count === 0)) break;
    assert.ok(Date.now() < until, 'what the article answers is no gap any more');
  }
  await page.locator('#dismissed summary').click();
  await page.getByText('There is no car park.').waitFor();
  await hindersNobody(aki, 'what was left aside');
  await aki.shows('insights-left-aside');
  await page.locator('#dismissed').getByRole('button', { name: aki.words.gapRestore }).click();
  await gapAbout(aki, PARKING).waitFor();
  aki.contented();
  await aki.leaves();
});

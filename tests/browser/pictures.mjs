// Takes pictures of what visitors and staff see, in all five locales, for people to look at:
//   node tests/browser/pictures.mjs FOLDER [LOCALE ...]
// FOLDER/LOCALE/*.png are the pictures, FOLDER/index.html shows the same state of all locales side by side. Whatever a
// machine can tell is told as well: pages that scroll sideways, places that were not filled, texts that are cut off. It ends
// with 1 when there is any of it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Agent } from './agent.mjs';
import { Colleague } from './colleague.mjs';
import { startHosts } from './hosts.mjs';
import { BELIEVED, tells } from './monitor.mjs';
import { startServer } from './server.mjs';
import { localeOf, Visitor } from './visitor.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ tag: string, language: import('./visitor.mjs').Language, browser: string, zone: string, agents: [string, string], question: string, vague: string, person: string, said: string }} Tongue */

/** @type {Tongue[]} */
const TONGUES = [
  { tag: 'en', language: 'en', browser: 'en-US', zone: 'America/New_York', agents: ['Ada', 'Grace'], question: 'How long does identity verification take?', vague: 'cancel', person: 'I sent my papers three days ago.', said: 'Thank you for waiting. See https://example.com/papers, please.' },
  { tag: 'zh-Hans', language: 'zh', browser: 'zh-CN', zone: 'Asia/Shanghai', agents: ['Lin', 'Hua'], question: '身份认证要审核多久？', vague: '取消', person: '我三天前提交了资料。', said: '感谢您的耐心等待，请查看 https://example.com/papers。' },
  { tag: 'zh-Hant', language: 'zh', browser: 'zh-TW', zone: 'Asia/Taipei', agents: ['Wen', 'Ting'], question: '身分驗證要審核多久？', vague: '取消', person: '我三天前送出了資料。', said: '感謝您耐心等候，請查看 https://example.com/papers。' },
  { tag: 'ja', language: 'ja', browser: 'ja-JP', zone: 'Asia/Tokyo', agents: ['Aoi', 'Ren'], question: '本人確認にはどのくらいかかりますか？', vague: 'キャンセル', person: '三日前に書類を提出しました。', said: 'お待たせいたしました。https://example.com/papers をご覧ください。' },
  { tag: 'ko', language: 'ko', browser: 'ko-KR', zone: 'Asia/Seoul', agents: ['Mina', 'Jun'], question: '본인 인증은 얼마나 걸리나요?', vague: '취소', person: '사흘 전에 서류를 제출했습니다.', said: '기다려 주셔서 감사합니다. https://example.com/papers 를 확인해 주세요.' },
];

const HOURS = `[calendar]
zone = "Europe/Berlin"
[calendar.hours]
${['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => `${day} = ["09:00-12:00", "13:00-18:00"]`).join('\n')}
`;

const [folder, ...wanted] = process.argv.slice(2);
if (!folder) {
  console.error('name a folder for the pictures: node tests/browser/pictures.mjs FOLDER [LOCALE ...]');
  process.exit(2);
}
const tongues = TONGUES.filter(({ tag }) => wanted.length === 0 || wanted.includes(tag));

/** What a machine finds wrong. @type {string[]} */
const faults = [];
/** Every state, with the locales it was seen in. @type {Map<string, string[]>} */
const taken = new Map();

/** Keeps a picture of a page, and looks at it as far as a machine can. @param {Page} page @param {Tongue} tongue @param {string} name */
async function takes(page, tongue, name) {
  // What fades in has faded in, and what was asked for on the side has come.
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(folder, tongue.tag, `${name}.png`) });
  taken.set(name, [...(taken.get(name) ?? []), tongue.tag]);
  const found = await page.evaluate(() => {
    const roots = [document, ...[...document.querySelectorAll('*')].flatMap((node) => node.shadowRoot ?? [])];
    const seen = roots.flatMap((root) => [...root.querySelectorAll('*')]).filter((node) => node instanceof HTMLElement && node.offsetParent !== null);
    const told = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) told.push(`the page is ${scrollWidth} px wide in ${clientWidth}`);
    for (const node of /** @type {HTMLElement[]} */ (seen)) {
      const own = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.textContent ?? '').join('').trim();
      if (/\{[a-z_]+\}|undefined|\[object |NaN/i.test(own) && !node.closest('code, pre, textarea, .log, .messages, [data-part=messages]')) told.push(`not filled: ${own.slice(0, 60)}`);
      const style = getComputedStyle(node);
      const isCut = own && style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && node.scrollWidth > node.clientWidth + 1;
      if (isCut && node.clientWidth > 1 && !node.matches('.unseen')) told.push(`cut off: ${own.slice(0, 60)}`);
      const isButton = node.matches('button, .badge, summary, th');
      if (isButton && own && node.clientWidth > 1 && node.scrollWidth > node.clientWidth + 2) told.push(`wider than its box: ${own.slice(0, 60)}`);
    }
    return [...new Set(told)];
  });
  faults.push(...found.map((fault) => `${tongue.tag}/${name}: ${fault}`));
}

/** The visitor's side. @param {import('playwright-core').Browser} browser @param {import('./server.mjs').Server} mondo @param {string} host @param {Tongue} tongue */
async function visits(browser, mondo, host, tongue) {
  const { tag, language } = tongue;
  const say = localeOf(tag).widget;
  const phone = { viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true };
  for (const [form, profile] of /** @type {[string, import('./visitor.mjs').Profile][]} */ ([['', { colorScheme: 'light' }], ['-phone', { ...phone, colorScheme: 'dark' }]])) {
    const own = { locale: tongue.browser, timezoneId: tongue.zone, ...profile };
    const visitor = await Visitor.comes(browser, host, 'plain', own);
    const { page } = visitor;
    /** @param {string} name */
    const shows = (name) => takes(page, tongue, `visitor-${name}${form}`);
    await page.evaluate((locale) => /** @type {any} */ (window).Mondo('setLocale', locale), tag);
    await page.locator('#launcher').click();
    await page.locator(`#panel[lang=${tag}]`).waitFor();
    await page.locator('#examples button').first().waitFor();
    await page.locator('.hours').waitFor();
    await shows('home');
    await page.locator('.hours summary').click();
    await page.locator('.hours').scrollIntoViewIfNeeded();
    await shows('hours');
    const reply = await visitor.asks(tongue.question);
    await reply.getByRole('button', { name: say.notHelpful, exact: true }).click();
    await reply.getByText(say.why).waitFor();
    await shows('answer');
    await visitor.asks(tongue.vague);
    await shows('clarify');
    await visitor.person.click();
    await page.locator('.sheet').waitFor();
    await shows('hand-over');
    await page.locator('.sheet #field-contact').fill('not-an-email').catch(() => {});
    await page.getByRole('button', { name: say.handoffSend, exact: true }).click();
    await shows('hand-over-fault');
    await page.keyboard.press('Escape');
    await visitor.asksForPerson(tag === 'zh-Hant' ? tag : language, tongue.person);
    await page.locator('.reach').waitFor();
    await shows('waits');
    const id = await page.evaluate(() => JSON.parse(localStorage[Object.keys(localStorage).find((name) => name.startsWith('mondo:')) ?? '']).conversation);
    const href = await visitor.banner.getByRole('link').getAttribute('href');
    const agent = await Colleague.arrives(mondo, tongue.agents[form ? 1 : 0]);
    await agent.attends();
    await agent.posts(`${id}/acts`, { act: 'claim' });
    await agent.posts(`${id}/messages`, { text: tongue.said });
    await visitor.log.locator('> .message.agent').waitFor();
    await visitor.says(tongue.person);
    await visitor.log.locator('> .message.visitor:not(.unsent)', { hasText: tongue.person }).last().waitFor();
    await agent.posts(`${id}/read`, { up_to: (await agent.reads(id)).last_event });
    await visitor.log.locator('.read').waitFor();
    await agent.posts(`${id}/typing`, {});
    await page.locator('#typing').waitFor();
    await shows('with-agent');
    await page.locator('#talks').click();
    await page.getByRole('button', { name: say.again, exact: true }).click();
    await page.locator('#stay').waitFor();
    await shows('talks');
    await page.locator('#stay').click();
    await agent.posts(`${id}/acts`, { act: 'close' });
    await page.getByRole('group', { name: say.howWasIt }).getByRole('button').first().click();
    await shows('closed');
    agent.leaves();
    await page.goto(`${href}?lang=${tag}`);
    await shows('status');
    const path = { en: 'en', 'zh-Hans': 'zh', 'zh-Hant': 'zh-Hant', ja: 'ja', ko: 'ko' }[tag] ?? 'en';
    for (const [name, rest] of [['help', ''], ['help-article', 'identity-time'], ['help-search', `search?q=${encodeURIComponent(tongue.question)}`], ['help-ask', 'ask'], ['help-write', 'write'], ['help-verify', 'verify?q=kumora.example'], ['help-missing', 'no-such-page']]) {
      await page.goto(`${mondo.url}help/${path}/${rest}`);
      await shows(name);
    }
    await page.goto(`${mondo.url}help/${path}/ask`);
    await page.locator('#text').last().fill(tongue.question);
    await page.locator('form.ask button').click();
    await page.waitForLoadState();
    await shows('help-answer');
    await page.goto(mondo.url);
    await page.locator('#examples button').first().waitFor();
    await shows('front-page');
    await visitor.leaves();
  }
}

/** The side of staff. @param {import('playwright-core').Browser} browser @param {import('./server.mjs').Server} mondo @param {Tongue} tongue @param {string} password */
async function works(browser, mondo, tongue, password) {
  // Somebody waits who writes in another language, so that twins are seen.
  const other = TONGUES[(TONGUES.indexOf(tongue) + 3) % TONGUES.length] ?? tongue;
  const visitor = await Visitor.arrives(browser, mondo.url, { locale: other.browser, timezoneId: other.zone });
  await visitor.asks(other.question);
  await visitor.asksForPerson(other.tag === 'zh-Hant' ? 'zh-Hant' : other.language, other.person);
  const agent = await Agent.arrives(browser, mondo.url, { locale: tongue.browser, language: tongue.language });
  const { page } = agent;
  /** @param {string} name */
  const shows = (name) => takes(page, tongue, `staff-${name}`);
  await page.goto(`${mondo.url}console/sign-in`);
  await shows('sign-in');
  await page.locator('input[type=email], input[name=email]').first().fill('chief@example.com');
  await page.locator('input[type=password]').first().fill(password);
  await page.locator('form button[type=submit], form button').first().click();
  await page.locator('.me').waitFor();
  await shows('desk');
  await page.locator('#queue .entry', { hasText: other.question }).first().click();
  await page.locator('#conversation [data-part=head]').waitFor();
  await page.locator('#suggestions .suggestion').first().waitFor();
  await page.locator('#conversation .gloss').first().waitFor();
  await shows('conversation');
  await agent.button('claim').click();
  await agent.field.waitFor();
  await page.locator('#suggestions [data-insert]').first().click();
  await shows('reply');
  await agent.field.press('Control+Enter');
  await page.locator('#conversation .message.agent').waitFor();
  await page.locator('#conversation .message.agent .read').waitFor();
  await shows('sent');
  await page.locator('.snoozing > summary').click();
  await shows('snooze');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.waitForTimeout(300);
  await shows('commands');
  await page.keyboard.press('Escape');
  for (const size of /** @type {const} */ ([{ width: 390, height: 844 }])) {
    await page.setViewportSize(size);
    await shows('conversation-phone');
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const [name, path] of [
    ['tickets', 'tickets'], ['macros', 'macros'], ['rules', 'rules'], ['proposals', 'proposals'], ['knowledge', 'knowledge'], ['article', 'knowledge/identity-time'],
    ['new-article', 'new-article'], ['insights', 'insights'], ['people', 'people'], ['programs', 'programs'], ['mail', 'mail'], ['log', 'log'], ['privacy', 'privacy'],
    ['surge', 'surge'], ['settings', 'settings'], ['missing', 'no-such-page'],
  ]) {
    await page.goto(`${mondo.url}console/${path}`);
    await page.locator('main').first().waitFor();
    await shows(name ?? '');
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ['', 'tickets', 'knowledge', 'people', 'settings']) {
    await page.goto(`${mondo.url}console${path && `/${path}`}`);
    await page.locator('main').first().waitFor();
    await shows(`${path || 'desk'}-phone`);
  }
  await agent.leaves();
  await visitor.leaves();
}

/** All pictures on one page: a row for each state, a column for each locale. */
function writeIndex() {
  const rows = [...taken].map(([name, tags]) => `<h2 id="${name}">${name}</h2><p>${tags.map((tag) => `<a href="${tag}/${name}.png"><img loading="lazy" alt="${name}, ${tag}" src="${tag}/${name}.png"></a>`).join('')}</p>`);
  const style = 'body{font:15px sans-serif}p{display:flex;gap:8px;overflow-x:auto}img{height:420px;border:1px solid #888}';
  writeFileSync(join(folder, 'index.html'), `<!doctype html><meta charset="utf-8"><title>Pictures</title><style>${style}</style>${rows.join('')}`);
}

const hoursFolder = mkdtempSync(join(tmpdir(), 'mondo-pictures-'));
writeFileSync(join(hoursFolder, 'hours.toml'), HOURS);
for (const { tag } of tongues) mkdirSync(join(folder, tag), { recursive: true });
const settings = { ...BELIEVED, MONDO__HTTP__PRESENCE_GRACE_MS: '0', MONDO__SCHEDULE__FILE: join(hoursFolder, 'hours.toml') };
const mondo = await startServer(settings);
const hosts = await startHosts(mondo.url);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
try {
  const password = await mondo.hire('chief@example.com', 'Kim', 'admin');
  for (const tongue of tongues) {
    await visits(browser, mondo, hosts.url, tongue);
    await works(browser, mondo, tongue, password);
  }
  // Last, for from now on every page has it.
  const texts = { en: 'Withdrawals are delayed. Your funds are safe.', zh: '提现延迟，您的资金安全。', ja: '出金が遅れています。資産は安全です。', ko: '출금이 지연되고 있습니다. 자산은 안전합니다.' };
  await tells(mondo.url, { begin: { incident: 'INC-1', texts, expires: new Date(Date.now() + 3_600_000).toISOString() } });
  for (const tongue of tongues) {
    const visitor = await Visitor.arrives(browser, mondo.url, { locale: tongue.browser, timezoneId: tongue.zone });
    await visitor.page.locator('.notices p').first().waitFor();
    await takes(visitor.page, tongue, 'visitor-incident');
    await visitor.leaves();
  }
} finally {
  writeIndex();
  await browser.close();
  await hosts.stop();
  await mondo.stop();
  rmSync(hoursFolder, { recursive: true });
}
console.log(`${[...taken.values()].flat().length} pictures of ${taken.size} states in ${folder}`);
for (const fault of faults) console.log(fault);
process.exitCode = faults.length > 0 ? 1 : 0;

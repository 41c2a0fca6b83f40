// The desk in a browser: a visitor and two agents, each in a profile of their own, from the question to the end.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { launch, stopAfter } from './browser.mjs';
import { startServer } from './server.mjs';
import { isWrittenIn, Visitor } from './visitor.mjs';

const STORY_LIMIT_MS = 120_000;

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  server = stopAfter(await startServer({ MONDO__THRESHOLDS__ANSWER__KO: '0', MONDO__THRESHOLDS__ANSWER__JA: '0' }));
  browser = await launch();
});

test('two agents and a visitor, from the question to the end', { timeout: STORY_LIMIT_MS }, async () => {
  const passwords = await Promise.all([
    server.hire('sora@example.com', 'Sora', 'agent'),
    server.hire('kenji@example.com', 'Kenji', 'agent'),
  ]);
  const sora = await Agent.arrives(browser, server.url, { locale: 'ko-KR', language: 'ko' });
  const kenji = await Agent.arrives(browser, server.url, { locale: 'ja-JP', language: 'ja', colorScheme: 'dark' });
  const visitor = await Visitor.arrives(browser, server.url, { locale: 'ko-KR' });
  await sora.signsIn('sora@example.com', passwords[0]);
  await kenji.signsIn('kenji@example.com', passwords[1]);
  await sora.shows('desk-empty-ko');

  const question = '본인 인증은 얼마나 걸리나요?';
  await visitor.asks(question);
  await visitor.asksForPerson('ko', '아직 승인이 안 됐어요');

  // Both see it without reloading.
  await kenji.seesWaiting(question);
  await sora.opens(question);
  await sora.seesMessage('visitor', question);
  await sora.suggestions.first().waitFor();
  const suggested = (await sora.suggestions.first().locator('.text').innerText()).trim();
  assert.ok(isWrittenIn(suggested, 'ko'), `suggested: ${suggested}`);
  assert.ok(await sora.suggestions.first().locator('.seen').isVisible(), 'the visitor has seen the first');
  assert.ok(await sora.field.isHidden(), 'nobody writes before taking over');

  await kenji.opens(question);
  await kenji.shows('desk-waiting-ja');
  await sora.button('claim').click();
  await sora.field.waitFor();
  await visitor.seesMessage('system', 'Sora');
  // The other one sees at once that it is taken.
  await kenji.button('claim').waitFor({ state: 'detached' });
  assert.ok(await kenji.field.isHidden());

  // One key inserts the suggestion; what is typed stays while messages arrive.
  await sora.page.locator('#conversation .messages').focus();
  await sora.page.keyboard.press('1');
  assert.equal(await sora.field.inputValue(), suggested);
  await sora.field.pressSequentially(' 확인해 드릴게요.');
  await visitor.says('어제 신청했어요');
  await sora.seesMessage('visitor', '어제 신청했어요');
  assert.equal(await sora.field.inputValue(), `${suggested} 확인해 드릴게요.`);
  // What says little by itself is read with the question before it.
  await sora.suggestions.first().locator('.text', { hasText: suggested }).waitFor();
  await sora.shows('desk-answering-ko');
  await sora.field.press('Control+Enter');
  await sora.seesMessage('agent', '확인해 드릴게요.');
  assert.equal(await sora.field.inputValue(), '');
  await visitor.seesMessage('agent', '확인해 드릴게요.');
  await visitor.shows('visitor-with-agent-ko');

  await sora.button('requeue').click();
  await kenji.button('claim').click();
  await kenji.field.waitFor();
  await visitor.seesMessage('system', 'Kenji');
  await kenji.field.fill('네, 오늘 승인되었습니다.');
  await kenji.field.press('Control+Enter');
  await visitor.seesMessage('agent', '오늘 승인되었습니다.');
  await kenji.shows('desk-answering-ja');
  await kenji.button('close').click();
  await kenji.button('reopen').waitFor();
  await visitor.seesMessage('system', '종료');
  await sora.queue.locator('.entry', { hasText: question }).waitFor({ state: 'detached' });

  for (const agent of [sora, kenji]) {
    agent.contented();
    await agent.leaves();
  }
  assert.deepEqual(visitor.faults, []);
  await visitor.leaves();
});

test('a wrong password is refused in the language of the desk, and settings hold', { timeout: STORY_LIMIT_MS }, async () => {
  const password = await server.hire('ada@example.com', 'Ada', 'admin');
  const ada = await Agent.arrives(browser, server.url, { locale: 'zh-CN', language: 'zh' });
  await ada.page.goto(new URL('/console', server.url).href);
  await ada.page.getByLabel('邮箱', { exact: true }).fill('ada@example.com');
  await ada.page.getByLabel('密码', { exact: true }).fill('wrong');
  await ada.page.getByRole('button', { name: '登录', exact: true }).click();
  const refusal = ada.page.getByRole('alert');
  await refusal.waitFor();
  assert.ok(isWrittenIn(await refusal.innerText(), 'zh'));
  await ada.page.getByLabel('密码', { exact: true }).fill(password);
  await ada.page.getByRole('button', { name: '登录', exact: true }).click();
  await ada.page.waitForURL('**/console');

  await ada.page.locator('#menu > summary').click();
  await ada.page.getByRole('button', { name: '深色或浅色' }).click();
  await ada.page.locator('html[data-theme=dark]').waitFor();
  await ada.page.getByRole('link', { name: '人员' }).click();
  await ada.page.getByLabel('姓名', { exact: true }).fill('Mei');
  await ada.page.getByLabel('邮箱', { exact: true }).fill('mei@example.com');
  await ada.page.getByRole('button', { name: '添加' }).click();
  await ada.page.getByRole('alert').filter({ hasText: 'mei@example.com' }).waitFor();
  await ada.shows('people-zh-dark');
  // What the browser says of the refused password is expected.
  assert.deepEqual(ada.faults.filter((fault) => !fault.includes('401')), []);
  await ada.leaves();
});

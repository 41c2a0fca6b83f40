// More tabs of one browser than it opens connections to one server (six, over HTTP/1.1): all of them live, by one stream.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { launch, stopAfter, story, thresholds } from './browser.mjs';
import { Colleague } from './colleague.mjs';
import { startServer } from './server.mjs';
import { Visitor } from './visitor.mjs';

const TABS = 8;
const QUESTION = 'How long does identity verification take?';

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  server = stopAfter(await startServer(thresholds('0', '0')));
  browser = await launch();
});

/** The conversation that a browser keeps. @param {Visitor} visitor @returns {Promise<string>} */
const conversationOf = ({ page }) =>
  page.evaluate(() => Object.values(localStorage).map((text) => JSON.parse(text).conversation).find((id) => id));

story('a visitor hears the person in every tab', () => Visitor.arrives(browser, server.url), async (visitor) => {
  await visitor.asks(QUESTION);
  await visitor.asksForPerson('en', 'please');
  const id = await conversationOf(visitor);
  const agent = await Colleague.arrives(server, 'Rin');
  await agent.posts(`${id}/acts`, { act: 'claim' });

  const context = visitor.page.context();
  const tabs = [visitor.page];
  while (tabs.length < TABS) {
    const tab = await context.newPage();
    await tab.goto(server.url);
    await tab.locator('#log > .message.visitor', { hasText: QUESTION }).waitFor();
    tabs.push(tab);
  }
  /** @param {string} text @param {import('playwright-core').Page[]} listening */
  const reaches = async (text, listening) => {
    await agent.posts(`${id}/messages`, { text });
    await Promise.all(listening.map((tab) => tab.locator('#log > .message.agent', { hasText: text }).waitFor()));
    for (const tab of listening) assert.equal(await tab.locator('#log > .message.agent', { hasText: text }).count(), 1);
  };
  await reaches('One moment.', tabs);
  // Whichever held the stream, others take over: the first to come, and the one that was looked at last.
  await tabs[TABS - 1]?.close();
  await reaches('Still looking.', tabs.slice(0, -1));
  const [first, ...rest] = tabs.slice(0, -1);
  const second = rest[0];
  assert.ok(first && second);
  // What is said in one tab stands in the others.
  await second.bringToFront();
  await second.locator('#text').fill('I wait in this tab');
  await second.locator('#text').press('Enter');
  await first.locator('#log > .message.visitor', { hasText: 'I wait in this tab' }).waitFor();
  await second.close();
  await reaches('Found it.', [first, ...rest.slice(1)]);
});

test('the desk is live in every tab of an agent', { timeout: 120_000 }, async () => {
  const password = await server.hire('yui@example.com', 'Yui', 'agent');
  const agent = await Agent.arrives(browser, server.url, { locale: 'en-US', language: 'en' });
  await agent.signsIn('yui@example.com', password);
  const context = agent.page.context();
  const tabs = [agent.page];
  while (tabs.length < TABS) {
    const tab = await context.newPage();
    await tab.goto(new URL('/console', server.url).href);
    await tab.locator('#queue').waitFor();
    tabs.push(tab);
  }
  /** @param {string} question @param {import('playwright-core').Page[]} listening */
  const reaches = async (question, listening) => {
    const visitor = await Visitor.arrives(browser, server.url);
    await visitor.asks(question);
    await visitor.asksForPerson('en', 'please');
    await Promise.all(listening.map((tab) => tab.locator('#queue .entry', { hasText: question }).waitFor()));
    await visitor.leaves();
  };
  await reaches('Which documents do you accept?', tabs);
  await tabs[0]?.close();
  await reaches('How do I reset my password?', tabs.slice(1));
  agent.contented();
  await context.close();
});

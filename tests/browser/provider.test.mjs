// The way in where staff sign in by a provider; the provider itself is tried in tests/sso.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  const settings = {
    MONDO__HTTP__SITE__ADDRESS: 'https://help.example.com',
    // Nobody answers at this port.
    MONDO__SSO__ISSUER: 'http://127.0.0.1:9',
    MONDO__SSO__PRIVATE_ADDRESSES: 'true',
    MONDO__SSO__CLIENT_ID: 'mondo',
    MONDO__SSO__NAME: 'Tea House ID',
    MONDO__SSO__ROLES: '*:agent',
    MONDO__SSO__PASSWORDS: 'false',
  };
  server = stopAfter(await startServer({ ...thresholds('0', '0'), ...settings }, 'tests/knowledge'));
  browser = await launch();
});

for (const [language, locale] of Object.entries({ en: 'en-US', zh: 'zh-CN', ja: 'ja-JP', ko: 'ko-KR' })) {
  test(`the provider is named, and a refusal is told, in ${language}`, { timeout: 120_000 }, async () => {
    const profile = { locale, language, colorScheme: /** @type {const} */ (language === 'ja' ? 'dark' : 'light') };
    const agent = await Agent.arrives(browser, server.url, profile);
    const { page, words } = agent;
    await agent.goes('/console/sign-in');
    const button = page.getByRole('link', { name: (words.signInWith ?? '').replace('{name}', 'Tea House ID'), exact: true });
    await button.waitFor();
    assert.equal(await page.locator('[name=password]').count(), 0);
    await hindersNobody(agent, 'the way in');
    await button.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console/sign-in?refused=unbelieved');
    await page.getByRole('alert').getByText(words.refused_unbelieved ?? '', { exact: true }).waitFor();
    await hindersNobody(agent, 'a refusal');
    await agent.shows(`sign-in-provider-${language}`);
    await agent.leaves();
  });
}

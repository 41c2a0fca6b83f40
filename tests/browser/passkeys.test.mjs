// Passkeys at the desk: made in the settings, asked for at the door and before what is hard to undo, with an authenticator
// of Chromium's own in place of a finger.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, thresholds } from './browser.mjs';
import { startServer } from './server.mjs';

const STORY_LIMIT_MS = 120_000;

/** @type {import('./server.mjs').Server} */
let server;
/** @type {import('playwright-core').Browser} */
let browser;
/** Browsers make passkeys for names alone. @type {string} */
let url;

before(async () => {
  // Whatever is hard to undo asks again at once.
  server = stopAfter(await startServer({ ...thresholds('0', '0'), MONDO__STAFF__ASK_AGAIN_MINUTES: '60' }, 'tests/knowledge'));
  url = server.url.replace('127.0.0.1', 'localhost');
  browser = await launch();
});

/** Gives a page a security key that signs whatever it is asked. @param {import('playwright-core').Page} page */
async function plugIn(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = /** @type {const} */ ({ protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true, isUserVerified: true });
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
  return { session, authenticatorId };
}

for (const profile of /** @type {const} */ ([
  { locale: 'en-US', language: 'en' },
  { locale: 'zh-CN', language: 'zh' },
  { locale: 'ja-JP', language: 'ja', colorScheme: 'dark' },
  { locale: 'ko-KR', language: 'ko' },
])) {
  test(`a passkey is made, opens the door, and is taken away, ${profile.language}`, { timeout: STORY_LIMIT_MS }, async () => {
    const email = `sora-${profile.language}@example.com`;
    const password = await server.hire(email, 'Sora', 'agent');
    const sora = await Agent.arrives(browser, url, profile);
    const { page, words } = sora;
    const { session, authenticatorId } = await plugIn(page);
    await sora.signsIn(email, password);
    await page.goto(`${url}console/settings`);
    await page.getByRole('button', { name: words.addPasskey, exact: true }).click();
    // The first second factor brings codes for the day the key is lost.
    const codes = page.locator('.codes code');
    await codes.first().waitFor();
    assert.ok((await codes.count()) >= 8);
    const code = await codes.first().innerText();
    await page.getByRole('button', { name: words.codesKept, exact: true }).click();
    const kept = page.locator('#passkeys [data-passkey]');
    await kept.waitFor();
    assert.equal(await kept.count(), 1);
    await hindersNobody(sora, 'a passkey');

    // At the door the password is followed by the key, and nobody types anything more.
    await page.context().clearCookies();
    await page.goto(`${url}console/sign-in`);
    await sora.signsIn(email, password);
    await page.goto(`${url}console/settings`);
    await page.locator('#passkeys').getByText(words.lastUsed ?? '').waitFor();

    // Without the key the door asks for a code, and a recovery code is one.
    await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    await page.context().clearCookies();
    await page.goto(`${url}console/sign-in`);
    await session.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'usb' } });
    await page.locator('[name=email]').fill(email);
    await page.locator('[name=password]').fill(password);
    await page.locator('#sign-in button.first').click();
    const field = page.getByLabel(words.code ?? '');
    await field.fill(code);
    await page.locator('#sign-in button.first').click();
    await page.waitForURL('**/console');

    await page.goto(`${url}console/settings`);
    await page.getByRole('button', { name: words.removePasskey }).click();
    await kept.waitFor({ state: 'detached' });
    await page.locator('section .badge.missing').waitFor();
    await page.context().close();
  });
}

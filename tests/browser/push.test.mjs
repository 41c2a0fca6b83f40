// Messages to a browser while the console is not open. The push service is a stub that speaks the protocol: what it gets is
// opened here by what RFC 8291 says the browser does, and handed to the worker of the console as the browser would.

import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { before, test } from 'node:test';
import { Agent } from './agent.mjs';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, thresholds } from './browser.mjs';
import { Colleague } from './colleague.mjs';
import { startServer } from './server.mjs';
import { Visitor } from './visitor.mjs';

const STORY_LIMIT_MS = 120_000;

/** @type {import('./server.mjs').Server} */
let mondo;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {{ url: string, next: () => Promise<{ path: string, headers: import('node:http').IncomingHttpHeaders, body: Buffer }>, stop: () => Promise<void> }} */
let service;

/** A push service that takes everything. */
async function startService() {
  /** @type {any[]} */
  const heard = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    heard.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(201).end();
    server.emit('heard');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const next = async () => {
    while (heard.length === 0) await once(server, 'heard');
    return heard.shift();
  };
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, next, stop };
}

before(async () => {
  service = stopAfter(await startService());
  const settings = { ...thresholds('0', '0'), MONDO__PUSH__CONTACT: 'mailto:ops@example.com', MONDO__WEBHOOKS__PRIVATE_ADDRESSES: 'true' };
  mondo = stopAfter(await startServer(settings, 'tests/knowledge'));
  browser = await launch();
});

/** Opens a message for a browser. @param {Buffer} body @param {import('node:crypto').ECDH} own @param {Buffer} secret */
function opened(body, own, secret) {
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + (body[20] ?? 0));
  const sealed = body.subarray(21 + sender.length);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), own.getPublicKey(), sender]);
  const shared = Buffer.from(hkdfSync('sha256', own.computeSecret(sender), secret, info, 32));
  const key = Buffer.from(hkdfSync('sha256', shared, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', shared, salt, 'Content-Encoding: nonce\0', 12));
  const cipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  assert.equal(text.at(-1), 2, 'the last record');
  return text.subarray(0, -1).toString();
}

/** Checks who sends. @param {string} proof */
function signedFor(proof) {
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(proof) ?? [];
  const [header = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signed = Buffer.from(`${header}.${claims}`);
  assert.ok(verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')), 'the signature');
  return { key, claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) };
}

for (const [language, locale] of /** @type {const} */ ([['en', 'en-US'], ['ko', 'ko-KR']])) {
  test(`a browser is told of a mention while the console is closed, ${language}`, { timeout: STORY_LIMIT_MS }, async () => {
    const name = `Mina${language}`;
    const password = await mondo.hire(`${name.toLowerCase()}@example.com`, name, 'agent');
    const mina = await Agent.arrives(browser, mondo.url, { locale, language });
    const { page, words } = mina;
    await page.context().grantPermissions(['notifications'], { origin: new URL(mondo.url).origin });
    const own = createECDH('prime256v1');
    own.generateKeys();
    const secret = randomBytes(16);
    // The browser's own push service is not reached from here; what it would say is said in its place.
    await page.addInitScript(
      ({ endpoint, p256dh, auth }) => {
        const subscription = {
          toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
          unsubscribe: async () => {
            sessionStorage.removeItem('subscribed');
            return true;
          },
        };
        const manager = /** @type {any} */ (PushManager.prototype);
        manager.subscribe = async (/** @type {any} */ options) => {
          sessionStorage.setItem('subscribed', btoa(String.fromCharCode(...new Uint8Array(options.applicationServerKey))));
          return subscription;
        };
        manager.getSubscription = async () => (sessionStorage.getItem('subscribed') ? subscription : null);
      },
      { endpoint: `${service.url}/${language}`, p256dh: own.getPublicKey().toString('base64url'), auth: secret.toString('base64url') },
    );
    await mina.signsIn(`${name.toLowerCase()}@example.com`, password);
    await mina.goes('/console/settings');
    await page.getByRole('button', { name: words.pushOn, exact: true }).click();
    await page.getByText(words.pushIsOn ?? '', { exact: true }).waitFor();
    await page.getByRole('button', { name: words.pushOff, exact: true }).waitFor();
    await hindersNobody(mina, 'messages turned on');
    await mina.shows(`push-${language}`);
    const subscribedWith = await page.evaluate(() => sessionStorage.getItem('subscribed') ?? '');

    const visitor = await Visitor.arrives(browser, mondo.url, { locale: 'en-US' });
    await visitor.asks('How long is your shipping?');
    const number = await visitor.asksForPerson('en', 'my own words');
    const colleague = await Colleague.arrives(mondo, `Sora${language}`);
    const noted = await fetch(`${mondo.url}v1/staff/tickets/${number}/work`, { method: 'POST', headers: colleague.headers, body: JSON.stringify({ note: `@${name} please look` }) });
    assert.equal(noted.status, 200, await noted.text());

    const told = await service.next();
    assert.equal(told.path, `/${language}`);
    const { key, claims } = signedFor(String(told.headers.authorization));
    assert.equal(Buffer.from(key, 'base64url').toString('base64'), subscribedWith, 'the key it subscribed with');
    assert.equal(claims.aud, service.url);
    const message = opened(told.body, own, secret);
    const { title, body, url } = JSON.parse(message);
    assert.ok(body.includes(number), body);
    assert.ok(!message.includes('my own words'), 'no word of the visitor');

    // The browser hands it to the worker, which shows it.
    const session = await page.context().newCDPSession(page);
    /** @type {Promise<string>} */
    const registered = new Promise((found) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [first] = registrations;
        if (first) found(first.registrationId);
      });
    });
    await session.send('ServiceWorker.enable');
    await session.send('ServiceWorker.deliverPushMessage', { origin: new URL(mondo.url).origin, registrationId: await registered, data: message });
    await page.waitForFunction(async (wanted) => {
      const registration = await navigator.serviceWorker.getRegistration('/console/');
      const shown = (await registration?.getNotifications()) ?? [];
      return shown.some((one) => one.title === wanted.title && one.body === wanted.body && one.data.url === wanted.url);
    }, { title, body, url });

    await page.getByRole('button', { name: words.pushOff, exact: true }).click();
    await page.getByRole('button', { name: words.pushOn, exact: true }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: words.pushOn, exact: true }).waitFor();
    await visitor.leaves();
    mina.contented();
    await mina.leaves();
  });
}

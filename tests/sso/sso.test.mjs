// Staff sign in by a provider that is not ours: with each kind of signature, over a change of keys, and out again.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Browser } from './browser.mjs';
import { startProvider } from './provider.mjs';

const BINARY = process.env.MONDO_BINARY ?? '';
const KNOWLEDGE = process.env.MONDO_KNOWLEDGE ?? '';
// A build without optimisation needs a while for its first index.
const PATIENCE = { timeout: 180_000 };
/** How long mondo looks at no other keys after it has looked at some, with room to spare. */
const UNTIL_KEYS_ARE_READ_MS = 20_000;

const people = {
  ada: { name: 'Ada Lovelace', email: 'ada@example.com', email_verified: true, groups: ['tea', 'desk-admins'] },
  bo: { name: 'Bo', email: 'bo@example.com', email_verified: false, groups: ['desk'] },
};

/** @type {Awaited<ReturnType<typeof startProvider>>} */
let provider;
/** @type {import('node:child_process').ChildProcess} */
let mondo;
let folder = '';
let address = '';
const log = [];

/** A port that nobody listens at. */
async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

before(async () => {
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  folder = await mkdtemp(join(tmpdir(), 'mondo-sso-'));
  provider = await startProvider({ port: 0, algorithm: 'RS256', client: address, people });
  const settings = {
    MONDO__ENCODER__MODE: 'fast',
    MONDO__HTTP__SITE__ADDRESS: address,
    MONDO__LOG__LEVEL: 'debug',
    MONDO__SSO__ISSUER: provider.issuer,
    MONDO__SSO__CLIENT_ID: 'mondo',
    MONDO__SSO__CLIENT_SECRET: 'a secret: with & and +',
    MONDO__SSO__NAME: 'Tea House ID',
    MONDO__SSO__SCOPES: 'openid, profile, email, groups',
    MONDO__SSO__ROLES: 'desk-admins:admin, desk:agent',
    MONDO__SSO__PASSWORDS: 'false',
    MONDO__SSO__PRIVATE_ADDRESSES: 'true',
  };
  mondo = spawn(BINARY, ['serve', '--listen', `127.0.0.1:${port}`, '--data', join(folder, 'data'), '--kb', KNOWLEDGE], {
    cwd: folder,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (mondo.stderr) });
  await new Promise((resolve, reject) => {
    mondo.once('exit', () => reject(new Error(log.join('\n'))));
    lines.on('line', (line) => {
      log.push(line);
      if (line.startsWith('mondo answers from')) resolve(undefined);
    });
  });
}, PATIENCE);

after(async () => {
  if (mondo) {
    mondo.kill('SIGTERM');
    await once(mondo, 'exit');
  }
  await provider?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Signs in at the provider as somebody who exists there. @param {string} who @param {Browser} [browser] */
async function signsIn(who, browser = new Browser()) {
  await browser.goes(`${address}/console/sign-in`);
  assert.match(browser.page, /Sign in with Tea House ID/);
  assert.doesNotMatch(browser.page, /name="password"/);
  await browser.goes(`${address}/v1/staff/sso`);
  await answersProvider(browser, who);
  return browser;
}

/** Says who one is as often as the provider asks, and that mondo may know. @param {Browser} browser @param {string} who */
async function answersProvider(browser, who) {
  for (let pages = 0; browser.isAt(provider.issuer) && pages < 5; pages += 1) {
    assert.equal(browser.status, 200, browser.page);
    await browser.submits(browser.page.includes('name="login"') ? { login: who, password: 'any' } : {});
  }
}

/** Who is signed in. @param {Browser} browser */
async function session(browser) {
  const response = await browser.fetch(`${address}/v1/staff/session`);
  return { status: response.status, ...(await response.json()) };
}

test('a member of a group comes in with its role, shows again who they are, and leaves both places', PATIENCE, async () => {
  const ada = await signsIn('ada');
  assert.equal(ada.url, `${address}/console`);
  const { agent, csrf } = await session(ada);
  assert.deepEqual([agent.name, agent.email, agent.role], ['Ada Lovelace', 'ada@example.com', 'admin']);

  await ada.goes(`${address}/v1/staff/sso?prove=true&to=/console/programs`);
  assert.ok(ada.isAt(provider.issuer), 'the provider asks again, although its session is open');
  await answersProvider(ada, 'ada');
  assert.equal(ada.url, `${address}/console/programs`);

  const left = await ada.fetch(`${address}/v1/staff/session`, { method: 'DELETE', headers: { 'x-csrf-token': csrf } });
  assert.equal(left.status, 200);
  await ada.goes((await left.json()).continue_at);
  assert.ok(ada.isAt(provider.issuer), 'the provider asks whether to end its session');
  await ada.submits({ logout: 'yes' });
  assert.equal(ada.url, `${address}/console/sign-in`);
  assert.equal((await session(ada)).status, 401);
  await ada.goes(`${address}/v1/staff/sso`);
  assert.match(ada.page, /name="login"/, 'the provider knows nobody any more');
});

test('an address that was not checked is not taken, and who leaves their groups is left out', PATIENCE, async () => {
  const bo = await signsIn('bo');
  const { agent } = await session(bo);
  assert.equal(agent.role, 'agent');
  assert.match(agent.email, /@sso\.invalid$/);
  people.bo.groups = ['tea'];
  await signsIn('bo', new Browser()).then((browser) => {
    assert.equal(browser.url, `${address}/console/sign-in?refused=no_role`);
    assert.match(browser.page, /You belong to no group that works here/);
  });
  assert.equal((await session(bo)).status, 401, 'what was open is closed');
  people.bo.groups = ['desk'];
  assert.equal((await session(await signsIn('bo'))).agent.role, 'agent');
});

test('keys change, and every kind of signature is checked', PATIENCE, async () => {
  for (const algorithm of /** @type {const} */ (['ES256', 'EdDSA', 'RS256'])) {
    const { port } = provider;
    await provider.stop();
    provider = await startProvider({ port, algorithm, client: address, people });
    const begun = Date.now();
    let browser = await signsIn('ada');
    // Keys are not looked for at every word of anybody, so the first attempts may come too early.
    while (browser.url !== `${address}/console` && Date.now() - begun < UNTIL_KEYS_ARE_READ_MS) {
      assert.equal(browser.url, `${address}/console/sign-in?refused=unbelieved`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      browser = await signsIn('ada');
    }
    assert.equal(browser.url, `${address}/console`, algorithm);
    assert.equal((await session(browser)).agent.name, 'Ada Lovelace');
  }
});

test('passwords open nothing, until the operator lets somebody in', PATIENCE, async () => {
  const run = async (...args) => (await promisify(execFile)(BINARY, ['user', ...args, '--data', join(folder, 'data')], { cwd: folder })).stdout.trim();
  const email = 'root@example.com';
  const first = await run('add', email, '--name', 'Root', '--role', 'admin');
  const opens = async (password) => {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${address}/v1/staff/session`, { method: 'POST', headers, body: JSON.stringify({ email, password }) });
  };
  const refused = await opens(first);
  assert.equal(refused.status, 403);
  assert.match((await refused.json()).detail, /sso\.passwords/);
  const given = await run('let-in', email);
  assert.equal((await opens(given)).status, 200);
});

test('nothing secret is logged', PATIENCE, () => {
  const told = log.join('\n');
  assert.ok(told.length > 0);
  for (const secret of ['with & and +', 'eyJ', 'code_verifier', 'client_secret']) assert.ok(!told.includes(secret), secret);
});

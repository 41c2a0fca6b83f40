// Three nodes on one database, as visitors and agents meet them through whichever node a proxy chooses.
//
// tests/postgres/run starts the server and runs this; SERVER is the address of the server, RESTART the command that restarts it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SERVER, separate } from './namespaces.mjs';
import { KNOWLEDGE, Visitor, endAll, hire, line, run, scratch, send, startNode } from './nodes.mjs';

const { MONDO_TEST_DATABASE: database, MONDO_TEST_RESTART: restart } = process.env;
let nodes;
let agent;

const urls = () => nodes.map((node) => node.url);
const limit = { timeout: 120_000 };

before(async () => {
  const password = await hire(database, 'ada@example.com', 'admin');
  nodes = [];
  for (const name of ['one', 'two', 'three']) nodes.push(await startNode(database, name));
  const [one] = urls();
  const { status, headers, body } = await send('POST', `${one}/v1/staff/session`, {}, { email: 'ada@example.com', password });
  assert.equal(status, 200, JSON.stringify(body));
  const cookie = headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  agent = { cookie, 'x-csrf-token': body.csrf };
}, limit);

after(async () => {
  for (const node of nodes ?? []) await node.stop();
  endAll();
});

/** Waits until something holds; what is waited for is told by another process. */
async function until(holds, what) {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`${what} never came`);
}

test('a visitor and an agent talk over different nodes', limit, async () => {
  const [one, two, three] = urls();
  const visitor = await Visitor.opened(one);
  const events = await visitor.follows(two);
  assert.equal((await visitor.says(three, 'When do you open?', 'key-000000001')).status, 200);
  const heard = await events.next(({ event, data }) => event === 'message' && data.includes('When do you open?'));
  assert.ok(heard, 'what was said at one node is heard at another');

  assert.equal((await send('POST', visitor.path(two, '/escalate'), visitor.headers, { reason: 'please' })).status, 200);
  const taken = await send('POST', `${three}/v1/staff/conversations/${visitor.id}/acts`, agent, { act: 'claim' });
  assert.equal(taken.status, 200, `a session of one node is one of all: ${JSON.stringify(taken.body)}`);
  const reply = await send('POST', `${one}/v1/staff/conversations/${visitor.id}/messages`, agent, { text: 'At ten.' });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  assert.ok(await events.next(({ event, data }) => event === 'message' && data.includes('At ten.')));
  events.close();
});

test('who signs out at one node is out at all, open streams included', limit, async () => {
  const [one, two, three] = urls();
  const password = await hire(database, 'ben@example.com', 'agent');
  const { headers, body } = await send('POST', `${one}/v1/staff/session`, {}, { email: 'ben@example.com', password });
  const cookie = headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  const ben = { cookie, 'x-csrf-token': body.csrf };
  const stream = await fetch(`${two}/v1/staff/news`, { headers: { ...ben, accept: 'text/event-stream' } });
  assert.equal(stream.status, 200);
  const ended = (async () => {
    for await (const _ of stream.body);
  })();
  assert.ok((await send('DELETE', `${three}/v1/staff/session`, ben)).status < 300);
  await ended;
  assert.equal((await send('GET', `${two}/v1/staff/session`, ben)).status, 401);
});

test('what is edited at one node is served by every other, each with a folder of its own', limit, async () => {
  const folders = { east: join(scratch, 'kb-east'), west: join(scratch, 'kb-west') };
  for (const folder of Object.values(folders)) cpSync(KNOWLEDGE, folder, { recursive: true });
  const start = (/** @type {'east' | 'west'} */ name) => startNode(database, name, undefined, {}, folders[name]);
  const east = await start('east');
  let west = await start('west');
  const HOURS = 'shop/opening-hours/en.md';
  const lies = (folder, file) => readFileSync(join(folder, file), 'utf8');
  const edits = async (node, article, summary) => {
    const { body } = await send('GET', `${node.url}/v1/staff/knowledge/${article}`, agent);
    const { hash, wording } = body.files.find(({ name }) => name === 'en.md');
    const path = `${node.url}/v1/staff/knowledge/${article}/en.md`;
    return send('PUT', path, { ...agent, 'if-match': hash }, { wording: { title: wording?.title ?? 'When is the shop open?', summary } });
  };
  const serves = async (node, article, text) => {
    const { status, body } = await send('GET', `${node.url}/v1/articles/${article}?lang=en`);
    return status === 200 && body.summary.includes(text);
  };

  const saved = await edits(east, 'opening-hours', 'We open at nine o’clock now.');
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  await until(() => serves(west, 'opening-hours', 'nine o’clock now'), 'the edit');
  assert.equal(lies(folders.west, HOURS), lies(folders.east, HOURS));

  const texts = { en: { title: 'Do you sell umbrellas?', summary: 'Yes, in all colours.' } };
  const made = await send('POST', `${west.url}/v1/staff/knowledge`, agent, { id: 'umbrellas', category: 'shop', texts });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await until(() => serves(east, 'umbrellas', 'all colours'), 'the new article');

  // Both go on from what the other has written.
  assert.equal((await edits(west, 'opening-hours', 'We open at ten again.')).status, 200);
  await until(() => serves(east, 'opening-hours', 'ten again'), 'the second edit');
  const ready = async ({ url }) => (await fetch(`${url}/readyz`)).text();
  const revision = await ready(east);
  assert.match(revision, /^ready\nknowledge \S+\n$/);
  await until(async () => (await ready(west)) === revision, 'the same revision');

  // One is away meanwhile, and one of its files is newer than what is edited.
  await west.stop();
  const own = lies(folders.west, 'shop/gift-wrapping/en.md').replace('summary', '# By hand.\nsummary');
  writeFileSync(join(folders.west, 'shop/gift-wrapping/en.md'), own);
  assert.equal((await edits(east, 'gift-wrapping', 'We wrap in silk.')).status, 200);
  assert.equal((await edits(east, 'opening-hours', 'We open at eleven.')).status, 200);
  west = await start('west');
  await until(() => serves(west, 'opening-hours', 'at eleven'), 'what was edited meanwhile');
  assert.equal(lies(folders.west, 'shop/gift-wrapping/en.md'), own, 'what was changed by hand stays');
  await until(() => west.said.some((said) => /gift-wrapping\/en\.md was changed in this folder and edited/.test(said)), 'a word of it');
  await east.stop();
  await west.stop();
});

test('who is there is known at every node, and who vanishes with a node is gone', limit, async () => {
  const [one, two, three] = urls();
  const far = await startNode(database, 'five');
  const password = await hire(database, 'cleo@example.com', 'agent');
  const { headers, body } = await send('POST', `${one}/v1/staff/session`, {}, { email: 'cleo@example.com', password });
  const cookie = headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  const cleo = { cookie, 'x-csrf-token': body.csrf };

  const visitor = await Visitor.opened(one);
  const events = await visitor.follows(two);
  const isPresence = (here) => ({ event, data }) => event === 'presence' && JSON.parse(data).here === here;
  assert.ok(await events.next(isPresence(false)), 'nobody has a console open');
  const ended = new AbortController();
  const desk = await fetch(`${far.url}/v1/staff/news`, { headers: { ...cleo, accept: 'text/event-stream' }, signal: ended.signal });
  assert.equal(desk.status, 200);
  assert.ok(await events.next(isPresence(true)), 'an agent at one node is there for visitors of another');

  const visited = async (url) => (await send('GET', `${url}/v1/staff/conversations/${visitor.id}`, agent)).body.visitor_here;
  await until(() => visited(three), 'the word that the visitor is there');
  const looks = await send('PUT', `${far.url}/v1/staff/conversations/${visitor.id}/presence`, cleo);
  assert.equal(looks.status, 204);
  const lookers = async (url) => (await fetch(`${url}/console/conversations/${visitor.id}/presence`, { headers: agent })).text();
  await until(async () => (await lookers(three)).includes('cleo'), 'the word who looks at it');

  // A node that starts now asks the others.
  const late = await startNode(database, 'six');
  await until(() => visited(late.url), 'what the late node has to know');
  await late.stop();

  assert.equal((await send('PUT', `${one}/v1/staff/account/availability`, cleo, { availability: 'away' })).status, 200);
  assert.ok(await events.next(isPresence(false)), 'who says at one node that they are away is away at all');
  assert.equal((await send('PUT', `${two}/v1/staff/account/availability`, cleo, { availability: 'here' })).status, 200);
  assert.ok(await events.next(isPresence(true)));
  await far.kill();
  ended.abort();
  assert.ok(await events.next(isPresence(false)), 'a node that is gone has nobody connected');
  events.close();
});

test('nothing acknowledged is lost or doubled when a node is killed, and order is kept', limit, async () => {
  const visitors = await Promise.all([0, 1, 2, 3].map((place) => Visitor.opened(urls()[place % 3])));
  const talking = visitors.map(async (visitor, who) => {
    for (let number = 0; number < 25; number += 1) {
      const order = [0, 1, 2].map((step) => urls()[(who + number + step) % 3]);
      await visitor.insists(order, `line ${number}`, `killed-${who}-${number}`);
    }
  });
  await until(async () => (await visitors[0].said(urls()[0])).length > 5, 'the sixth message');
  await nodes[2].kill();
  await Promise.all(talking);
  const expected = Array.from({ length: 25 }, (_, number) => `line ${number}`);
  for (const visitor of visitors) assert.deepEqual(await visitor.said(urls()[0]), expected);
  nodes[2] = await startNode(database, 'three');
  assert.deepEqual(await visitors[3].said(nodes[2].url), expected);
});

test('the server restarts: what was acknowledged is there, and streams go on', limit, async () => {
  const [one, two, three] = urls();
  const visitor = await Visitor.opened(one);
  const events = await visitor.follows(two);
  await visitor.insists([one], 'before', 'restart-before');
  assert.ok(await events.next(({ data }) => data?.includes('before')));
  execFileSync('bash', ['-c', restart], { stdio: 'ignore' });
  await visitor.insists([three], 'after', 'restart-after');
  assert.ok(await events.next(({ data }) => data?.includes('after')), 'the line between the nodes was mended');
  assert.deepEqual(await visitor.said(one), ['before', 'after']);
  for (const url of urls()) await until(async () => (await fetch(`${url}/readyz`)).ok, 'readiness');
  events.close();
});

/** Visitors here want persons as often as the test needs it. */
const UNLIMITED = Object.fromEntries(
  ['ADDRESS__CONVERSATIONS_PER_HOUR', 'ADDRESS__TICKETS_PER_HOUR', 'VISITOR__TICKETS_PER_HOUR'].map((name) => [`MONDO__HTTP__LIMITS__${name}`, '0']),
);

/** A node whose line to the server can be cut, by a proxy between them that swallows what is sent. */
async function behindProxy(name) {
  const cable = await line(process.env.MONDO_TEST_HOST, process.env.MONDO_TEST_PORT ?? '5432');
  const node = await startNode(`postgres://mondo@127.0.0.1:${cable.port}/${databaseName()}`, name, undefined, UNLIMITED);
  return { ...cable, node };
}

/** A node in a network of its own, whose link to the server can be taken down. */
async function inNetwork(name) {
  const network = await separate();
  const node = await startNode(`postgres://mondo@${SERVER}/${databaseName()}`, name, network.listen, UNLIMITED, undefined, network.enter);
  return { ...network, node };
}

const databaseName = () => new URL(database).pathname.slice(1);

/** A visitor opens a conversation and wants a person; returns the status. */
async function wantsPerson(url) {
  const visitor = await Visitor.opened(url).catch(() => undefined);
  return visitor && (await send('POST', visitor.path(url, '/escalate'), visitor.headers, {}).catch(() => ({ status: 0 }))).status;
}

/** Lets visitors want persons at a node until it is told to stop, so that it always has rows in its hands. */
function busyWithTickets(url) {
  let goesOn = true;
  for (let visitor = 0; visitor < 4; visitor += 1) {
    (async () => {
      while (goesOn) await wantsPerson(url);
    })();
  }
  return { stop: () => (goesOn = false) };
}

for (const [how, placed, skip] of [
  ['by a proxy that swallows', behindProxy, false],
  ['by a link that is down', inNetwork, !process.env.MONDO_TEST_NETWORK && 'no network namespace can be made here'],
]) {
  test(`a node that is cut off from the server ${how} says so, and goes on where it was once the line is mended`, { ...limit, skip }, async () => {
    const [one] = urls();
    const cut = await placed(`cut-off-${placed.name}`);
    const far = cut.node;
    const visitor = await Visitor.opened(one);
    const events = await visitor.follows(far.url);
    await visitor.insists([far.url], 'before', 'cut-before-1');
    const heard = await events.next(({ data }) => data?.includes('before'));
    assert.ok(heard);
    const busy = busyWithTickets(far.url);
    await new Promise((done) => setTimeout(done, 1_000));
    cut.cut();
    // Whatever rows it has locked, the others go on soon.
    const begun = Date.now();
    await until(async () => (await wantsPerson(one)) === 200, 'a ticket at another node');
    assert.ok(Date.now() - begun < 9_000, `another node waited ${Date.now() - begun} ms`);
    busy.stop();
    await until(async () => !(await fetch(`${far.url}/readyz`)).ok, 'the word that it is not ready');
    await visitor.insists([far.url, one], 'meanwhile', 'cut-meanwhile');
    assert.deepEqual(await visitor.said(one), ['before', 'meanwhile']);
    cut.mend();
    await until(async () => (await fetch(`${far.url}/readyz`)).ok, 'readiness');
    // The stream ended when nothing could be read for it; a browser asks again from the last event it has.
    events.close();
    const resumed = await visitor.follows(far.url, Number(heard.id));
    assert.ok(await resumed.next(({ data }) => data?.includes('meanwhile')), 'what was missed is read');
    await visitor.insists([far.url], 'after', 'cut-after-01');
    assert.deepEqual(await visitor.said(one), ['before', 'meanwhile', 'after']);
    assert.ok(await resumed.next(({ data }) => data?.includes('after')));
    resumed.close();
    await far.stop();
    cut.close();
  });
}

test('clocks that are ten minutes apart change no order', limit, async () => {
  const [one] = urls();
  const late = await startNode(database, 'five', '127.0.0.1:0', { LD_PRELOAD: process.env.MONDO_TEST_FAKETIME, FAKETIME: '-10m', FAKETIME_DONT_FAKE_MONOTONIC: '1' });
  assert.ok(Date.now() - Date.parse((await fetch(late.url)).headers.get('date')) > 500_000, 'its clock is late');
  const visitor = await Visitor.opened(one);
  const events = await visitor.follows(late.url);
  const lines = Array.from({ length: 10 }, (_, number) => `line ${number}`);
  for (const [number, text] of lines.entries()) {
    await visitor.insists([number % 2 ? late.url : one], text, `clocks-key-${number}`);
    assert.ok(await events.next(({ data }) => data?.includes(text)));
  }
  assert.deepEqual(await visitor.said(one), lines);
  assert.deepEqual(await visitor.said(late.url), lines);
  events.close();
  await late.stop();
});

/** A port that nobody listens on. */
function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

for (const [proxy, command, written] of [
  ['nginx', (file) => ['nginx', ['-p', scratch, '-c', file, '-g', 'daemon off;']], (port, hosts) => `
    pid nginx.pid; error_log stderr; events {}
    http {
      access_log off;
      client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
      upstream mondo { ${hosts.map((host) => `server ${host};`).join(' ')} }
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://mondo; proxy_http_version 1.1; proxy_set_header Connection ""; } }
    }`],
  ['haproxy', (file) => ['haproxy', ['-db', '-f', file]], (port, hosts) => `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend visitors
  bind 127.0.0.1:${port}
  default_backend mondo
backend mondo
  option redispatch
  retry-on conn-failure
${hosts.map((host, place) => `  server node${place} ${host} check`).join('\n')}
`],
]) {
  test(`behind ${proxy} live events arrive at once, whichever node a request meets`, limit, async () => {
    const port = await freePort();
    const file = join(scratch, `${proxy}.conf`);
    writeFileSync(file, written(port, urls().map((url) => new URL(url).host)));
    const [program, args] = command(file);
    const child = run(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    const front = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${front}/readyz`).catch(() => ({ ok: false }))).ok, proxy);
    const visitor = await Visitor.opened(front);
    const events = await visitor.follows(front);
    for (let number = 0; number < 6; number += 1) {
      await visitor.insists([front], `word ${number}`, `${proxy}-key-${number}`);
      assert.ok(await events.next(({ data }) => data?.includes(`word ${number}`)));
    }
    events.close();
    child.kill('SIGTERM');
  });
}

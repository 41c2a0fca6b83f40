// Three nodes on one database that are restarted one after the other, and what has to hold at all of them at once: streams that are
// resumed, links, surges, timers and mail.
//
// tests/postgres/run starts the server and runs this, with a database in which nothing is yet.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Events, Visitor, endAll, hire, run, scratch, send, startNode } from './nodes.mjs';

const { MONDO_TEST_DATABASE: database } = process.env;
const DOCUMENTED = resolve(import.meta.dirname, '../../docs/deploy/nginx.conf');
// All visitors come from one address here, and write faster than people do.
const UNHURRIED = Object.fromEntries(
  ['ADDRESS', 'VISITOR'].map((whose) => [`MONDO__HTTP__LIMITS__${whose}__QUESTIONS_PER_MINUTE`, '0']),
);
/** How often a node looks at its timers and its mail. */
const UPKEEP_MS = 5_000;
const limit = { timeout: 120_000 };

/** @type {{ name: string, port: number, node: Awaited<ReturnType<typeof startNode>> }[]} */
const places = [];
let agent;
/** @type {import('node:child_process').ChildProcess | undefined} */
let proxy;
/** Ports are handed out one by one, below those that the system gives to connections that leave. */
let nextPort = 20_000 + (process.pid % 8_000);

const urls = () => places.map(({ node }) => node.url);

before(async () => {
  for (const name of ['one', 'two', 'three']) {
    const place = { name, port: await fixedPort() };
    await starts(place);
    places.push(place);
  }
  agent = await signedIn('ada@example.com', 'admin');
}, limit);

after(async () => {
  await stopProxy();
  for (const { node } of places) await node.stop();
  endAll();
});

/** Makes an account, and returns the headers of its session. */
async function signedIn(email, role) {
  const password = await hire(database, email, role);
  const { status, headers, body } = await send('POST', `${urls()[0]}/v1/staff/session`, {}, { email, password });
  assert.equal(status, 200, JSON.stringify(body));
  const cookie = headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  return { cookie, 'x-csrf-token': body.csrf };
}

/** Starts the node of a place, at its port. */
async function starts(place) {
  place.node = await startNode(database, place.name, `127.0.0.1:${place.port}`, UNHURRIED);
}

/** A port that nobody listens on, and that nobody is given while its node is away. */
async function fixedPort() {
  for (;;) {
    nextPort += 1;
    const server = createServer();
    const isFree = await new Promise((known) => {
      server.once('error', () => known(false));
      server.listen(nextPort, '127.0.0.1', () => known(true));
    });
    if (!isFree) continue;
    await new Promise((closed) => server.close(closed));
    return nextPort;
  }
}

/** Waits until something holds; what is waited for is told by another process. */
async function until(holds, what) {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await holds()) return;
    await pause(50);
  }
  assert.fail(`${what} never came`);
}

/** Ends the proxy, which takes its workers along. */
async function stopProxy() {
  if (!proxy || proxy.exitCode !== null) return;
  const ended = once(proxy, 'exit');
  proxy.kill('SIGTERM');
  await ended;
}

/** Starts nginx as docs/deploy has it, without encryption, and returns its address. */
async function startProxy() {
  const port = await fixedPort();
  // nginx keeps away from a node that it could not reach, for ten seconds unless told: by then the next one would be away too.
  const hosts = places.map((place) => `server 127.0.0.1:${place.port} fail_timeout=1s;`).join(' ');
  const written = readFileSync(DOCUMENTED, 'utf8')
    .replace(/server one:8090[^;]*;\s+server two:8090[^;]*;/, hosts)
    .replace(/ {2}server \{\s+listen 80;.*?\n {2}\}\n/s, '')
    .replace('listen 443 ssl http2;', `listen 127.0.0.1:${port};`)
    .replace(/ *ssl_certificate.*\n/g, '')
    .replace('http {', 'http { client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;');
  const file = join(scratch, 'rolling.conf');
  writeFileSync(file, `pid rolling.pid; error_log ${join(scratch, 'rolling.log')};\n${written}`);
  // Nothing of it is inherited: its workers would hold it open where the master is killed.
  proxy = run('nginx', ['-p', scratch, '-c', file, '-g', 'daemon off;'], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/readyz`).catch(() => ({ ok: false }))).ok, 'nginx');
  return url;
}

/** Says something through a proxy, under the same key until it was taken, and returns what was refused before. */
async function keepsSaying(visitor, front, text, key) {
  const refused = [];
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const headers = { ...visitor.headers, 'content-type': 'application/json', 'idempotency-key': key };
    const asked = { method: 'POST', headers, body: JSON.stringify({ text }) };
    const said = await fetch(visitor.path(front, '/messages'), asked).catch((error) => ({ status: error.cause?.code }));
    // A proxy's own pages are no JSON.
    const told = said.text ? await said.text() : '';
    if (said.status === 200) return refused;
    refused.push(said.status === 502 ? 502 : `${said.status} ${told}`);
    await pause(50);
  }
  throw new Error(`nobody takes ${text}: ${refused}`);
}

/** Follows a conversation after an event, as a browser does that comes back: the header tells which one it has. */
async function resumes(visitor, url, last, query = '') {
  const ended = new AbortController();
  const headers = { ...visitor.headers, accept: 'text/event-stream', 'last-event-id': `${last}` };
  const response = await fetch(visitor.path(url, `/events${query}`), { headers, signal: ended.signal });
  return new Events(response, () => ended.abort());
}

/** Follows a conversation through every interruption until a last message, and returns what the visitor was heard to say. */
async function hears(visitor, front, end) {
  const heard = [];
  for (let last = 0; heard.at(-1) !== end; ) {
    const events = await resumes(visitor, front, last).catch(() => undefined);
    if (events?.status !== 200) {
      await pause(50);
      continue;
    }
    for (let event; heard.at(-1) !== end && (event = await events.next(({ id }) => id)); ) {
      last = Number(event.id);
      const { author, text } = JSON.parse(event.data);
      if (event.event === 'message' && author === 'visitor') heard.push(text);
    }
    events.close();
  }
  return heard;
}

/** Lets visitors write and read through a proxy while something is done to the nodes, and checks that nobody has lost anything. */
async function whileVisitorsWrite(called, disturbs) {
  const front = await startProxy();
  const visitors = await Promise.all([0, 1, 2, 3].map(() => Visitor.opened(front)));
  let goesOn = true;
  const counts = visitors.map(() => 0);
  const writing = visitors.map(async (visitor, who) => {
    const said = [];
    const refused = [];
    const says = async (text) => {
      refused.push(...(await keepsSaying(visitor, front, text, `${called}-${who}-${said.length}-key`)));
      counts[who] = said.push(text);
    };
    while (goesOn) {
      await says(`line ${said.length}`);
      await pause(20);
    }
    await says('the end');
    return { said, refused };
  });
  const hearing = visitors.map((visitor) => hears(visitor, front, 'the end'));
  const moreIsSaid = async () => {
    const before = [...counts];
    await until(() => counts.every((count, who) => count > before[who] + 3), 'what everybody says next');
  };
  await moreIsSaid();
  try {
    await disturbs(moreIsSaid);
  } finally {
    goesOn = false;
  }
  const written = await Promise.all(writing);
  const heard = await Promise.all(hearing);
  for (const [who, { said }] of written.entries()) {
    for (const url of [front, ...urls()]) assert.deepEqual(await visitors[who].said(url), said);
    assert.deepEqual(heard[who], said, 'what was heard live');
  }
  // A proxy may have to say that a node went away in the middle of a request; mondo itself refuses nothing.
  const refused = written.flatMap(({ refused }) => refused);
  assert.deepEqual(refused.filter((status) => status !== 502), [], 'what had to be sent again');
  await stopProxy();
  return { said: counts.reduce((sum, count) => sum + count), refused: refused.length };
}

test('nodes are restarted one after the other behind nginx, and nobody loses a word', limit, async (context) => {
  const told = await whileVisitorsWrite('rolling', async (moreIsSaid) => {
    for (const place of places) {
      await place.node.stop();
      await moreIsSaid();
      await starts(place);
      await moreIsSaid();
    }
  });
  context.diagnostic(`${told.said} messages, ${told.refused} sent again`);
});

test('a node is killed behind nginx, and nobody loses a word', limit, async (context) => {
  const told = await whileVisitorsWrite('killed', async (moreIsSaid) => {
    await places[1].node.kill();
    await moreIsSaid();
    await starts(places[1]);
    await moreIsSaid();
  });
  context.diagnostic(`${told.said} messages, ${told.refused} sent again`);
});

test('a stream that is resumed at another node by its last event brings exactly what was missed', limit, async () => {
  const [one, two, three] = urls();
  const visitor = await Visitor.opened(one);
  for (let number = 0; number < 8; number += 1) {
    await visitor.insists([urls()[number % 3]], `line ${number}`, `resumed-key-${number}`);
  }
  const known = async (events) => {
    const read = [];
    for (let event; !read.at(-1)?.data.includes('line 7'); read.push(event)) event = await events.next(({ id }) => id);
    events.close();
    return read;
  };
  const whole = await known(await visitor.follows(one));
  const numbers = whole.map(({ id }) => Number(id));
  assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b), 'each once, in order');
  const seen = whole.findIndex(({ data }) => data.includes('line 3'));
  const last = whole[seen].id;
  assert.deepEqual(await known(await resumes(visitor, two, last)), whole.slice(seen + 1));
  // A browser that comes back asks for the address it asked for first.
  assert.deepEqual(await known(await resumes(visitor, three, last, '?after=0')), whole.slice(seen + 1), 'the header counts');
});

test('the link to a ticket that one node gives opens at another, and is answered there', limit, async () => {
  const [one, two, three] = urls();
  const visitor = await Visitor.opened(one);
  const { status, body: ticket } = await send('POST', visitor.path(one, '/escalate'), visitor.headers, { reason: 'the box was torn' });
  assert.equal(status, 200, JSON.stringify(ticket));
  for (const url of [two, three]) {
    const page = await fetch(`${url}${ticket.link}`);
    assert.equal(page.status, 200);
    assert.ok((await page.text()).includes(ticket.number));
  }
  const form = { method: 'POST', redirect: 'manual', body: new URLSearchParams({ text: 'Is anybody there?', key: 'linked-key-1' }) };
  for (const url of [two, three, two]) assert.equal((await fetch(`${url}${ticket.link}`, form)).status, 303);
  assert.deepEqual(await visitor.said(one), ['Is anybody there?'], 'once, whichever node was asked');
  assert.equal((await fetch(`${two}${ticket.link.slice(0, -2)}`)).status, 404);
});

test('a surge that begins and ends at one node does so at all', limit, async () => {
  const [one, two, three] = urls();
  const visitor = await Visitor.opened(two);
  const events = await visitor.follows(three);
  const told = async (url) => (await send('GET', `${url}/v1/notices`)).body.notices.map(({ text }) => text);
  const texts = { en: 'Parcels are late.', zh: '包裹派送延迟。', ja: '配送が遅れています。', ko: '배송이 지연됩니다.' };
  const surge = { incident: 'storm', texts, expires: new Date(Date.now() + 3_600_000).toISOString() };
  const begun = await send('POST', `${one}/v1/staff/surges`, agent, surge);
  assert.equal(begun.status, 201, JSON.stringify(begun.body));
  assert.ok(await events.next(({ event }) => event === 'notices'), 'who follows at another node is told');
  for (const url of urls()) await until(async () => (await told(url)).includes(texts.en), 'the notice');
  for (const url of [two, three]) assert.ok((await (await fetch(`${url}/help/en/`)).text()).includes(texts.en));
  const queueOf = async (url) => {
    const late = await Visitor.opened(url);
    await late.insists([url], 'my parcel is late', 'surge-key-001');
    const { body } = await send('POST', late.path(url, '/escalate'), late.headers, {});
    return body.queue;
  };
  assert.equal(await queueOf(two), 'surge');
  assert.equal((await send('DELETE', `${three}/v1/staff/surges/storm`, agent)).status, 204);
  assert.ok(await events.next(({ event }) => event === 'notices'));
  for (const url of urls()) await until(async () => (await told(url)).length === 0, 'the end of the notice');
  assert.notEqual(await queueOf(one), 'surge');
  events.close();
});

/** A mail server that takes everything in its time, and remembers to whom each mail went. */
async function mailServer() {
  const recipients = [];
  const server = createServer((socket) => {
    const says = (line) => socket.write(`${line}\r\n`);
    socket.on('error', () => {});
    let inMail = false;
    let to = '';
    says('220 ready');
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', async (line) => {
      if (inMail && line !== '.') return;
      if (inMail) {
        recipients.push(to);
        // So long that the other nodes look meanwhile.
        await pause(300);
      }
      else to = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1] ?? to;
      inMail = !inMail && line.toUpperCase() === 'DATA';
      says(inMail ? '354 go on' : '250 ok');
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { recipients, port: server.address().port, close: () => server.close() };
}

/** Visitors who wait for a person, each of whom can be written to. */
async function waiting(count, called) {
  const visitors = [];
  for (let number = 0; number < count; number += 1) {
    const url = urls()[number % 3];
    const visitor = await Visitor.opened(url);
    visitor.address = `${called}${number}@customer.example`;
    const { status, body } = await send('POST', visitor.path(url, '/escalate'), visitor.headers, { reason: 'please', contact: visitor.address });
    assert.equal(status, 200, JSON.stringify(body));
    visitors.push(visitor);
  }
  return visitors;
}

test('what is due when three nodes start at once is done and mailed by one of them', limit, async () => {
  const [one, two] = urls();
  const auditor = await signedIn('otto@example.com', 'auditor');
  const left = await waiting(8, 'left');
  const silent = await waiting(8, 'silent');
  for (const visitor of [...left, ...silent]) {
    const taken = await send('POST', `${one}/v1/staff/conversations/${visitor.id}/acts`, agent, { act: 'claim' });
    assert.equal(taken.status, 200, JSON.stringify(taken.body));
  }
  for (const visitor of silent) {
    const reply = await send('POST', `${two}/v1/staff/conversations/${visitor.id}/messages`, agent, { text: 'At ten.' });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
  }

  const mail = await mailServer();
  const settings = {
    MONDO__DESK__AGENT_AWAY_MINUTES: '0',
    MONDO__DESK__VISITOR_GONE_MINUTES: '0',
    MONDO__MAIL__FROM: 'help@tea.example',
    MONDO__MAIL__SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
  };
  const hasty = await Promise.all(['four', 'five', 'six'].map((name) => startNode(database, name, undefined, settings)));
  const state = async ({ id }) => (await send('GET', `${one}/v1/staff/conversations/${id}`, agent)).body.state;
  const all = async (visitors, expected) => (await Promise.all(visitors.map(state))).every((found) => found === expected);
  await until(() => all(left, 'queued'), 'the way back into the queue');
  await until(() => all(silent, 'closed'), 'the end of the silent ones');
  // Whose conversation has ended is told by mail.
  const addresses = silent.map(({ address }) => address).sort();
  await until(() => addresses.every((address) => mail.recipients.includes(address)), 'the mail');
  // What was done twice would show after each node has looked again.
  await pause(2 * UPKEEP_MS + 500);

  assert.deepEqual(mail.recipients.filter((address) => address.endsWith('customer.example')).sort(), addresses, 'one mail each');
  for (const [visitors, action, note] of [[left, 'requeue', 'step away'], [silent, 'close', 'closed']]) {
    for (const visitor of visitors) {
      const log = await send('GET', `${one}/v1/staff/log?subject=${visitor.id}`, auditor);
      assert.equal(log.status, 200, JSON.stringify(log.body));
      const byTimer = log.body.lines.filter(({ actor }) => actor === 'timer').map((line) => line.action);
      assert.deepEqual(byTimer, [action]);
      const { body } = await send('GET', visitor.path(two), visitor.headers);
      const notes = body.messages.filter(({ author, text }) => author !== 'agent' && text.includes(note));
      assert.equal(notes.length, 1, JSON.stringify(body.messages));
    }
  }
  const said = hasty.flatMap((node) => node.said.filter((line) => /ERROR|could not/.test(line)));
  for (const node of hasty) await node.stop();
  mail.close();
  assert.deepEqual(said, []);
});

// Lets crowds of strangers do their worst while visitors who behave ask, and looks whether anybody of those is kept waiting or
// refused, and whether the crowds leave anything behind.
//
// node tests/faults/crowds.mjs [--streams 2000] [BINARY], target/debug/mondo when none is named. Every crowd has addresses of its
// own in 127.0.0.0/8, and the server its usual limits; settings below MONDO__HTTP__ hold here too, so that a check can be seen to
// fail. It talks only to the server it starts, and ends by itself.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { streams: { type: 'string', default: '2000' } } });
const BINARY = resolve(positionals[0] ?? join(ROOT, 'target/debug/mondo'));
const STREAMS = Number(values.streams);
/** More than `http.max_in_flight`. */
const CROWD = 280;
/** Connections that ask for scripts and pages by the dozen. */
const PAGES = 200;
/** How long somebody who behaves waits at most: longer than a slow machine takes, shorter than `http.request_timeout_ms`. */
const LONGEST_MS = 8_000;
/** How long a server may take to notice that somebody has gone. */
const NOTICED_MS = 10_000;
/** How long all of it may take, on the slowest machine. */
const MOST_MS = 600_000;
const STREAM_KIB = 100;
/** What may be left of the crowds: pages that the allocator has not given back, and what is remembered on purpose. */
const LEFT_MIB = 96 + (STREAMS * 48) / 1_024;
/** What those who never read may cost together. */
const UNREAD_MIB = 192;

const folder = mkdtempSync(join(tmpdir(), 'mondo-crowds-'));
const data = join(folder, 'data');
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MONDO__') || name.startsWith('MONDO__HTTP__')));
const env = { ...own, MONDO__ENCODER__MODE: 'fast' };
const [KNOWN, STRANGE] = ['known@example.com', 'strange@example.com'].map((email) => ({ email, password: hired(email) }));
const server = spawn(BINARY, ['serve', '--listen', '127.0.0.1:0', '--data', data, '--kb', join(ROOT, 'tests/knowledge')], { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
process.on('exit', () => {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
/** @type {string[]} */
const said = [];
const lines = createInterface({ input: server.stderr });
const port = await new Promise((found, failed) => {
  lines.on('line', (line) => {
    said.push(line);
    const address = /answers from .* at http:\/\/127\.0\.0\.1:(\d+)\/$/.exec(line)?.[1];
    if (address) found(Number(address));
  });
  server.once('exit', (code) => failed(new Error(`the server ended with ${code}:\n${said.join('\n')}`)));
});

/** Makes the account of an agent, and returns its password. */
function hired(email) {
  const { status, stdout, stderr } = spawnSync(BINARY, ['user', 'add', email, '--name', 'Ann', '--role', 'agent', '--data', data], { cwd: folder, env, encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(`no account: ${stdout}${stderr}`);
  return stdout.trim();
}

/** @type {string[]} */
const faults = [];
let checked = 0;
function expect(holds, what) {
  checked += 1;
  if (!holds) faults.push(what);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const several = (count, make) => Array.from({ length: count }, (_, number) => make(number));

/** Waits until something holds, and tells whether it came to that. */
async function comes(holds) {
  for (const until = Date.now() + NOTICED_MS; Date.now() < until; await pause(50)) if (await holds()) return true;
  return false;
}

const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1_024;

/** Counts the sockets that the server has open, and its other descriptors. */
function descriptors() {
  const counted = { sockets: 0, others: 0 };
  for (const name of readdirSync(`/proc/${server.pid}/fd`)) {
    try {
      counted[readlinkSync(`/proc/${server.pid}/fd/${name}`).startsWith('socket:') ? 'sockets' : 'others'] += 1;
    } catch {
      // Closed since it was listed.
    }
  }
  return counted;
}

/** Counts the connections on which the server has sent what nobody reads, as the system knows them. */
function unread() {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1).map((row) => row.trim().split(/\s+/));
  return rows.filter(([, here, , , queues]) => here?.endsWith(local) && parseInt(queues.split(':')[0], 16) > 0).length;
}

/** Whoever sends from one address. */
class Client {
  constructor(address, { keepAlive = true } = {}) {
    this.address = address;
    this.agent = new Agent({ keepAlive, localAddress: address });
  }

  /** Sends, and returns how it was answered; status 0 when the connection broke. */
  async send(method, path, headers = {}, body = undefined) {
    const content = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const sent = request({ host: '127.0.0.1', port, method, path, agent: this.agent, headers: { 'content-type': 'application/json', ...headers } });
    sent.setTimeout(30_000, () => sent.destroy(new Error('no reply within 30 s')));
    try {
      sent.end(content);
      const [response] = await once(sent, 'response');
      let text = '';
      for await (const chunk of response) text += chunk;
      const isJson = response.headers['content-type']?.includes('json');
      return { status: response.statusCode, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
    } catch (error) {
      return { status: 0, headers: {}, text: String(error), body: undefined };
    } finally {
      // What breaks once the reply is there concerns nobody.
      sent.on('error', () => {});
    }
  }

  async opens() {
    const { status, text, body } = await this.insists(() => this.send('POST', '/v1/conversations', {}, {}), 3);
    if (status !== 201) throw new Error(`no conversation for ${this.address}: ${status} ${text}`);
    return { path: `/v1/conversations/${body.id}`, headers: { 'mondo-visitor': body.visitor_secret } };
  }

  signsIn({ email, password }, headers = {}) {
    return this.send('POST', '/v1/staff/session', headers, { email, password });
  }

  /** Tries again when the server says, as a person does who is asked to. */
  async insists(attempt, most) {
    for (let tried = 1; ; tried += 1) {
      const told = await attempt();
      if (![0, 429, 503].includes(told.status) || tried === most) return { ...told, tried };
      await pause(Number(told.headers['retry-after'] ?? 1) * 1_000);
    }
  }

  leaves() {
    this.agent.destroy();
  }
}

/** Opens a connection for whatever is written to it, and keeps what is read. */
function line(localAddress, { reads = true } = {}) {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  const opened = { socket, text: '', isOver: false };
  socket.on('error', () => {});
  socket.on('close', () => (opened.isOver = true));
  if (reads) socket.on('data', (chunk) => (opened.text += chunk));
  else socket.pause();
  return opened;
}

/** Tells whether a refusal says when to come back, to a program and to a person. */
const isPolite = ({ status, headers, body }) => [429, 503].includes(status) && Number(headers['retry-after']) > 0 && Boolean(body?.message);

/** Counts replies by status. */
function byStatus(replies) {
  const counts = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return Object.entries(counts).map(([status, count]) => `${count} times ${status}`).join(', ');
}

/** Checks that whatever was refused was refused politely. */
function expectPolite(what, replies, others) {
  const rude = replies.find((told) => !others.includes(told.status) && !isPolite(told));
  expect(!rude, `${what}: refused with ${rude?.status} ${JSON.stringify(rude?.headers)} ${rude?.text}`);
}

// Visitors who behave: each asks, opens a conversation and says something in it, again and again.
const VISITORS = 4;
let isOver = false;
const noted = { requests: 0, longest: 0, failed: [] };
const behaving = several(VISITORS, async (number) => {
  const visitor = new Client(`127.0.2.${number + 1}`);
  const sends = async (expected, ...args) => {
    const begun = performance.now();
    const told = await visitor.send(...args);
    noted.requests += 1;
    noted.longest = Math.max(noted.longest, performance.now() - begun);
    if (told.status !== expected) noted.failed.push(`${args[1]}: ${told.status} ${told.text.slice(0, 200)}`);
    return told.body;
  };
  for (let round = 0; !isOver; round += 1) {
    await sends(200, 'POST', '/v1/ask', {}, { text: `How long does shipping take to place ${round} of ${number}?` });
    const opened = await sends(201, 'POST', '/v1/conversations', {}, {});
    const secret = { 'mondo-visitor': opened?.visitor_secret ?? '' };
    await sends(200, 'POST', `/v1/conversations/${opened?.id}/messages`, secret, { text: 'How long does shipping take?' });
    await sends(200, 'GET', '/readyz');
    await pause(400);
  }
  visitor.leaves();
});

/** Lets a crowd come and go, and tells how visitors fared meanwhile. */
async function during(what, crowd) {
  Object.assign(noted, { requests: 0, longest: 0, failed: [] });
  const begun = Date.now();
  try {
    console.log(`${what}: ${await crowd(what)}`);
  } catch (error) {
    console.log(`${what} broke off: ${error.message}`);
    faults.push(`${what} broke off: ${error.stack}`);
  }
  const { requests, longest, failed } = noted;
  console.log(`  visitors meanwhile: ${requests} requests in ${((Date.now() - begun) / 1_000).toFixed(1)} s, ${failed.length} failed, the longest ${longest.toFixed(0)} ms; ${memory().toFixed(0)} MiB`);
  expect(requests >= VISITORS, `${what}: visitors came to ${requests} requests`);
  expect(failed.length === 0, `${what}: ${failed.length} of ${requests} requests of visitors failed, such as ${failed[0]}`);
  expect(longest < LONGEST_MS, `${what}: a visitor waited ${longest.toFixed(0)} ms`);
}

/** Bodies of one byte a second hold no seat, and are given up in the end. */
async function slowBodies(what) {
  const crowd = several(CROWD, (number) => {
    const opened = line('127.0.0.3');
    const path = number % 2 ? '/v1/ask' : '/v1/conversations';
    opened.socket.write(`POST ${path} HTTP/1.1\r\nhost: mondo\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{`);
    return opened;
  });
  const all = () => crowd.every(({ isOver }) => isOver);
  for (let second = 0; second < 15 && !all(); second += 1) {
    for (const { socket, isOver } of crowd) if (!isOver) socket.write(' ');
    await pause(1_000);
  }
  const refused = crowd.filter(({ text, isOver }) => isOver && /^HTTP\/1\.1 503 /.test(text) && /^retry-after: \d+/im.test(text) && /"message":"\S/.test(text));
  for (const { socket } of crowd) socket.destroy();
  expect(refused.length === CROWD, `${what}: ${refused.length} of ${CROWD} were refused and told so; others read ${crowd.find((one) => !refused.includes(one))?.text}`);
  return `${refused.length} of ${CROWD} connections were given up`;
}

async function headersWithoutEnd(what) {
  const crowd = several(CROWD, () => {
    const opened = line('127.0.0.4');
    opened.socket.write('GET /healthz HTTP/1.1\r\nhost: mondo\r\nx-more: ');
    return opened;
  });
  for (let second = 0; second < 3; second += 1) {
    await pause(1_000);
    for (const { socket } of crowd) socket.write('x');
  }
  const open = crowd.filter(({ isOver }) => !isOver).length;
  for (const { socket } of crowd) socket.destroy();
  expect(open === CROWD, `${what}: only ${open} connections were open at once`);
  return `${open} connections sent a byte a second of their headers`;
}

/** Sends requests over connections that are never read from, lets somebody talk meanwhile, and tells what they cost. */
async function neverRead(what, count, requests, client, { path, headers }) {
  const before = memory();
  const crowd = several(count, (number) => {
    const opened = line(client.address, { reads: false });
    opened.socket.write(requests(number));
    return opened;
  });
  let most = 0;
  for (let number = 0; number < 15; number += 1) {
    const told = await client.send('POST', `${path}/messages`, headers, { text: `How long does shipping take? ${'Please tell. '.repeat(140)}${number}` });
    expect(told.status === 200, `${what}: a message was answered with ${told.status} ${told.text}`);
    most = Math.max(most, memory() - before);
    await pause(200);
  }
  const full = unread();
  for (const { socket } of crowd) socket.destroy();
  expect(most < UNREAD_MIB, `${what}: they cost ${most.toFixed(0)} MiB`);
  return { full, told: `${count} connections, ${full} of them full, cost ${most.toFixed(0)} MiB at most` };
}

const asking = (path, more = '') => `GET ${path} HTTP/1.1\r\nhost: mondo\r\n${more}\r\n`;
const showing = ({ headers }) => `mondo-visitor: ${headers['mondo-visitor']}\r\n`;

/** Scripts and pages by the dozen, some by the hundred until nothing more fits, and what happens in a conversation. Most ask for
 * scripts, which lie ready: pages have to be drawn, and how much can be drawn is another matter. */
async function unreadPages(what) {
  const [client, follower] = [new Client('127.0.0.5'), new Client('127.0.0.10')];
  const followed = await follower.opens();
  const { body } = await client.send('GET', '/widget/v1/manifest.json');
  const longest = Object.values(body.files).reduce((one, other) => (one.bytes > other.bytes ? one : other)).address;
  const requests = (number) => {
    if (number % 10 === 0) return asking(longest).repeat(500);
    return number % 10 === 1 ? asking('/handbook/limits', 'accept-encoding: gzip\r\n').repeat(40) : asking(longest).repeat(20);
  };
  const streams = () => asking(`${followed.path}/events`, showing(followed));
  const [pages, live] = await Promise.all([
    neverRead(what, PAGES, requests, client, await client.opens()),
    neverRead(what, 20, streams, follower, followed),
  ]);
  expect(pages.full >= PAGES * 0.75, `${what}: only ${pages.full} connections were full`);
  for (const each of [client, follower]) each.leaves();
  return `pages on ${pages.told}; streams on ${live.told.replace(/, .* full/, "")}`;
}

/** A long file of their own, again and again, while somebody else reads theirs. */
async function unreadFiles(what) {
  const [client, other] = [new Client('127.0.0.9'), new Client('127.0.0.11')];
  const sends = async (client, content) => {
    const conversation = await client.opens();
    const file = await client.send('POST', `${conversation.path}/attachments?name=some.txt`, conversation.headers, Buffer.from(content));
    if (file.status !== 201) throw new Error(`no file: ${file.status} ${file.text}`);
    return { ...conversation, address: file.body.address };
  };
  const [theirs, others] = [await sends(client, 'One line of a long file.\n'.repeat(160_000)), await sends(other, 'A note.\n')];
  const crowd = neverRead(what, CROWD, () => asking(theirs.address, showing(theirs)), client, theirs);
  const read = [];
  for (let number = 0; number < 10; number += 1) {
    await pause(200);
    read.push(await other.send('GET', others.address, others.headers));
  }
  const { full, told } = await crowd;
  expect(full > 0, `${what}: no connection was full`);
  expect(read.every(({ status, text }) => status === 200 && text === 'A note.\n'), `${what}: somebody else's file: ${byStatus(read)}`);
  expect(await comes(async () => (await client.send('GET', theirs.address, theirs.headers)).status === 200), `${what}: no file is sent afterwards`);
  for (const each of [client, other]) each.leaves();
  return `${told}; somebody else's file: ${byStatus(read)}`;
}

/** Strangers who guess passwords, from ten networks, so that not the limit of one address alone holds them back. */
async function signIns(what) {
  const agent = new Client('127.0.0.7');
  const first = await agent.signsIn(KNOWN);
  expect(first.status === 200, `${what}: signing in beforehand: ${first.status} ${first.text}`);
  const cookie = (first.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
  let isGone = false;
  const strangers = several(10, (number) => new Client(`127.0.3.${number + 1}`));
  const flood = several(300, async (number) => {
    const replies = [];
    // The account of the agent who is known by their browser is guessed at too.
    const email = number % 3 ? `nobody${number}@example.com` : KNOWN.email;
    while (!isGone) {
      replies.push(await strangers[number % strangers.length].signsIn({ email, password: 'one guess of many' }));
      await pause(100);
    }
    return replies;
  });
  await pause(300);
  const [known, strange] = await Promise.all([agent.signsIn(KNOWN, { cookie }), agent.insists(() => agent.signsIn(STRANGE), 8)]);
  await pause(2_000);
  isGone = true;
  const replies = (await Promise.all(flood)).flat();
  for (const client of [...strangers, agent]) client.leaves();
  expect(known.status === 200, `${what}: an agent at their own browser: ${known.status} ${known.text}`);
  expect(strange.status === 200, `${what}: an agent at another browser, after ${strange.tried} attempts: ${strange.status} ${strange.text}`);
  expect(replies.some(isPolite), `${what}: nobody was refused`);
  expectPolite(what, replies, [401]);
  return `${byStatus(replies)}; agents at their own browser and, after ${strange.tried} attempts, at another: ${known.status} and ${strange.status}`;
}

/** One network sends files slowly and quickly, with all its might. */
async function uploads(what) {
  const [stranger, other] = [new Client('127.0.0.6', { keepAlive: false }), new Client('127.0.0.8')];
  const [theirs, others] = [await stranger.opens(), await other.opens()];
  const upload = (client, { path, headers }, content) => client.send('POST', `${path}/attachments?name=note.txt`, headers, content);
  const slow = several(40, () => {
    const opened = line('127.0.0.6');
    opened.socket.write(`POST ${theirs.path}/attachments?name=slow.txt HTTP/1.1\r\nhost: mondo\r\nmondo-visitor: ${theirs.headers['mondo-visitor']}\r\ncontent-length: 100000\r\n\r\nslow`);
    return opened;
  });
  await pause(500);
  const long = Buffer.from('One line.\n'.repeat(200_000));
  const flood = Promise.all(several(60, () => upload(stranger, theirs, long)));
  const sent = [];
  for (let number = 0; number < 5; number += 1) sent.push(await upload(other, others, Buffer.from(`A note, the ${number}th.\n`)));
  const replies = await flood;
  for (const { socket } of slow) socket.write('er');
  await pause(500);
  const held = slow.filter(({ isOver }) => !isOver).length;
  const told = slow.filter(({ text }) => /^HTTP\/1\.1 (429|503) /.test(text) && /^retry-after: \d+/im.test(text) && /"message":"\S/.test(text)).length;
  for (const { socket } of slow) socket.destroy();
  expect(await comes(async () => (await upload(other, others, Buffer.from('The last.\n'))).status === 201), `${what}: no file is taken afterwards`);
  for (const client of [stranger, other]) client.leaves();
  expect(sent.every(({ status }) => status === 201), `${what}: somebody else's files: ${byStatus(sent)} ${sent.find(({ status }) => status !== 201)?.text}`);
  expect(held + told === slow.length && told > 0, `${what}: of ${slow.length} slow ones ${held} are taken and ${told} refused`);
  expect(replies.some(isPolite), `${what}: nobody was refused`);
  // A reply may be lost with a connection that is closed while a long body is still on its way (RFC 9112, section 9.6).
  const lost = replies.filter(({ status }) => status === 0).length;
  expect(lost <= replies.length / 10, `${what}: ${lost} of ${replies.length} connections broke without a reply`);
  expectPolite(what, replies, [0, 201]);
  return `slow ones: ${held} taken, ${told} refused; quick ones: ${byStatus(replies)}; somebody else's: ${byStatus(sent)}`;
}

/** Pages that are only open, from as many networks as the limit of one demands. */
async function idleStreams(what) {
  const before = memory();
  const clients = several(Math.ceil(STREAMS / 400), (number) => new Client(`127.0.4.${number + 1}`));
  const conversations = [];
  const each = async (work) => {
    let next = 0;
    await Promise.all(several(16, async () => {
      for (let number = next++; number < STREAMS; number = next++) await work(number);
    }));
  };
  await each(async (number) => (conversations[number] = await clients[number % clients.length].opens()));
  const opened = memory();
  const streams = [];
  let live = 0;
  const follows = async (client, { path, headers }) => {
    const stream = request({ host: '127.0.0.1', port, path: `${path}/events`, agent: false, localAddress: client.address, headers });
    stream.end();
    try {
      const [response] = await once(stream, 'response');
      response.on('error', () => {});
      response.resume();
      if (response.statusCode !== 200) return { status: response.statusCode, headers: response.headers };
      streams.push(stream);
      live += 1;
      stream.on('close', () => (live -= 1));
      return { status: 200, headers: {} };
    } catch {
      return { status: 0, headers: {} };
    } finally {
      stream.on('error', () => {});
    }
  };
  await each(async (number) => {
    const client = clients[number % clients.length];
    // A browser comes again too.
    const { status, tried } = await client.insists(() => follows(client, conversations[number]), 5);
    if (status !== 200) throw new Error(`a stream was answered with ${status}, ${tried} times`);
  });
  await pause(2_000);
  const cost = ((memory() - opened) * 1_024) / STREAMS;
  const stayed = live;
  for (const stream of streams) stream.destroy();
  for (const client of clients) client.leaves();
  expect(stayed === STREAMS, `${what}: only ${stayed} of ${STREAMS} are live`);
  expect(cost < STREAM_KIB, `${what}: each costs ${cost.toFixed(1)} KiB`);
  return `${stayed} live, each ${cost.toFixed(1)} KiB; ${(opened - before).toFixed(1)} MiB before them for the conversations`;
}

const begun = Date.now();
setTimeout(() => {
  console.error(`not done after ${MOST_MS / 1_000} s:\n${faults.join('\n')}`);
  process.exit(1);
}, MOST_MS);
await during('nobody else', async () => `for comparison${(await comes(() => noted.requests >= VISITORS * 16)) ? '' : ', slowly'}`);
const before = { memory: memory(), ...descriptors() };
await during('bodies of one byte a second', slowBodies);
await during('headers without an end', headersWithoutEnd);
await during('pages and streams that are never read', unreadPages);
await during('files that are never read', unreadFiles);
await during('a flood of sign-ins', signIns);
await during('a flood of files', uploads);
await during('streams on which nothing happens', idleStreams);

const isBack = await comes(() => descriptors().sockets <= before.sockets);
const after = { memory: memory(), ...descriptors() };
expect(isBack, `${after.sockets} sockets are open, ${before.sockets} before the crowds came`);
// Readers of the database stay open once they were needed.
expect(after.others <= before.others + 16, `${after.others} other files are open, ${before.others} before the crowds came`);
expect(await comes(() => memory() < before.memory + LEFT_MIB), `${memory().toFixed(0)} MiB are left of the crowds, ${before.memory.toFixed(0)} before`);
console.log(`before the crowds ${before.memory.toFixed(0)} MiB, ${before.sockets} sockets and ${before.others} other files; after them ${memory().toFixed(0)} MiB, ${after.sockets} and ${after.others}`);
isOver = true;
await Promise.all(behaving);
const ready = await new Client('127.0.0.9', { keepAlive: false }).send('GET', '/readyz');
expect(ready.status === 200, `/readyz after the crowds: ${ready.status} ${ready.text}`);
expect(server.exitCode === null && server.signalCode === null, `the server has ended:\n${said.slice(-5).join('\n')}`);
console.log(`${checked} checks in ${((Date.now() - begun) / 1_000).toFixed(1)} s, ${faults.length} faults`);
if (faults.length > 0) console.error(faults.join('\n'));
process.exit(faults.length > 0 ? 1 : 0);

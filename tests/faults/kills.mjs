// Kills a server in the middle of its work, again and again, and looks for everything it has acknowledged.
//
// node tests/faults/kills.mjs [--rounds 5] [--seed 1] [BINARY], target/debug/mondo when none is named. It talks only to the
// server it starts on 127.0.0.1, and ends after the rounds it was told.

import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } } });
const BINARY = resolve(positionals[0] ?? join(ROOT, 'target/debug/mondo'));
const ROUNDS = Number(values.rounds);
const VISITORS = 8;
/** A ticket is asked for with each so many messages. */
const TICKET_EVERY = 25;

const folder = mkdtempSync(join(tmpdir(), 'mondo-kills-'));
const data = join(folder, 'data');
const config = join(folder, 'mondo.toml');
writeFileSync(config, `[http.limits.address]\nquestions_per_minute = 1000000\n[http.limits.visitor]\nquestions_per_minute = 1000000\n`);
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MONDO__')));
const env = { ...own, MONDO__ENCODER__MODE: 'fast' };
/** @type {import('node:child_process').ChildProcess | undefined} */
let server;
process.on('exit', () => {
  server?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

// The same moments for the same seed: xorshift32.
let state = Number(values.seed) >>> 0 || 1;
const random = () => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
};

const port = await new Promise((found) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
    probe.close(() => found(port));
  });
});
const url = `http://127.0.0.1:${port}`;

async function start() {
  const flags = ['serve', '--config', config, '--listen', `127.0.0.1:${port}`, '--data', data, '--kb', join(ROOT, 'tests/knowledge')];
  const child = spawn(BINARY, flags, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  server = child;
  const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stderr) });
  const said = [];
  await new Promise((answers, failed) => {
    lines.on('line', (line) => {
      said.push(line);
      if (/answers from/.test(line)) answers(undefined);
    });
    child.once('exit', () => failed(new Error(`the server ended:\n${said.join('\n')}`)));
  });
  return async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let isOver = false;

/** Sends until it is taken, as a client does that keeps what it has said; undefined once everything is over. */
async function insists(path, headers, body) {
  while (!isOver) {
    try {
      const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
      const text = await response.text();
      if (response.ok) return JSON.parse(text);
      if (![409, 429, 500, 502, 503].includes(response.status)) throw new Error(`refused with ${response.status}: ${text}`);
    } catch (error) {
      if (String(error).includes('refused with')) throw error;
    }
    await pause(10);
  }
  return undefined;
}

class Visitor {
  /** Ids of acknowledged messages, in the order they were said. @type {string[]} */
  acknowledged = [];
  tickets = new Set();

  constructor(number) {
    this.number = number;
  }

  async talks() {
    const opened = await insists('/v1/conversations', { 'idempotency-key': randomUUID() }, {});
    this.id = opened.id;
    this.headers = { 'mondo-visitor': opened.visitor_secret };
    for (let line = 0; !isOver; line += 1) {
      const key = { ...this.headers, 'idempotency-key': randomUUID() };
      const said = await insists(`/v1/conversations/${this.id}/messages`, key, { text: `line ${line}` });
      if (!said) return;
      this.acknowledged.push(said.question.id);
      if (line % TICKET_EVERY === TICKET_EVERY - 1) {
        const key = { ...this.headers, 'idempotency-key': randomUUID() };
        const ticket = await insists(`/v1/conversations/${this.id}/escalate`, key, { reason: 'please' });
        if (ticket) this.tickets.add(ticket.number);
      }
    }
  }

  /** Tells what is wrong with what the server has kept. */
  async faults() {
    const response = await fetch(`${url}/v1/conversations/${this.id}`, { headers: this.headers });
    if (!response.ok) return [`visitor ${this.number}: ${response.status}`];
    const { messages, ticket } = await response.json();
    const said = messages.filter(({ author }) => author === 'visitor');
    const faults = [];
    const ids = new Set(said.map(({ id }) => id));
    for (const id of this.acknowledged) if (!ids.has(id)) faults.push(`visitor ${this.number}: message ${id} is lost`);
    const texts = said.map(({ text }) => text);
    // One more may have been taken whose reply was lost with the server.
    const expected = texts.map((_, place) => `line ${place}`);
    if (texts.join() !== expected.join()) faults.push(`visitor ${this.number}: out of order or doubled: ${texts.slice(0, 40).join()}`);
    if (texts.length > this.acknowledged.length + 1) faults.push(`visitor ${this.number}: ${texts.length} kept, ${this.acknowledged.length} acknowledged`);
    if (this.tickets.size > 1) faults.push(`visitor ${this.number}: ${[...this.tickets].join()} are tickets of one matter`);
    if (this.tickets.size === 1 && ticket?.number !== [...this.tickets][0]) faults.push(`visitor ${this.number}: the ticket is lost`);
    return faults;
  }
}

const visitors = Array.from({ length: VISITORS }, (_, number) => new Visitor(number));
let kill = await start();
const talks = visitors.map((visitor) => visitor.talks());
const begun = Date.now();
let kept = 0;
const count = () => visitors.reduce((sum, visitor) => sum + visitor.acknowledged.length, 0);
for (let round = 1; round <= ROUNDS; round += 1) {
  // It is killed while it works, not while it still starts.
  for (let waited = 0; count() === kept && waited < 10_000; waited += 10) await pause(10);
  await pause(random() * 500);
  await kill();
  const acknowledged = count();
  kill = await start();
  if (round % 50 === 0 || round === ROUNDS) console.log(`round ${round}: ${acknowledged} messages acknowledged, ${acknowledged - kept} since`);
  kept = acknowledged;
}
isOver = true;
await Promise.all(talks);
kept = count();
const conversations = new Set(visitors.map(({ id }) => id)).size;
const faults = (await Promise.all(visitors.map((visitor) => visitor.faults()))).flat();
await kill();
// The record is whole too, and nothing in it was altered.
const { status, stdout, stderr } = spawnSync(BINARY, ['audit', 'verify', '--config', config, '--data', data], { cwd: folder, env, encoding: 'utf8' });
const verified = `${stdout}${stderr}`.trim();
console.log(verified);
if (status !== 0) faults.push('the record is not whole');
const recorded = Number(/of (\d+) conversations/.exec(verified)?.[1]);
if (recorded !== conversations) faults.push(`${recorded} conversations were opened for ${conversations} visitors`);
const tickets = visitors.reduce((sum, visitor) => sum + visitor.tickets.size, 0);
console.log(`${ROUNDS} kills in ${Math.round((Date.now() - begun) / 1000)} s, ${kept} messages and ${tickets} tickets acknowledged, ${faults.length} faults`);
if (faults.length > 0 || kept === 0) {
  console.error(faults.join('\n') || 'nothing was acknowledged at all');
  process.exitCode = 1;
}

// What thousands of visitors cost who only have the page open: memory of the server for each live stream, and how quickly it
// answers others meanwhile.
//
// node tests/benches/streams.mjs [--streams 9500] [BINARY], target/release/mondo when none is named. Give it files enough
// first (ulimit -n 20000). It talks only to the server it starts on 127.0.0.1, and ends by itself.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { streams: { type: 'string', default: '9500' } } });
const STREAMS = Number(values.streams);
const BINARY = resolve(positionals[0] ?? join(ROOT, 'target/release/mondo'));
const ASKED = 500;

const folder = mkdtempSync(join(tmpdir(), 'mondo-streams-'));
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MONDO__')));
const without = (name) => [`MONDO__HTTP__LIMITS__ADDRESS__${name}`, '1000000'];
const env = { ...own, MONDO__ENCODER__MODE: 'fast', ...Object.fromEntries(['STREAMS', 'CONVERSATIONS_PER_HOUR', 'QUESTIONS_PER_MINUTE'].map(without)) };
const server = spawn(BINARY, ['serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'data'), '--kb', join(ROOT, 'tests/knowledge')], { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
process.on('exit', () => {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
const lines = createInterface({ input: server.stderr });
server.once('exit', () => process.exit(1));
lines.on('line', (line) => /^mondo: /.test(line) && console.error(line));
const url = await new Promise((found) => lines.on('line', (line) => /answers from .* at (http:\S+?)\/$/.test(line) && found(/(http:\S+?)\/$/.exec(line)?.[1])));

const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;
const short = new Agent({ keepAlive: true, maxSockets: 16 });

/** @returns {Promise<{ status: number, body: any }>} */
async function send(method, path, headers = {}, body = undefined, agent = short) {
  const sent = request(url + path, { method, agent, headers: { 'content-type': 'application/json', ...headers } });
  sent.end(body && JSON.stringify(body));
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, body: text && JSON.parse(text) };
}

async function asks() {
  const times = [];
  for (let number = 0; number < ASKED; number += 1) {
    const begun = performance.now();
    const { status } = await send('POST', '/v1/ask', {}, { text: `When is the shop open on day ${number}?` });
    if (status !== 200) throw new Error(`a question was refused with ${status}`);
    times.push(performance.now() - begun);
  }
  times.sort((one, other) => one - other);
  return `p50 ${times[ASKED / 2].toFixed(1)} ms, p99 ${times[Math.floor(ASKED * 0.99)].toFixed(1)} ms`;
}

/** Runs so many at a time. */
async function each(count, work, width = 16) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    for (let number = next++; number < count; number = next++) await work(number);
  }));
}

console.log(`before: ${memory().toFixed(0)} MiB, ${await asks()}`);
const visitors = [];
await each(STREAMS, async () => {
  const { status, body } = await send('POST', '/v1/conversations', {}, {});
  if (status !== 201) throw new Error(`no conversation: ${status}`);
  visitors.push(body);
});
const opened = memory();
let live = 0;
let refused = 0;
await each(STREAMS, async (number) => {
  const visitor = visitors[number];
  const stream = request(`${url}/v1/conversations/${visitor.id}/events`, { agent: false, headers: { 'mondo-visitor': visitor.visitor_secret, accept: 'text/event-stream' } });
  stream.on('error', () => {});
  stream.end();
  const [response] = await once(stream, 'response');
  response.resume();
  if (response.statusCode === 200) live += 1;
  else refused += 1;
});
await new Promise((done) => setTimeout(done, 2_000));
const held = memory();
console.log(`${live} live streams (${refused} refused): ${opened.toFixed(0)} MiB with the conversations opened, ${held.toFixed(0)} MiB with the streams, ${(((held - opened) * 1024) / live).toFixed(1)} KiB a stream; others meanwhile: ${await asks()}`);
process.exit(live === STREAMS ? 0 : 1);

// Measures mondo beside nlp.js on this machine, in one run: requests a second, times, and processor time a request.
//
//   node tests/benches/peers/run.mjs [--binary target/release/mondo] [--seconds 10] [--connections 16] [--zipf 5000]
//                                    [--entries 2400] [--only 'mondo default'] [--requests 1000000] [--chart peers.svg]
//
// Talks only to the servers it starts on 127.0.0.1, and stops them. With --zipf N the questions are drawn from N by Zipf's
// law (s = 1): the labelled ones, each with as many endings as it takes. With --entries N both serve so many articles: those
// of the demo base, each again for plans of other names. --only measures one of the three, and --requests sends so many
// instead of sending for some seconds. --chart draws requests a second as bars into a file.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { grown, questions } from './knowledge.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const autocannon = createRequire(import.meta.url)('autocannon');
const { values } = parseArgs({
  options: {
    binary: { type: 'string', default: join(root, 'target/release/mondo') },
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '16' },
    zipf: { type: 'string', default: '0' },
    entries: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    requests: { type: 'string', default: '0' },
    chart: { type: 'string', default: '' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const kinds = Number(values.zipf);

/** Questions drawn for each connection; one that has sent them all begins again. */
const DRAWS = 10_000;

/** The same sequence in each run: a small generator (mulberry32) with a fixed seed. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The bodies of each connection in the order they are sent: no two connections ask the same at the same time by design. */
function bodies() {
  const asked = questions(join(root, 'tests/relevance')).map((question) => question.text);
  const body = (text) => JSON.stringify({ text });
  const places = Array.from({ length: connections }, (_, connection) => connection);
  if (!kinds) {
    return places.map((connection) => {
      const from = Math.floor((connection * asked.length) / connections);
      return [...asked.slice(from), ...asked.slice(0, from)].map(body);
    });
  }
  const texts = Array.from({ length: kinds }, (_, place) => {
    const ending = Math.floor(place / asked.length);
    return ending ? `${asked[place % asked.length]} (${ending})` : asked[place];
  });
  const sums = [];
  for (let place = 0, sum = 0; place < kinds; place += 1) sums.push((sum += 1 / (place + 1)));
  const draw = random(7);
  const drawn = () => {
    const point = draw() * sums[kinds - 1];
    let [low, high] = [0, kinds - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < point) low = middle + 1;
      else high = middle;
    }
    return body(texts[low]);
  };
  return places.map(() => Array.from({ length: DRAWS }, drawn));
}

/** Starts a server and waits for the line that names its address. */
async function started(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let said = '';
  /** Waits for something that the server says. */
  const says = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(said);
        if (found) resolve(found[0]);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('exit', () => reject(new Error(`${command} ended: ${said}`)));
      look();
    });
  for (const line of [child.stdout, child.stderr]) line.on('data', (chunk) => (said += chunk));
  return { child, says, address: await says(/https?:\/\/127\.0\.0\.1:\d+/) };
}

/** Processor time of a process so far, in seconds; /proc counts in hundredths. */
function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measured(name, { child, address }, requests) {
  const load = (much) => {
    const waiting = requests.map((bodies) => bodies.map((body) => ({ method: 'POST', path: '/v1/ask', headers: { 'content-type': 'application/json' }, body })));
    return autocannon({ url: address, connections, ...much, setupClient: (client) => client.setRequests(waiting.pop()) });
  };
  await load({ duration: 3 });
  const before = processorTime(child.pid);
  const amount = Number(values.requests);
  const result = await load(amount ? { amount } : { duration: seconds });
  // Without what it takes to make the requests.
  const lasted = result.duration;
  const used = processorTime(child.pid) - before;
  const done = result['2xx'];
  const perRequest = Math.round((used * 1e6) / done);
  measures.push({ name, rate: Math.round(done / lasted), p99: result.latency.p99 });
  console.log(`${name.padEnd(14)} ${done} in ${lasted.toFixed(0)} s  ${String(Math.round(done / lasted)).padStart(6)}/s  ${String(perRequest).padStart(5)} us a request  p50 ${result.latency.p50} ms  p99 ${result.latency.p99} ms  ${result.non2xx + result.errors} failed`);
}

/** What was measured, in order. @type {{ name: string, rate: number, p99: number }[]} */
const measures = [];

/** Draws a bar for each measure. */
function chart() {
  const most = Math.max(...measures.map(({ rate }) => rate));
  const bars = measures.map(({ name, rate, p99 }, place) => {
    const y = 20 + place * 40;
    return `<text x="110" y="${y + 18}" text-anchor="end">${name}</text><rect x="120" y="${y}" width="${((rate / most) * 360).toFixed(0)}" height="26" fill="${name.startsWith('mondo') ? '#0f6f67' : '#8a9693'}"/><text x="${128 + (rate / most) * 360}" y="${y + 18}">${rate}/s, p99 ${p99} ms</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="660" height="${30 + measures.length * 40}" font-family="sans-serif" font-size="14">${bars.join('')}</svg>\n`;
}

const sent = bodies();
const folders = [];
const entries = Number(values.entries);
const knowledge = entries ? grown(join(root, 'knowledge_base'), mkdtempSync(join(tmpdir(), 'mondo-peers-')), entries) : join(root, 'knowledge_base');
if (entries) folders.push(knowledge);
for (const [name, start] of [
  ['nlp.js', () => started('node', [join(here, 'nlp-server.mjs'), knowledge])],
  ...['fast', 'default'].map((mode) => [
    `mondo ${mode}`,
    () => {
      const data = mkdtempSync(join(tmpdir(), 'mondo-peers-'));
      folders.push(data);
      return started(values.binary, ['serve', '--listen', '127.0.0.1:0', '--data', data, '--kb', knowledge], { env: { ...process.env, MONDO__ENCODER__MODE: mode, MONDO__HTTP__LIMITS__ADDRESS__QUESTIONS_PER_MINUTE: '0' } });
    },
  ]),
]) {
  if (values.only && name !== values.only) continue;
  const server = await start();
  // The second encoder reads the articles first, so that every mode is measured as it goes on.
  if (name === 'mondo default') await server.says(/every encoder has read the knowledge base/);
  await measured(name, server, sent);
  server.child.removeAllListeners('exit');
  server.child.kill('SIGTERM');
  await new Promise((resolve) => server.child.on('exit', resolve));
}
if (values.chart) writeFileSync(values.chart, chart());
for (const folder of folders) rmSync(folder, { recursive: true, force: true });

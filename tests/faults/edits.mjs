// Edits thousands of articles at once while visitors ask, and tells how long the longest of them waited.
//
// node tests/faults/edits.mjs [--articles 5000] [--longest 1000] [--mode fast] [BINARY], target/release/mondo when none is named.
// It fails when a question is not answered, or not within so many milliseconds. It talks only to the server it starts on
// 127.0.0.1, and ends by itself.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { grown, questions } from '../benches/peers/knowledge.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const options = { articles: { type: 'string', default: '5000' }, longest: { type: 'string', default: '1000' }, mode: { type: 'string', default: 'fast' } };
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const BINARY = resolve(positionals[0] ?? join(ROOT, 'target/release/mondo'));
const LONGEST_MS = Number(values.longest);
const CLIENTS = 4;
/** How long the edits may take to be served. */
const SERVED_MS = 120_000;
/** How long visitors go on once the edits are served. */
const AFTERWARDS_MS = 5_000;

const folder = mkdtempSync(join(tmpdir(), 'mondo-edits-'));
const knowledge = grown(join(ROOT, 'knowledge_base'), join(folder, 'kb'), Number(values.articles));
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MONDO__')));
const env = { ...own, MONDO__ENCODER__MODE: values.mode, MONDO__HTTP__LIMITS__ADDRESS__QUESTIONS_PER_MINUTE: '0' };
const server = spawn(BINARY, ['serve', '--watch', '--listen', '127.0.0.1:0', '--data', join(folder, 'data'), '--kb', knowledge], { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
process.on('exit', () => {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
const lines = createInterface({ input: server.stderr });
const said = [];
const says = (pattern) =>
  new Promise((found) => {
    const look = (line) => pattern.test(line) && found(pattern.exec(line));
    said.forEach(look);
    lines.on('line', look);
  });
lines.on('line', (line) => said.push(line));
server.once('exit', (code) => {
  console.error(`the server ended with ${code}:\n${said.slice(-5).join('\n')}`);
  process.exit(1);
});
const [, url] = await says(/answers from .* at (http:\S+?)\/$/);
if (values.mode !== 'fast') await says(/every encoder has read the knowledge base/);
const revision = async () => (await fetch(`${url}/readyz`)).text();

const texts = questions(join(ROOT, 'tests/relevance')).map(({ text }) => text);
let isOver = false;
const times = [];
let failed = 0;
const clients = Array.from({ length: CLIENTS }, async (_, client) => {
  for (let number = client; !isOver; number += CLIENTS) {
    const begun = performance.now();
    // A text of its own each time: what was answered before is no help.
    const response = await fetch(`${url}/v1/ask`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: `${texts[number % texts.length]} (${number})` }) });
    await response.text();
    if (response.status !== 200) failed += 1;
    times.push(performance.now() - begun);
  }
});
const told = (what) => {
  const sorted = times.splice(0).sort((one, other) => one - other);
  const at = (share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
  console.log(`${what}: ${sorted.length} questions, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms, ${failed} failed`);
  return Number(at(1));
};
await new Promise((done) => setTimeout(done, AFTERWARDS_MS));
told('before');
const before = await revision();
const begun = Date.now();
for (const article of readdirSync(join(knowledge, 'demo'))) {
  const file = join(knowledge, 'demo', article, 'en.md');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nSeen again by its author.\n`);
}
console.log(`${values.articles} files were written in ${Date.now() - begun} ms`);
while ((await revision()) === before && Date.now() - begun < SERVED_MS) await new Promise((done) => setTimeout(done, 50));
const isServed = (await revision()) !== before;
console.log(`${isServed ? 'served' : 'still not served'} ${((Date.now() - begun) / 1_000).toFixed(1)} s after the first was written`);
await new Promise((done) => setTimeout(done, AFTERWARDS_MS));
isOver = true;
await Promise.all(clients);
const longest = told('meanwhile and after');
const faults = [];
if (!isServed) faults.push('the edits are not served');
if (failed > 0) faults.push(`${failed} questions failed`);
if (longest > LONGEST_MS) faults.push(`a question waited ${longest.toFixed(0)} ms, and ${LONGEST_MS} ms are the most`);
if (faults.length > 0) console.error(faults.join('\n'));
process.exit(faults.length > 0 ? 1 : 0);

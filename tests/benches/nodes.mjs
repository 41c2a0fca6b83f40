// How many messages a second one process on SQLite takes, and one, two and three nodes on PostgreSQL, one after the other.
//
// tests/postgres/with-server node tests/benches/nodes.mjs [--seconds 15] [--visitors 32], on the program in MONDO_BINARY. It
// talks only to the servers it starts on this machine, and ends after the seconds it was told. Clients, nodes and the
// database share the cores, so that the numbers tell more of what a message costs than of what many machines would take.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Visitor, startNode } from '../postgres/nodes.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '15' }, visitors: { type: 'string', default: '32' } } });
const SECONDS = Number(values.seconds);
const VISITORS = Number(values.visitors);
/** How long nothing is counted at first. */
const WARM_MS = 3_000;
const TEXTS = ['When is the shop open?', 'How long does delivery take?', 'Do you wrap gifts?', '반품은 어떻게 하나요?', '営業時間を教えてください', '可以开发票吗'];
const limits = { MONDO__HTTP__LIMITS__ADDRESS__QUESTIONS_PER_MINUTE: '100000000', MONDO__HTTP__LIMITS__VISITOR__QUESTIONS_PER_MINUTE: '100000000', MONDO__HTTP__LIMITS__ADDRESS__CONVERSATIONS_PER_HOUR: '100000000' };

/** Milliseconds of processor time that a process has used. @param {number} pid */
function used(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * (1_000 / Number(execFileSync('getconf', ['CLK_TCK'])));
}

/** @param {{ url: string, pid: number }[]} nodes */
async function load(nodes) {
  const visitors = await Promise.all(Array.from({ length: VISITORS }, (_, who) => Visitor.opened(nodes[who % nodes.length].url)));
  /** @type {number[]} */
  const times = [];
  let refused = 0;
  let counts = false;
  let isOver = false;
  const talks = visitors.map(async (visitor, who) => {
    for (let line = 0; !isOver; line += 1) {
      const begun = performance.now();
      const { status } = await visitor.says(nodes[(who + line) % nodes.length].url, TEXTS[(who + line) % TEXTS.length], `bench-${who}-${line}-0000`);
      if (!counts) continue;
      if (status === 200) times.push(performance.now() - begun);
      else refused += 1;
    }
  });
  await new Promise((done) => setTimeout(done, WARM_MS));
  counts = true;
  const before = nodes.map(({ pid }) => used(pid));
  await new Promise((done) => setTimeout(done, SECONDS * 1_000));
  counts = false;
  const spent = nodes.reduce((sum, { pid }, place) => sum + used(pid) - before[place], 0);
  isOver = true;
  await Promise.all(talks);
  times.sort((one, other) => one - other);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  return { rate: times.length / SECONDS, half: at(0.5), most: at(0.99), refused, cost: spent / times.length };
}

const setups = [['SQLite, one process', 0], ['PostgreSQL, one node', 1], ['PostgreSQL, two nodes', 2], ['PostgreSQL, three nodes', 3]];
console.log(`${VISITORS} visitors, ${SECONDS} s each, ${cpus().length} cores for nodes, clients and database`);
let first = 0;
for (const [name, count] of setups) {
  const nodes = [];
  const place = `bench-${count}`;
  if (count === 0) nodes.push(await startNode('', place, undefined, limits));
  for (let number = 0; number < count; number += 1) nodes.push(await startNode(process.env.MONDO_TEST_DATABASE, `${place}-${number}`, undefined, limits));
  const { rate, half, most, refused, cost } = await load(nodes);
  first ||= rate;
  console.log(`${String(name).padEnd(24)} ${rate.toFixed(0).padStart(5)} messages/s (${(rate / first).toFixed(2)} of SQLite), p50 ${half} ms, p99 ${most} ms, ${cost.toFixed(2)} ms of processor a message in the nodes, ${refused} refused`);
  for (const node of nodes) await node.stop();
}

// Puts a node into a network of its own, joined to the server of the database by a link that can be taken down.
//
// Needs to be run in a network namespace of its own (tests/postgres/run does so), so that addresses and links of the machine are
// left alone.

import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { run } from './nodes.mjs';

/** The side of the link to the database on which the server is, and the addresses of the link on which the node is asked. */
export const SERVER = '10.77.2.1';
const [NODE_TO_SERVER, CALLER, NODE] = ['10.77.2.2', '10.77.1.1', '10.77.1.2'];

/**
 * Makes the network of a node: `enter` are the words before its command, `listen` is where it can be reached, and what is sent
 * between `cut` and `mend` is lost without a word to either end.
 */
export async function separate() {
  const holder = run('unshare', ['--net', 'sleep', 'infinity']);
  const enter = ['nsenter', `--net=/proc/${holder.pid}/ns/net`];
  const own = readlinkSync('/proc/self/ns/net');
  for (let attempt = 0; readlinkSync(`/proc/${holder.pid}/ns/net`) === own; attempt += 1) {
    if (attempt > 100) throw new Error('no network namespace was made');
    await new Promise((done) => setTimeout(done, 20));
  }
  const ip = (/** @type {string} */ words, inside = false) => {
    const [program, ...rest] = [...(inside ? enter : []), 'ip', ...words.split(' ')];
    execFileSync(program, rest);
  };
  for (const [link, near, far] of [['asked', CALLER, NODE], ['stored', SERVER, NODE_TO_SERVER]]) {
    ip(`link add ${link} type veth peer name ${link} netns ${holder.pid}`);
    ip(`address add ${near}/24 dev ${link}`);
    ip(`address add ${far}/24 dev ${link}`, true);
    ip(`link set ${link} up`);
    ip(`link set ${link} up`, true);
  }
  ip('link set lo up', true);
  return {
    enter,
    listen: `${NODE}:0`,
    cut: () => ip('link set stored down'),
    mend: () => ip('link set stored up'),
    // The links go with the namespace.
    close: () => holder.kill('SIGKILL'),
  };
}

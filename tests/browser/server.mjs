// Starts mondo on a free port and a folder of its own, and stops exactly that process.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = process.env.MONDO_BINARY ?? join(ROOT, 'target/debug/mondo');
const ANNOUNCED = /^mondo answers from .* at (http:\/\/\S+\/)$/;
// A build without optimisation needs most of it for the first index.
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill as by a power cut
 * @property {() => Promise<void>} restart at the same address, on the same data
 * @property {string} knowledge folder with the knowledge base
 * @property {(email: string, name: string, role: string) => Promise<string>} hire makes an account on the command line and gives its password
 */

/** What runs, and in which folder. @type {Map<import('node:child_process').ChildProcess, string>} */
const running = new Map();
// Also when the tests break off, nothing is left behind.
process.on('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, () => process.exit(1));

/**
 * @param {Record<string, string>} settings as environment variables
 * @param {string} [edited] knowledge folder to be copied, so that the tests may edit it
 * @param {string} [binary] another program than the one that is tested
 * @returns {Promise<Server>}
 */
export async function startServer(settings, edited, binary = BINARY) {
  const folder = await mkdtemp(join(tmpdir(), 'mondo-browser-'));
  const knowledge = edited ? join(folder, 'knowledge') : join(ROOT, 'knowledge_base');
  if (edited) await cp(join(ROOT, edited), knowledge, { recursive: true });
  let run = start(binary, folder, '127.0.0.1:0', knowledge, settings);
  const stop = async () => {
    const overdue = setTimeout(() => run.child.kill('SIGKILL'), STOP_LIMIT_MS);
    run.child.kill('SIGTERM');
    await run.ended;
    clearTimeout(overdue);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await announcedAddress(run.child);
    const kill = async () => {
      run.child.kill('SIGKILL');
      await run.ended;
    };
    const restart = async () => {
      run = start(binary, folder, new URL(url).host, knowledge, settings);
      await announcedAddress(run.child);
    };
    /** @type {Server['hire']} */
    const hire = async (email, name, role) => {
      const account = ['user', 'add', email, '--name', name, '--role', role, '--data', join(folder, 'data')];
      const { stdout } = await promisify(execFile)(binary, account, { cwd: folder, env: withoutSettings(process.env) });
      return stdout.trim();
    };
    return { url, stop, kill, restart, knowledge, hire };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param {string} binary @param {string} folder @param {string} listen @param {string} knowledge @param {Record<string, string>} settings */
function start(binary, folder, listen, knowledge, settings) {
  const flags = ['serve', '--listen', listen, '--data', join(folder, 'data'), '--kb', knowledge];
  const child = spawn(binary, flags, {
    // Away from the repository, so that nobody's mondo.toml takes part.
    cwd: folder,
    // The pages are tested, not the answers: the second encoder would read the whole base anew for every server.
    env: { ...withoutSettings(process.env), MONDO__ENCODER__MODE: 'fast', ...settings },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  running.set(child, folder);
  const ended = new Promise((done) => {
    child.once('error', done);
    child.once('exit', done);
  });
  ended.then(() => running.delete(child));
  return { child, ended };
}

/** @param {NodeJS.ProcessEnv} environment */
function withoutSettings(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('MONDO__')));
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
async function announcedAddress(child) {
  const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stderr) });
  /** @type {string[]} */
  const said = [];
  /** @type {Promise<string>} */
  const announced = new Promise((found) => {
    lines.on('line', (line) => {
      said.push(line);
      const address = ANNOUNCED.exec(line)?.[1];
      if (address) found(address);
    });
  });
  const failed = (/** @type {string} */ why) => {
    throw new Error(`${BINARY} ${why}; it said:\n${said.join('\n')}`);
  };
  const waiting = new AbortController();
  const limit = AbortSignal.any([waiting.signal, AbortSignal.timeout(START_LIMIT_MS)]);
  // The pipes close after the last line was read, so the message is whole.
  const closed = once(child, 'close', { signal: limit }).then(
    ([code]) => failed(`ended with ${code} before it was ready`),
    (error) => failed(error.name === 'AbortError' ? `was not ready after ${START_LIMIT_MS} ms` : `did not start: ${error.message}`),
  );
  try {
    return await Promise.race([announced, closed]);
  } finally {
    closed.catch(() => {});
    waiting.abort();
  }
}

// Starts programs in a temporary folder of this test, waits for them, and leaves none behind.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const BINARY = resolve(process.argv[2] ?? join(ROOT, 'target/debug/mondo'));
const ANNOUNCED = / at (http:\/\/\S+)\/$/m;
const START_LIMIT_MS = 60_000;
const EXAMPLE_LIMIT_MS = 60_000;

/** @typedef {{ url: string, pid: number, told: () => string, stop: () => Promise<void> }} Server */

export const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mondo-handbook-')));
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => {
  for (const child of running) killGroup(child);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, () => process.exit(1));

/** @param {import('node:child_process').ChildProcess} child */
function killGroup(child) {
  if (!child.pid) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** No setting of whoever runs this takes part, and git has a name to write down. */
export const ENVIRONMENT = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MONDO__|GIT_|PG|https?_proxy|all_proxy)/i.test(name))),
  // Programs that are looked up by the home of whoever runs this are found there all the same.
  CARGO_HOME: process.env.CARGO_HOME ?? join(homedir(), '.cargo'),
  RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
  PATH: [join(folder, 'bin'), join(import.meta.dirname, 'bin'), process.env.PATH].join(':'),
  HOME: join(folder, 'home'),
  TMPDIR: folder,
  MONDO_BINARY: BINARY,
  MONDO__ENCODER__MODE: 'fast',
  // How sure answers must be is no matter here, and finding it out takes its time at every start.
  MONDO__THRESHOLDS__CALIBRATE_AT_START: 'false',
  PGHOST: '',
  PGUSER: 'mondo',
  ...Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap((who) => [[`GIT_${who}_NAME`, 'Ada'], [`GIT_${who}_EMAIL`, 'ada@example.com']])),
};

/** @param {string} cwd @param {string} config @param {Record<string, string>} [env] @returns {Promise<Server>} */
export async function startServer(cwd, config, env = {}) {
  const data = join(cwd, `data${config === 'mondo.toml' ? '' : `-${config}`}`);
  const child = start(BINARY, ['serve', '--listen', '127.0.0.1:0', '--config', config, '--data', data], { cwd, env });
  const said = tellingOf(child);
  const url = await said.until(ANNOUNCED);
  return { url: url[1] ?? '', pid: child.pid ?? 0, told: said.soFar, stop: () => stop(child) };
}

/** It is taken away when the pipe to it closes, which it does at the latest with this program. @returns {Promise<string>} the folder of its socket */
export async function startDatabase() {
  const server = spawn(join(ROOT, 'tests/postgres/with-server'), ['sh', '-c', 'echo "$MONDO_TEST_HOST"; cat >/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  server.unref();
  const [line] = await Promise.race([once(server.stdout, 'data'), once(server, 'exit').then(() => [''])]);
  assert.ok(String(line).trim(), 'PostgreSQL does not start');
  return String(line).trim();
}

/** Starts what goes on until it is stopped. @param {string} program @param {string[]} args @param {{ cwd: string, env?: Record<string, string> }} where */
export function start(program, args, { cwd, env = {} }) {
  const child = spawn(program, args, { cwd, env: { ...ENVIRONMENT, ...env }, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** @param {import('node:child_process').ChildProcess} child */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** What a program says on standard error, and when it says something. @param {import('node:child_process').ChildProcess} child */
function tellingOf(child) {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part) => (text += part));
  return { soFar: () => text, until: (/** @type {RegExp} */ pattern) => until(() => pattern.exec(text), () => `it said: ${text}`) };
}

/** Waits for something to be there. @template T @param {() => T | null | undefined | false | Promise<T | null | undefined | false>} look @param {() => string} why @returns {Promise<T>} */
export async function until(look, why) {
  const end = Date.now() + START_LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < end, why());
    await new Promise((done) => setTimeout(done, 20));
  }
}

/**
 * Runs a program to its end, and gives what it prints; fails with everything it said when its exit code is another than 0.
 * @param {string} program @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, input?: string, codes?: number[] }} where
 * @returns {Promise<string>}
 */
export async function run(program, args, { cwd, env = {}, input = '', codes = [0] }) {
  // A group of its own, so that nothing an example has started is left behind.
  const child = spawn(program, args, { cwd, env: { ...ENVIRONMENT, ...env }, detached: true });
  running.add(child);
  const overdue = setTimeout(() => killGroup(child), EXAMPLE_LIMIT_MS);
  let printed = '';
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (part) => (printed += part));
  child.stderr.setEncoding('utf8').on('data', (part) => (told += part));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code, signal] = await once(child, 'close');
  clearTimeout(overdue);
  running.delete(child);
  assert.ok(codes.includes(code), `${program} ended with ${code ?? signal}\n${told}${printed}`);
  return printed;
}

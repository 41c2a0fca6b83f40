// Puts a PostgreSQL database back, to a moment and from a dump, as the handbook's page on backups says, and lets a node serve it.
//
// node --test tests/postgres/restore.test.mjs tests what MONDO_BINARY names, target/debug/mondo otherwise. The server is its own, in
// a temporary folder and with nothing but a socket to reach it by.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Visitor, endAll, scratch, startNode } from './nodes.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = process.env.MONDO_BINARY ?? join(ROOT, 'target/debug/mondo');
const limit = { timeout: 60_000 };

const PROGRAMS = programs();
const folder = mkdtempSync(join(tmpdir(), 'mondo-restore-'));
// A server refuses to run as root.
const asOwner = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
if (asOwner.length > 0) execFileSync('chown', ['postgres', folder]);
const [main, base, archive] = ['main', 'base', 'archive'].map((name) => join(folder, name));
const database = `postgres://mondo@${encodeURIComponent(folder)}/nodes`;
/** The folder of the cluster that runs. @type {string | undefined} */
let served;
process.on('exit', () => {
  if (served) spawnSync(...words('pg_ctl', '-D', served, '-m', 'immediate', 'stop'), { cwd: folder });
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Returns the folder of the newest PostgreSQL's programs. */
function programs() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const [newest] = versions.sort((one, other) => Number(other) - Number(one));
  if (!newest) throw new Error('PostgreSQL is missing: install it (its programs are looked for in /usr/lib/postgresql)');
  return join('/usr/lib/postgresql', newest, 'bin');
}

/** A command as whoever owns the cluster runs it. */
function words(program, ...args) {
  const path = existsSync(join(PROGRAMS, program)) ? join(PROGRAMS, program) : program;
  const [command, ...rest] = [...asOwner, path, ...args];
  return /** @type {[string, string[]]} */ ([command, rest]);
}

/** Runs a program as the owner to its end, and returns what it printed. */
const owner = (program, ...args) => execFileSync(...words(program, ...args), { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const sql = (text) => owner('psql', '-h', folder, '-U', 'mondo', '-XAtqc', text, 'nodes').trim();

/** Starts the server on a cluster; nothing here has to survive a power cut. */
function serve(cluster, settings) {
  const given = { unix_socket_directories: folder, listen_addresses: '', fsync: 'off', ...settings };
  const options = Object.entries(given).map(([name, value]) => `-c ${name}='${value}'`);
  served = cluster;
  // What the server inherits would keep whoever waits for the end of its output.
  const started = spawnSync(...words('pg_ctl', '-D', cluster, '-o', options.join(' '), '-l', join(folder, 'server.log'), '-w', 'start'), { cwd: folder, stdio: 'ignore' });
  assert.equal(started.status, 0, spawnSync('tail', [join(folder, 'server.log')], { encoding: 'utf8' }).stdout);
}

function end(mode) {
  owner('pg_ctl', '-D', served, '-m', mode, '-w', 'stop');
  served = undefined;
}

async function until(holds, what) {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`${what} never came`);
}

/** Everything in the record hangs together, and nothing in it was altered. */
function verify() {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MONDO__')));
  const env = { ...own, MONDO__STORE__URL: database, MONDO__SEALING__FILE: join(scratch, 'master.keys') };
  const { status, stdout, stderr } = spawnSync(BINARY, ['audit', 'verify', '--data', join(scratch, 'auditor')], { cwd: scratch, encoding: 'utf8', env });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

let key = 0;
async function says(visitor, node, ...texts) {
  for (const text of texts) {
    const { status, body } = await visitor.says(node.url, text, `key-of-a-restore-${(key += 1)}`);
    assert.equal(status, 200, JSON.stringify(body));
  }
}

before(() => {
  owner('initdb', '-D', main, '-U', 'mondo', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8');
  owner('mkdir', archive);
  serve(main, { archive_mode: 'on', archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f` });
  owner('createdb', '-h', folder, '-U', 'mondo', 'nodes');
}, limit);

after(() => endAll());

test('a database is put back to a moment before everything was deleted', limit, async () => {
  const node = await startNode(database, 'one');
  const visitor = await Visitor.opened(node.url);
  await says(visitor, node, 'before the base backup');
  owner('pg_basebackup', '-h', folder, '-U', 'mondo', '-D', base, '--checkpoint=fast');
  await says(visitor, node, 'after the base backup', 'right before the moment');
  const moment = sql('SELECT clock_timestamp()');
  await says(visitor, node, 'after the moment');
  const later = await Visitor.opened(node.url);
  await says(later, node, 'opened after the moment');
  sql('SET client_min_messages = error; TRUNCATE conversations CASCADE');
  const { status } = await fetch(visitor.path(node.url), { headers: visitor.headers });
  assert.equal(status, 404, 'everything is gone');

  // The machine is lost with whatever it has not archived.
  const segment = sql('SELECT pg_walfile_name(pg_switch_wal())');
  await until(() => existsSync(join(archive, segment)), 'the last part of the log');
  await node.stop();
  end('immediate');

  owner('touch', join(base, 'recovery.signal'));
  serve(base, { restore_command: `cp ${archive}/%f %p`, recovery_target_time: moment });
  // PostgreSQL waits at the moment, so that one can look, and takes nothing until it is told to go on.
  await until(() => sql('SELECT pg_get_wal_replay_pause_state()') === 'paused', 'the moment');
  await assert.rejects(startNode(database, 'one'), /read-only/);
  sql('SELECT pg_wal_replay_resume()');
  await until(() => sql('SELECT pg_is_in_recovery()') === 'f', 'the end of the recovery');

  const again = await startNode(database, 'one');
  assert.deepEqual(await visitor.said(again.url), ['before the base backup', 'after the base backup', 'right before the moment']);
  assert.notEqual((await fetch(later.path(again.url), { headers: later.headers })).status, 200, 'what came after is not there');
  await says(visitor, again, 'after it was put back');
  assert.equal((await visitor.said(again.url)).length, 4);
  await again.stop();
  verify();
});

test('a dump is put back over what came after it', limit, async () => {
  const node = await startNode(database, 'one');
  const visitor = await Visitor.opened(node.url);
  await says(visitor, node, 'before the dump');
  const dump = join(folder, 'monday.dump');
  owner('pg_dump', '--format=custom', `--file=${dump}`, database);
  await says(visitor, node, 'after the dump');
  await node.stop();
  owner('pg_restore', '--clean', '--if-exists', `--dbname=${database}`, dump);

  const again = await startNode(database, 'one');
  assert.deepEqual(await visitor.said(again.url), ['before the dump']);
  await says(visitor, again, 'after it was put back');
  await again.stop();
  verify();
});

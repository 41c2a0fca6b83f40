// Takes a server's disk away while it serves, damages what it keeps, and looks for everything it has acknowledged.
//
// node tests/faults/disk.mjs [BINARY], target/debug/mondo when none is named. The disks are small file systems of its own, in a
// mount namespace that nothing else sees; it talks only to servers it starts on 127.0.0.1, and ends by itself.

import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = resolve(process.argv[2] ?? join(ROOT, 'target/debug/mondo'));
const KNOWLEDGE = join(ROOT, 'tests/knowledge');
const QUESTION = 'How long does shipping take?';
/** How long a server may take to notice that something has gone or has come back. */
const NOTICED_MS = 10_000;
const READ_ONLY = /read-only|writable|(cannot|could not) be written|permission/i;

const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MONDO__')));
const env = { ...own, MONDO__ENCODER__MODE: 'fast', MONDO__HTTP__LIMITS__ADDRESS__QUESTIONS_PER_MINUTE: '0', MONDO__HTTP__LIMITS__VISITOR__QUESTIONS_PER_MINUTE: '0' };

if (process.env.MONDO_TEST_DISKS !== 'own') process.exit(apart());

const folder = mkdtempSync(join(tmpdir(), 'mondo-disk-'));
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {string[]} */
const mounted = [];
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const place of mounted.reverse()) spawnSync('umount', ['--lazy', place]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** Runs this script again where it may mount file systems, and returns its exit code. */
function apart() {
  const way = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const mounts = spawnSync('unshare', [...way, 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', tmpdir()]).status === 0;
  if (!mounts) {
    console.log('left out: no file system can be mounted here');
    return 0;
  }
  const again = [...way, process.execPath, ...process.argv.slice(1)];
  return spawnSync('unshare', again, { stdio: 'inherit', env: { ...process.env, MONDO_TEST_DISKS: 'own' } }).status ?? 1;
}

/** @type {string[]} */
const faults = [];
let checked = 0;
function expect(holds, what) {
  checked += 1;
  if (!holds) faults.push(what);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until something holds, and tells whether it came to that. */
async function comes(holds) {
  for (const until = Date.now() + NOTICED_MS; Date.now() < until; await pause(50)) if (await holds()) return true;
  return false;
}

/** Runs a program to its end. */
function ran(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
  return { status, text: `${stdout ?? ''}${stderr ?? ''}` };
}

/** Runs a program that must not fail. */
function must(command, args) {
  const { status, text } = ran(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${text}`);
}

/** Mounts a small disk in memory. */
function diskInMemory(name) {
  const place = join(folder, name);
  mkdirSync(place);
  must('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', place]);
  mounted.push(place);
  return place;
}

/** Starts a server; when it ends instead, tells how. */
async function launch(data, { knowledge = KNOWLEDGE, flags = [] } = {}) {
  const args = ['serve', '--listen', '127.0.0.1:0', '--data', data, '--kb', knowledge, ...flags];
  const child = spawn(BINARY, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  const closed = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code;
  });
  /** @type {string[]} */
  const said = [];
  const lines = createInterface({ input: child.stderr });
  const url = await new Promise((found) => {
    lines.on('line', (line) => {
      said.push(line);
      const address = /answers from .* at (http:\S+?)\/$/.exec(line)?.[1];
      if (address) found(address);
    });
    closed.then(() => found(undefined));
  });
  const text = () => said.join('\n');
  const end = (signal) => child.kill(signal) && closed;
  if (!url) return { code: await closed, text: text() };
  return { url, text, hangUp: () => child.kill('SIGHUP'), isRunning: () => running.has(child), stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Starts a server that must serve. */
async function start(data, more) {
  const server = await launch(data, more);
  if (!server.url) throw new Error(`the server ended with ${server.code}:\n${server.text}`);
  return server;
}

/** Tries to start a server that must not serve, and returns how it was refused. */
async function refused(data) {
  const server = await launch(data);
  if (!server.url) return server;
  await server.kill();
  return { code: 0, text: 'it serves' };
}

/** Sends, and returns status and what was replied. */
async function send(method, url, headers = {}, body = undefined) {
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, text, body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined };
}

const ready = (server) => send('GET', `${server.url}/readyz`);
const isReady = async (server) => (await ready(server)).status === 200;
const answers = async (server) => {
  const { status, body } = await send('POST', `${server.url}/v1/ask`, {}, { text: QUESTION });
  return status === 200 && body.answer?.article === 'shipping-time';
};
/** Tells whether a refusal says what to do, to a program and to a person. */
const isClear = ({ status, body }) => status === 503 && Boolean(body?.detail && body?.message && body?.request_id);

/** A visitor, who remembers what was acknowledged. */
class Visitor {
  /** @type {string[]} */
  acknowledged = [];

  static async opens(server) {
    const { status, text, body } = await send('POST', `${server.url}/v1/conversations`, {}, {});
    if (status !== 201) throw new Error(`${status} ${text}`);
    const { id, visitor_secret } = body;
    return Object.assign(new Visitor(), { id, path: `/v1/conversations/${id}`, headers: { 'mondo-visitor': visitor_secret } });
  }

  /** Says something under a key, so that saying it again says it once. */
  async says(server, text, key = randomUUID()) {
    const told = await send('POST', `${server.url}${this.path}/messages`, { ...this.headers, 'idempotency-key': key }, { text });
    if (told.status === 200) this.acknowledged.push(text);
    return told;
  }

  async talks(server, what, count) {
    for (let line = 0; line < count; line += 1) await this.says(server, `${what} ${line}`);
  }

  /** Returns what the visitor has said, as the server has it; undefined when it cannot be read. */
  async said(server) {
    const { status, body } = await send('GET', `${server.url}${this.path}`, this.headers);
    return status === 200 ? body.messages.filter(({ author }) => author === 'visitor').map(({ text }) => text) : undefined;
  }

  /** Tells whether everything acknowledged is there, once and in its order, and nothing beside it. */
  async hasAll(server) {
    return (await this.said(server))?.join('\n') === this.acknowledged.join('\n');
  }

  async attaches(server, name, content) {
    const response = await fetch(`${server.url}${this.path}/attachments?name=${name}`, { method: 'POST', headers: this.headers, body: content });
    return { status: response.status, body: await response.json() };
  }
}

/** Lets a server be without a disk it can write to, and looks at everything that must go on or be refused. */
async function withoutItsDisk(what, server, visitor, why) {
  const before = visitor.acknowledged.length;
  const [key, late] = [randomUUID(), `refused at first: ${what}`];
  let refusal;
  for (let line = 0; line < 500 && !refusal; line += 1) {
    const told = await visitor.says(server, `${what} ${line}`);
    if (told.status !== 200) refusal = told;
  }
  expect(refusal && isClear(refusal), `${what}: a message is refused with ${refusal?.status ?? 'nothing'} ${JSON.stringify(refusal?.body)}`);
  const told = await visitor.says(server, late, key);
  expect(told.status === 200 || isClear(told), `${what}: a message is refused with ${told.status} ${told.text}`);
  const attached = await visitor.attaches(server, 'note.txt', 'A line.\n'.repeat(500));
  expect(attached.status === 201 || isClear(attached), `${what}: a file is refused with ${attached.status} ${JSON.stringify(attached.body)}`);

  expect(await comes(async () => !(await isReady(server))), `${what}: /readyz stays 200`);
  const unready = await ready(server);
  expect(isClear(unready), `${what}: /readyz says ${unready.status} ${unready.text}`);
  expect(why.test(server.text()), `${what}: the log does not say ${why}:\n${server.text().split('\n').slice(-3).join('\n')}`);
  // An answer is on disk when it is given, so one that cannot be kept is refused; what was written before is read.
  const asked = await send('POST', `${server.url}/v1/ask`, {}, { text: QUESTION });
  expect(asked.status === 200 || isClear(asked), `${what}: asking is refused with ${asked.status} ${asked.text}`);
  const article = await send('GET', `${server.url}/help/en/shipping-time`);
  expect(article.status === 200, `${what}: an article cannot be read: ${article.status}`);
  expect(await visitor.hasAll(server), `${what}: a conversation cannot be read, or is not what was acknowledged`);
  expect(server.isRunning(), `${what}: the server has ended`);
  console.log(`${what}: ${visitor.acknowledged.length - before} messages taken before the first was refused; asking ${asked.status}, /readyz ${unready.status} ${unready.body?.title}`);
  return async () => {
    expect(await comes(() => isReady(server)), `${what} and mended: /readyz does not come back`);
    expect((await visitor.says(server, late, key)).status === 200, `${what} and mended: what was refused is not taken`);
    await visitor.talks(server, `after ${what}`, 3);
    expect(visitor.acknowledged.at(-1) === `after ${what} 2`, `${what} and mended: messages are not taken`);
    const file = await visitor.attaches(server, 'note.txt', 'A line.\n');
    expect(file.status === 201, `${what} and mended: files are not taken, ${JSON.stringify(file.body)}`);
    expect(await visitor.hasAll(server), `${what} and mended: a message is lost or doubled`);
  };
}

/** Fills a disk to the last byte. */
function fill(file) {
  const handle = openSync(file, 'w');
  for (let size = 2 ** 20; size >= 1; size = size > 1 ? size >> 1 : 0) {
    try {
      for (;;) writeSync(handle, Buffer.alloc(size));
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    }
  }
  closeSync(handle);
}

async function aFullDisk() {
  const disk = diskInMemory('full');
  const data = join(disk, 'data');
  const server = await start(data);
  const visitor = await Visitor.opens(server);
  await visitor.talks(server, 'before', 5);
  const filler = join(disk, 'filler');
  fill(filler);
  const mended = await withoutItsDisk('a full disk', server, visitor, /full|quota/);
  rmSync(filler);
  await mended();
  fill(filler);
  await server.kill();
  const told = await refused(data);
  // Where a start needs no room, it may as well serve.
  expect(told.text === 'it serves' || (told.code === 3 && told.text.includes(disk)), `a start on a full disk: ${told.code} ${told.text}`);
  rmSync(filler);
  await serves('after a full disk', data, visitor);
}

/** Starts a server that must have everything, and stops it. */
async function serves(what, data, visitor) {
  const server = await start(data);
  expect(await visitor.hasAll(server), `${what}: a message is lost`);
  expect(await answers(server), `${what}: no answers`);
  expect(await isReady(server), `${what}: not ready`);
  await visitor.talks(server, what, 2);
  expect(await visitor.hasAll(server), `${what}: messages are not taken`);
  await server.stop();
  sound(what, data);
}

/** Looks at a database that nobody uses, with SQLite's eyes, with those of `mondo doctor`, and at the chain of its record. */
function sound(what, data) {
  const database = join(data, 'mondo.sqlite');
  const integrity = ran('python3', ['-c', 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchone())', database]);
  expect(integrity.status === 0 && integrity.text.trim() === 'ok', `${what}: the database is not sound: ${integrity.text}`);
  const doctor = ran(BINARY, ['doctor', '--data', data, '--kb', KNOWLEDGE]);
  // Of so small a disk it says that little is left, and rightly.
  expect(/ok +database/.test(doctor.text), `${what}: doctor says ${doctor.text}`);
  const audit = ran(BINARY, ['audit', 'verify', '--data', data]);
  expect(audit.status === 0, `${what}: the record is not whole: ${audit.text}`);
}

/** Mounts a disk whose file system can refuse writes by handles that are open, which one in memory cannot: neither it nor a
 * mount becomes read-only while a file is open for writing. Returns undefined where there are no loop devices. */
function diskInAnImage(name) {
  const [image, place] = [join(folder, `${name}.image`), join(folder, name)];
  mkdirSync(place);
  closeSync(openSync(image, 'w'));
  truncateSync(image, 64 * 2 ** 20);
  // Without a journal, which would take most of so small a disk.
  const made = ran('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', image]).status === 0;
  const mount = () => ran('mount', ['-o', 'loop,errors=remount-ro', image, place]).status === 0;
  if (!made || !mount()) return undefined;
  mounted.push(place);
  const device = () => basename(ran('findmnt', ['-n', '-o', 'SOURCE', place]).text.trim());
  return {
    place,
    /** What the kernel does when it meets a fault of the disk: everything is read-only from now on, open files too. */
    fail: () => writeFileSync(`/sys/fs/ext4/${device()}/trigger_fs_error`, '1'),
    repair: () => {
      ran('umount', [place]);
      // Exit code 1 says that it has mended something.
      return ran('e2fsck', ['-fy', image]).status <= 1 && mount();
    },
  };
}

async function aDiskThatTurnsReadOnly() {
  const disk = diskInAnImage('image');
  if (!disk) return console.log('left out: no loop device for a disk that turns read-only while it is used');
  const data = join(disk.place, 'data');
  const server = await start(data);
  const visitor = await Visitor.opens(server);
  await visitor.talks(server, 'before', 5);

  // Writes by open handles fail, and go on as soon as this is taken back.
  // The file that is left out lies in the memory of SQLite: the kernel ends whoever writes there to what is read-only.
  const names = readdirSync(data, { recursive: true }).map(String).filter((name) => !name.endsWith('-shm'));
  const locked = [data, ...names.map((name) => join(data, name))];
  must('chattr', ['+i', ...locked]);
  const mended = await withoutItsDisk('files that turn read-only', server, visitor, READ_ONLY);
  must('chattr', ['-i', ...locked]);
  await mended();

  // The kernel takes this back only when the disk is mounted again, and it cannot be while it is used.
  disk.fail();
  await withoutItsDisk('a disk that turns read-only', server, visitor, READ_ONLY);
  await server.kill();
  const told = await refused(data);
  expect(told.code === 3 && told.text.includes(data) && READ_ONLY.test(told.text), `a start on a disk that turned read-only: ${told.code} ${told.text}`);
  if (!disk.repair()) throw new Error('the disk cannot be mounted again');
  await serves('on a repaired disk', data, visitor);
}

/** On a read-only disk a server cannot promise to keep anything: it does not start. */
async function aReadOnlyDisk() {
  const disk = diskInMemory('readonly');
  const data = join(disk, 'data');
  const visitor = await aTalk(data, 5);
  must('mount', ['-o', 'remount,bind,ro', disk]);
  const told = await refused(data);
  expect(told.code === 3 && told.text.includes(data) && READ_ONLY.test(told.text), `a start on a read-only disk: ${told.code} ${told.text}`);
  console.log(`a start on a read-only disk: ${told.text.split('\n').at(-1)}`);
  must('mount', ['-o', 'remount,bind,rw', disk]);
  await serves('on a disk that is writable again', data, visitor);
}

/** Lets a visitor talk to a server that is killed afterwards. */
async function aTalk(data, count) {
  const server = await start(data);
  const visitor = await Visitor.opens(server);
  await visitor.talks(server, 'before', count);
  await server.kill();
  return visitor;
}

async function aTruncatedLog() {
  const data = join(folder, 'truncated');
  const first = await start(data);
  const visitor = await Visitor.opens(first);
  await visitor.talks(first, 'before', 5);
  // What is in the database itself does not depend on the log; what is said afterwards lies in the log alone.
  await first.stop();
  const server = await start(data);
  await visitor.talks(server, 'in the log', 40);
  await server.kill();
  const log = join(data, 'mondo.sqlite-wal');
  const { size } = statSync(log);
  expect(size > 100_000, `the log has only ${size} bytes`);
  truncateSync(log, Math.floor(size / 2) + 13);

  const again = await start(data);
  expect(await isReady(again), 'a truncated log: not ready');
  const said = (await visitor.said(again)) ?? [];
  expect(said.length >= 5 && said.length < visitor.acknowledged.length, `a truncated log: ${said.length} of ${visitor.acknowledged.length} messages are left`);
  expect(said.every((text, place) => text === visitor.acknowledged[place]), 'a truncated log: what is left is out of order');
  console.log(`a truncated log: ${said.length} of ${visitor.acknowledged.length} messages are left, the first ones`);
  await again.stop();
  visitor.acknowledged = said;
  await serves('after a truncated log', data, visitor);
}

/** Names the files of a folder and of those in it. */
function filesOf(place) {
  const paths = readdirSync(place, { recursive: true }).map((name) => join(place, String(name)));
  return paths.filter((path) => statSync(path).isFile());
}

async function aDamagedIndex() {
  const data = join(folder, 'damaged');
  const visitor = await aTalk(data, 2);
  const index = join(data, 'index');
  expect(filesOf(index).length > 5, 'the index has hardly any files');
  for (const path of filesOf(index)) writeFileSync(path, Buffer.alloc(statSync(path).size, 'no index '));
  await serves('over an index of garbage', data, visitor);
  // A single damaged file is found as well, whichever it is: an index that is believed all the same answers wrongly, and says so
  // to nobody.
  const [believed, whole] = [[], join(folder, 'whole')];
  cpSync(index, whole, { recursive: true });
  for (const name of filesOf(whole).map((path) => relative(whole, path)).filter((name) => !name.endsWith('.lock'))) {
    const path = join(index, name);
    const garbage = Buffer.alloc(Math.max(statSync(path).size, 64), 'no index ');
    writeFileSync(path, garbage);
    const server = await start(data);
    if (!(await answers(server)) || (existsSync(path) && readFileSync(path).equals(garbage))) believed.push(name);
    await server.stop();
    rmSync(index, { recursive: true });
    cpSync(whole, index, { recursive: true });
  }
  expect(believed.length === 0, `over an index with one file of garbage: believed as it is: ${believed.join(', ')}`);
}

async function knowledgeThatGoes() {
  const [data, knowledge, aside] = [join(folder, 'knowing'), join(folder, 'knowledge'), join(folder, 'aside')];
  cpSync(KNOWLEDGE, knowledge, { recursive: true });
  const server = await start(data, { knowledge });
  renameSync(knowledge, aside);
  expect(await answers(server), 'knowledge gone: no answers');
  server.hangUp();
  expect(await comes(() => /left as it was: .*knowledge/.test(server.text())), `knowledge gone: nothing is said of it:\n${server.text()}`);
  console.log(server.text().split('\n').findLast((line) => line.startsWith('mondo reloads')));
  expect(await answers(server), 'knowledge gone and looked for: no answers');
  expect(await isReady(server), 'knowledge gone: not ready, although it answers');
  renameSync(aside, knowledge);
  server.hangUp();
  expect(await comes(() => /knowledge base unchanged/.test(server.text())), `knowledge back: nothing is said of it:\n${server.text()}`);
  await server.stop();
}

async function aFileThatIsMissing() {
  const data = join(folder, 'attached');
  const server = await start(data);
  const visitor = await Visitor.opens(server);
  const gone = await visitor.attaches(server, 'gone.txt', 'One line.\n');
  const kept = await visitor.attaches(server, 'kept.txt', 'Another.\n');
  const files = [gone, kept].map(({ body }) => body.id);
  const { status } = await send('POST', `${server.url}${visitor.path}/messages`, visitor.headers, { text: QUESTION, attachments: files });
  expect(status === 200, `a message with files: ${status}`);
  rmSync(join(data, 'attachments', visitor.id, gone.body.id));
  const told = await send('GET', server.url + gone.body.address, visitor.headers);
  expect(told.status >= 400 && told.body?.request_id, `a missing file: ${told.status} ${told.text}`);
  expect(server.text().includes(gone.body.id), 'a missing file: the log does not name it');
  console.log(`a missing file: ${told.status} ${told.body?.title}`);
  expect((await send('GET', server.url + kept.body.address, visitor.headers)).text === 'Another.\n', 'a missing file: another is not served');
  const read = await send('GET', `${server.url}${visitor.path}`, visitor.headers);
  expect(read.status === 200 && read.body.messages[0].attachments.length === 2, `a missing file: the conversation reads ${read.status} ${read.text}`);
  expect(await isReady(server), 'a missing file: not ready');
  await server.stop();
}

async function aDatabaseThatIsNone() {
  const data = join(folder, 'none');
  const visitor = await aTalk(data, 3);
  const names = ['mondo.sqlite', 'mondo.sqlite-wal', 'mondo.sqlite-shm'];
  const database = join(data, 'mondo.sqlite');
  const [beside, unused] = ['beside', 'unused'].map((name) => join(folder, name));
  for (const place of [beside, unused]) mkdirSync(place);
  const copy = (from, to) => names.forEach((name) => copyFileSync(join(from, name), join(to, name)));
  copy(data, beside);
  const away = () => names.forEach((name) => rmSync(join(data, name), { force: true }));
  const foreign = () => must('python3', ['-c', 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("CREATE TABLE notes (text TEXT)")', database]);
  for (const [what, begin] of [
    ['a database that vanished', away],
    ['a database that vanished from beside its log', () => rmSync(database)],
    ['an empty database', () => [away(), writeFileSync(database, '')]],
    ['the database of another program', () => [away(), foreign()]],
    ['a database of garbage', () => [away(), writeFileSync(database, 'no database '.repeat(1_000))]],
  ]) {
    copy(beside, data);
    begin();
    const content = () => existsSync(database) && readFileSync(database, 'latin1');
    const before = content();
    const { code, text } = await refused(data);
    expect(code !== 0 && text.includes(database), `${what}: ${code} ${text}`);
    console.log(`${what}: ${code} ${text.split('\n').at(-1)}`);
    expect(content() === before, `${what}: the start has changed it`);
    away();
  }
  // In a folder that was never used, where nothing else speaks against it.
  foreign();
  renameSync(database, join(unused, 'mondo.sqlite'));
  const { code, text } = await refused(unused);
  expect(code !== 0 && text.includes(join(unused, 'mondo.sqlite')), `the database of another program, alone: ${code} ${text}`);

  away();
  await (await start(data, { flags: ['--new'] })).kill();
  away();
  copy(beside, data);
  await serves('with its database back', data, visitor);
}

const begun = Date.now();
for (const check of [aFullDisk, aDiskThatTurnsReadOnly, aReadOnlyDisk, aTruncatedLog, aDamagedIndex, knowledgeThatGoes, aFileThatIsMissing, aDatabaseThatIsNone]) {
  try {
    await check();
  } catch (error) {
    faults.push(`${check.name} broke off: ${error.stack}`);
  }
}
console.log(`${checked} checks in ${((Date.now() - begun) / 1_000).toFixed(1)} s, ${faults.length} faults`);
if (faults.length > 0) console.error(faults.join('\n'));
process.exit(faults.length > 0 ? 1 : 0);

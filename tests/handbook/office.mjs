// The company whose people read the handbook: a folder for each page, a server, those who work there and who writes to them.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Receiver } from './stand_ins.mjs';

export const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = resolve(process.argv[2] ?? join(ROOT, 'target/debug/mondo'));
const ANNOUNCED = / at (http:\/\/\S+)\/$/m;
const START_LIMIT_MS = 60_000;
const EXAMPLE_LIMIT_MS = 60_000;

/** @typedef {import('./blocks.mjs').Block} Block */
/** @typedef {{ url: string, pid: number, told: () => string, stop: () => Promise<void> }} Server */
/** @typedef {[string, string][]} Edits what stands in an example, and what takes its place */
/** @typedef {{ place?: string, edits?: Edits, before?: string, env?: Record<string, string> }} Circumstances */

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mondo-handbook-')));
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
const ENVIRONMENT = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MONDO__|GIT_|PG|https?_proxy|all_proxy)/i.test(name))),
  PATH: [join(folder, 'bin'), join(import.meta.dirname, 'bin'), process.env.PATH].join(':'),
  HOME: join(folder, 'home'),
  TMPDIR: folder,
  MONDO_BINARY: BINARY,
  MONDO__ENCODER__MODE: 'fast',
  PGHOST: process.env.MONDO_TEST_HOST ?? '',
  PGUSER: 'mondo',
  ...Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap((who) => [[`GIT_${who}_NAME`, 'Ada'], [`GIT_${who}_EMAIL`, 'ada@example.com']])),
};

export class Office {
  /** What one example leaves for a later one. @type {Record<string, any>} */
  kept = {};
  /** Headers of those who are signed in. @type {Record<string, string>} */
  ada = {};

  /** @param {Server} server @param {Receiver} elsewhere */
  constructor(server, elsewhere) {
    this.server = server;
    this.elsewhere = elsewhere;
  }

  /** @param {{ identity: string, schedule: string }} settings as pages show them */
  static async open(settings) {
    furnish(settings);
    const elsewhere = await Receiver.start();
    return new Office(await startServer(join(folder, 'office'), 'mondo.toml'), elsewhere);
  }

  /**
   * The folder in which the examples of a page are run, with what pages speak of. What one example writes, a later one finds.
   * An `own` folder shares no data with the server, and a `bare` one is empty.
   * @param {string} page @param {'' | 'own' | 'bare'} [kind]
   */
  place(page, kind = '') {
    const place = join(folder, 'pages', page.replace(/\.md$/, '') + (kind && `-${kind}`));
    if (existsSync(place)) return place;
    mkdirSync(place, { recursive: true });
    if (kind === 'bare') return place;
    cpSync(join(folder, 'skeleton'), place, { recursive: true, verbatimSymlinks: true });
    if (kind === 'own') rmSync(join(place, 'data'));
    return place;
  }

  /** What takes the place of addresses and folders that are not here. @param {string} page @returns {Edits} */
  standIns(page) {
    const place = this.place(page);
    return [
      ['https://help.example.com', this.server.url],
      ['localhost:8090', new URL(this.server.url).host],
      ['db.example', encodeURIComponent(ENVIRONMENT.PGHOST)],
      ...['/backups/', '/srv/mondo/', '/etc/mondo/'].map((path) => /** @type {[string, string]} */ ([path, `${place}${path}`])),
      ...['https://api.telegram.org', 'https://api.line.me', 'https://discord.com'].map((url) => /** @type {[string, string]} */ ([url, this.elsewhere.url])),
      ['019a9f6e-1c00-7000-8000-000000000000', this.kept.conversation ?? ''],
    ];
  }

  /** The text of an example with everything in place. @param {Block} block @param {Edits} [edits] */
  inPlace(block, edits = []) {
    let text = block.text;
    for (const [from, to] of edits) {
      assert.ok(text.includes(from), `${JSON.stringify(from)} does not stand there any more`);
      text = text.replaceAll(from, () => to);
    }
    for (const [from, to] of this.standIns(block.page)) text = text.replaceAll(from, () => to);
    return text;
  }

  /** Runs an example of commands, and gives what it prints. @param {Block} block @param {Circumstances} [circumstances] */
  async commands(block, { place, edits, before = '', env } = {}) {
    const serves = /^\s*mondo serve/m.test(block.text);
    const cwd = place ?? this.place(block.page, serves ? 'own' : '');
    if (before) await run('bash', ['-euo', 'pipefail', '-c', before], { cwd });
    return run('bash', ['-euo', 'pipefail', '-c', this.inPlace(block, edits)], { cwd, env });
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers] */
  async call(method, path, body, headers = this.ada) {
    const given = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(this.server.url + path, { method, headers: { 'content-type': 'application/json', ...headers }, body: given });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** @param {string} path @param {unknown} body @param {Record<string, string>} [headers] */
  async post(path, body, headers) {
    const told = await this.call('POST', path, body, headers);
    assert.ok(told.status < 300, `POST ${path} was refused with ${told.status}: ${JSON.stringify(told.body)}`);
    return told.body;
  }

  /** @param {string} email @param {string} password */
  async signsIn(email, password) {
    const told = await this.call('POST', '/v1/staff/session', { email, password }, {});
    assert.equal(told.status, 200, JSON.stringify(told.body));
    this.ada = { cookie: String(told.headers.get('set-cookie')).split(';')[0] ?? '', 'x-csrf-token': told.body.csrf };
  }

  /** A visitor who asks, and then wants a person. @param {Record<string, string>} [headers] such as a token of the host */
  async visitorWaits(headers = {}) {
    const opened = await this.post('/v1/conversations', { page: 'en' }, headers);
    const visitor = { ...headers, 'mondo-visitor': opened.visitor_secret };
    const path = `/v1/conversations/${opened.id}`;
    const said = await this.post(`${path}/messages`, { text: 'How do I reach a person?' }, visitor);
    const ticket = await this.post(`${path}/escalate`, { reason: 'It is lost' }, visitor);
    return { conversation: opened.id, said, ticket: ticket.number };
  }
}

/** @param {string} name @param {string | string[]} content */
function write(name, content) {
  const path = join(folder, name);
  mkdirSync(resolve(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : content.map((line) => `${line}\n`).join(''));
}

/** Puts everything in the folder that pages take for granted. @param {{ identity: string, schedule: string }} settings */
function furnish({ identity, schedule }) {
  write('bin/.keep', '');
  write('office/schedule.toml', schedule);
  write('office/mondo.toml', [
    '[http.site]', 'address = "https://help.example.com"', '[http]', 'max_streams = 10000', '[log]', 'level = "info"',
    '[schedule]', `file = "${join(folder, 'office/schedule.toml')}"`, '[webhooks]', 'private_addresses = true',
    '[mail]', 'from = "help@example.com"', 'smtp_url = "smtp://127.0.0.1:9"', '[mailbox]', 'address = "help@example.com"', identity,
  ]);
  cpSync(join(ROOT, 'knowledge_base'), join(folder, 'office/knowledge_base'), { recursive: true });
  for (const name of ['mondo.toml', 'knowledge_base', 'data']) link(`office/${name}`, `skeleton/${name}`);
  symlinkSync(join(ROOT, 'docs'), join(folder, 'skeleton/docs'));
  symlinkSync(join(ROOT, 'models/mondo-static-v1'), join(folder, 'skeleton/my_model'));

  const page = '# Where is my parcel?\n\nLook at the tracking page first.\n';
  write('home/site/parcel.md', page);
  write('home/site/returns.md', '# How do I send something back?\n\nWithin 30 days, with the slip from the parcel.\n');
  write('skeleton/site/index.html', '<html lang="en"><title>Help</title><main><h1>Help</h1><h2>Where is my parcel?</h2><p>Look at the tracking page.</p></main></html>');
  write('skeleton/faq.csv', ['question,answer', 'Where is my parcel?,Look at the tracking page first.', '배송은 얼마나 걸려요?,이틀이면 도착합니다.', 'When do you open?,At nine.', '언제 열어요?,아홉 시에 엽니다.']);
  furnishArticles();
}

/** Articles of one's own under git, edited since the last commit, and questions about them. */
function furnishArticles() {
  const articles = join(folder, 'skeleton/my_articles');
  cpSync(join(ROOT, 'tests/knowledge'), articles, { recursive: true });
  write('skeleton/my_articles/orders/parcel-late/article.toml', ['id = "parcel-late"', 'category = "orders"']);
  const late = ['+++', 'title = "Why is my parcel late?"', 'alternates = ["parcel not here", "where is my parcel"]', 'summary = "It comes within two days."', '+++', 'Wait.'];
  write('skeleton/my_articles/orders/parcel-late/en.md', late);
  const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { cwd: articles, env: ENVIRONMENT, stdio: 'pipe' });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  write('skeleton/my_articles/orders/parcel-late/en.md', late.map((line) => line.replace('parcel not here', 'my parcel has not come')));
  execFileSync(BINARY, ['kb', 'export', 'zendesk', join(folder, 'skeleton/articles.json'), '--kb', articles], { env: ENVIRONMENT, stdio: 'pipe' });

  const questions = labelledQuestions(articles);
  write('skeleton/labelled.jsonl', questions.map((question) => JSON.stringify(question)));
  write('skeleton/my_set/queries.jsonl', questions.map((question) => JSON.stringify(question)));
  const entry = { id: 'parcel-late', lang: 'en', question: 'Why is my parcel late?', answer: 'Wait.', alt: ['where is my parcel'] };
  write('skeleton/my_set/kb.jsonl', [JSON.stringify(entry)]);
}

/** As many as calibration wants: what articles are asked for in three ways, and what none of them answers. @param {string} articles */
function labelledQuestions(articles) {
  const texts = readdirSync(articles, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('/en.md')).sort();
  const answered = texts.flatMap((path) => {
    const [, title = '', alternates = ''] = /title = "(.*)"\nalternates = \[(.*)\]/.exec(readFileSync(join(articles, path), 'utf8')) ?? [];
    const asked = [title, ...alternates.split('"').filter((_, index) => index % 2 === 1)];
    return asked.flatMap((text) => ['', 'hello, ', 'please: '].map((before) => ({ text: before + text, relevant: [path.split('/').at(-2)] })));
  });
  const things = ['bicycles', 'horses', 'pianos', 'cars', 'shoes', 'moons'];
  const foreign = things.flatMap((thing) => ['do you sell', 'can you repair', 'who painted', 'what colour are'].map((ask) => ({ text: `${ask} ${thing}`, relevant: [] })));
  return [...answered, ...foreign].map((question, index) => ({ id: `q${index}`, lang: 'en', ...question }));
}

/** @param {string} to @param {string} at */
function link(to, at) {
  mkdirSync(resolve(join(folder, at), '..'), { recursive: true });
  symlinkSync(join(folder, to), join(folder, at));
}

/** @param {string} cwd @param {string} config @param {Record<string, string>} [env] @returns {Promise<Server>} */
export async function startServer(cwd, config, env = {}) {
  const data = join(cwd, `data${config === 'mondo.toml' ? '' : `-${config}`}`);
  const child = start(BINARY, ['serve', '--listen', '127.0.0.1:0', '--config', config, '--data', data], { cwd, env });
  const said = tellingOf(child);
  const url = await said.until(ANNOUNCED);
  return { url: url[1] ?? '', pid: child.pid ?? 0, told: said.so_far, stop: () => stop(child) };
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
  return { so_far: () => text, until: (/** @type {RegExp} */ pattern) => until(() => pattern.exec(text), () => `it said: ${text}`) };
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

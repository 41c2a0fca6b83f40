// The company whose people read the handbook: a folder for each page, a server, those who work there and who writes to them.

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { furnish } from './furniture.mjs';
import { ENVIRONMENT, folder, run, startDatabase, startServer } from './programs.mjs';
import { Receiver } from './stand_ins.mjs';

/** @typedef {import('./blocks.mjs').Block} Block */
/** @typedef {import('./programs.mjs').Server} Server */
/** @typedef {[string, string][]} Edits what stands in an example, and what takes its place */
/** @typedef {{ place?: string, edits?: Edits, before?: string, env?: Record<string, string> }} Circumstances */

export class Office {
  /** What one example leaves for a later one. @type {Record<string, any>} */
  kept = {};
  /** What the requests of Ada, an admin, carry once she is signed in. @type {Record<string, string>} */
  ada = {};

  /** @param {Block[]} blocks @param {Server} server @param {Receiver} elsewhere */
  constructor(blocks, server, elsewhere) {
    this.blocks = blocks;
    this.server = server;
    this.elsewhere = elsewhere;
    this.postgres = startDatabase();
    // Whoever needs it hears of a fault.
    this.postgres.catch(() => {});
  }

  /** @param {Block[]} blocks some of which are its settings */
  static async open(blocks) {
    furnish(textOf(blocks, 'identity.md', '[identity]'), textOf(blocks, 'README.md', '[calendar]'));
    const elsewhere = await Receiver.start();
    return new Office(blocks, await startServer(join(folder, 'office'), 'mondo.toml'), elsewhere);
  }

  /** A PostgreSQL server is there, which has been starting since the office opened. */
  async database() {
    ENVIRONMENT.PGHOST = await this.postgres;
  }

  /**
   * The folder in which the examples of a page are run, with what pages speak of. What one example writes, a later one finds.
   * An `own` folder shares neither data nor articles with the server, and a `bare` one is empty.
   * @param {string} page @param {'' | 'own' | 'bare'} [kind]
   */
  place(page, kind = '') {
    const place = join(folder, 'pages', page.replace(/\.md$/, '') + (kind && `-${kind}`));
    if (existsSync(place)) return place;
    mkdirSync(place, { recursive: true });
    if (kind === 'bare') return place;
    cpSync(join(folder, 'skeleton'), place, { recursive: true, verbatimSymlinks: true });
    if (kind === 'own') {
      for (const shared of ['data', 'knowledge_base']) rmSync(join(place, shared));
      symlinkSync('my_articles', join(place, 'knowledge_base'));
    }
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

/** @param {Block[]} blocks @param {string} page @param {string} has */
export function textOf(blocks, page, has) {
  return blocks.find((block) => block.page === page && block.text.includes(has))?.text ?? '';
}

// Starts nodes of mondo on one database, and stops exactly these processes.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = process.env.MONDO_BINARY ?? join(ROOT, 'target/debug/mondo');
const ANNOUNCED = /^mondo answers from .* at (http:\/\/\S+)\/$/;

const folder = mkdtempSync(join(tmpdir(), 'mondo-nodes-'));
/** The articles that all nodes serve which are given no others: a copy, since nodes write what is edited elsewhere. */
export const KNOWLEDGE = join(folder, 'knowledge');
cpSync(join(ROOT, 'tests/knowledge'), KNOWLEDGE, { recursive: true });
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Ends whatever still runs, such as the nodes of a test that failed half-way. */
export function endAll() {
  for (const child of running) child.kill('SIGKILL');
}

/** Settings that all nodes share: the database, and the master key that what it holds is sealed with. */
function settings(database, more = {}) {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MONDO__')));
  return { ...own, MONDO__ENCODER__MODE: 'fast', MONDO__STORE__URL: database, MONDO__SEALING__FILE: join(folder, 'master.keys'), ...more };
}

/** Starts a program, and counts it among those that are ended with the tests. */
export function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'pipe'], ...options });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a node, by way of the command `enter` where there is one, and returns how it is reached once it answers. */
export async function startNode(database, name, listen = '127.0.0.1:0', more = {}, knowledge = KNOWLEDGE, enter = []) {
  const [program, ...flags] = [...enter, BINARY, 'serve', '--listen', listen, '--data', join(folder, name), '--kb', knowledge];
  const child = run(program, flags, { cwd: folder, env: settings(database, more) });
  const lines = createInterface({ input: child.stderr });
  /** @type {string[]} */
  const said = [];
  const url = await new Promise((found, failed) => {
    lines.on('line', (line) => {
      said.push(line);
      const address = ANNOUNCED.exec(line)?.[1];
      if (address) found(address);
    });
    child.once('exit', () => failed(new Error(`node ${name} ended: ${said.join('\n')}`)));
  });
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return { url, pid: child.pid, said, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** A line to the server that can be cut and mended; nothing that was on it comes through afterwards. */
export async function line(host, port) {
  const open = new Set();
  let cut = false;
  const between = createServer((near) => {
    const far = connect(typeof host === 'string' && host.startsWith('/') ? join(host, `.s.PGSQL.${port}`) : { host, port });
    for (const [one, other] of [[near, far], [far, near]]) {
      open.add(one);
      one.on('data', (chunk) => cut || other.write(chunk));
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.on('error', () => {});
    }
  });
  await new Promise((listening) => between.listen(0, '127.0.0.1', listening));
  return {
    port: between.address().port,
    /** Swallows whatever is sent, without a word to either end, as a network does. */
    cut: () => (cut = true),
    mend: () => {
      cut = false;
      for (const socket of open) socket.destroy();
    },
    close: () => {
      for (const socket of open) socket.destroy();
      between.close();
    },
  };
}

/** Makes an account, and returns its password. */
export async function hire(database, email, role) {
  const account = ['user', 'add', email, '--name', email.split('@')[0], '--role', role, '--data', join(folder, 'accounts')];
  const { stdout } = await promisify(execFile)(BINARY, account, { cwd: folder, env: settings(database) });
  return stdout.trim();
}

/** A folder for files of programs beside the nodes. */
export const scratch = folder;

/** Sends JSON, and returns status, headers and what was replied. */
export async function send(method, url, headers = {}, body = undefined) {
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

/** A visitor with a conversation; every request may go to another node. */
export class Visitor {
  static async opened(url) {
    const { status, body } = await send('POST', `${url}/v1/conversations`, {}, { page: 'en' });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    const visitor = new Visitor();
    visitor.id = body.id;
    visitor.headers = { 'mondo-visitor': body.visitor_secret };
    return visitor;
  }

  path(url, rest = '') {
    return `${url}/v1/conversations/${this.id}${rest}`;
  }

  /** Says something under a key, so that trying again says it once. */
  says(url, text, key) {
    return send('POST', this.path(url, '/messages'), { ...this.headers, 'idempotency-key': key }, { text });
  }

  /** Says something, at one node after the other, until one has taken it. */
  async insists(urls, text, key) {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      try {
        const { status } = await this.says(urls[attempt % urls.length], text, key);
        if (status === 200) return;
        if (status < 500 && status !== 409 && status !== 429) throw new Error(`refused with ${status}`);
      } catch (error) {
        if (error.message.startsWith('refused')) throw error;
      }
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`nobody takes ${text}`);
  }

  /** Returns what the visitor has said, in order. */
  async said(url) {
    const { body } = await send('GET', this.path(url), this.headers);
    return body.messages.filter((message) => message.author === 'visitor').map((message) => message.text);
  }

  /** Follows the conversation, and returns events as they come. */
  async follows(url, after = 0) {
    const ended = new AbortController();
    const response = await fetch(this.path(url, `/events?after=${after}`), { headers: { ...this.headers, accept: 'text/event-stream' }, signal: ended.signal });
    return new Events(response, () => ended.abort());
  }
}

/** Events of a stream; `next` waits for the first that fits. */
export class Events {
  constructor(response, close) {
    this.status = response.status;
    this.headers = response.headers;
    this.close = close;
    // Taken hold of at once: a body that nobody reads yet is cancelled when its response is collected as garbage.
    this.blocks = read(response.body.values());
  }

  /** Waits for an event, and tells which it was. */
  async next(fits) {
    for (;;) {
      const { value, done } = await this.blocks.next();
      if (done) return undefined;
      if (fits(value)) return value;
    }
  }
}

async function* read(body) {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split('\n').filter((line) => !line.startsWith(':')).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
        if (fields.event) yield fields;
      }
    }
  } catch {
    // The line was cut: there is nothing more.
  }
}

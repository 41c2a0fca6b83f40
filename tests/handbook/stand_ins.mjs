// What answers in place of the services of others: messengers, a program with a webhook, a mailbox.

import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const WAIT_MS = 20_000;

/** @typedef {{ method: string, path: string, headers: import('node:http').IncomingHttpHeaders, body: string }} Received */

/** Takes whatever is sent to it, and says that all is well. */
export class Receiver {
  /** @type {Received[]} */
  received = [];
  /** @type {(() => void)[]} */
  waiting = [];
  url = '';

  static async start() {
    const receiver = new Receiver();
    const server = createHttpServer(async (request, response) => {
      let body = '';
      for await (const part of request.setEncoding('utf8')) body += part;
      receiver.received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      response.setHeader('content-type', 'application/json').end('{"ok":true,"result":true}');
      for (const wake of receiver.waiting.splice(0)) wake();
    });
    receiver.url = `http://127.0.0.1:${await portOf(server)}`;
    return receiver;
  }

  /** The first request that fits, once it has come. @param {(request: Received) => boolean} fits @returns {Promise<Received>} */
  async next(fits) {
    const found = this.received.find(fits);
    if (found) return found;
    /** @type {Promise<void>} */
    const more = new Promise((wake) => this.waiting.push(wake));
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`nothing that fits came within ${WAIT_MS} ms, only ${JSON.stringify(this.received)}`)), WAIT_MS);
    });
    await Promise.race([more, late]).finally(() => clearTimeout(timer));
    return this.next(fits);
  }
}

/** What an empty mailbox says to the commands that have a reply of their own. @type {Record<string, string[]>} */
const MAILBOX = {
  CAPABILITY: ['* CAPABILITY IMAP4rev1'],
  SELECT: ['* FLAGS (\\Seen \\Deleted)', '* 0 EXISTS', '* 0 RECENT', '* OK [UIDVALIDITY 1] valid'],
  UID: ['* SEARCH'],
  LOGOUT: ['* BYE until later'],
};

/** An empty mailbox, read by IMAP. @returns {Promise<string>} its host and port */
export async function startMailbox() {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('* OK ready\r\n');
    createInterface({ input: socket }).on('line', (line) => {
      const [tag, command = ''] = line.split(' ');
      const told = [...(MAILBOX[command.toUpperCase()] ?? []), `${tag} OK done`];
      socket.write(told.map((said) => `${said}\r\n`).join(''));
    });
  });
  return `127.0.0.1:${await portOf(server)}`;
}

/** @returns {Promise<number>} a port that is free now */
export async function freePort() {
  const server = createServer();
  const port = await portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** @param {import('node:net').Server} server @returns {Promise<number>} */
async function portOf(server) {
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

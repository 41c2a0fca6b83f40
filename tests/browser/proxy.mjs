// Debian's nginx in front of a server, on ports and in a folder of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const START_LIMIT_MS = 10_000;

/** A port that nobody listens on. @returns {Promise<number>} */
export async function freePort() {
  const place = createServer().listen(0, '127.0.0.1');
  await once(place, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (place.address());
  place.close();
  await once(place, 'close');
  return port;
}

/**
 * Starts nginx with what a server block holds, by port.
 * @param {Record<number, string>} servers
 * @returns {Promise<{ stop: () => Promise<void> }>}
 */
export async function startProxy(servers) {
  const folder = await mkdtemp(join(tmpdir(), 'mondo-proxy-'));
  const blocks = Object.entries(servers).map(([port, inside]) => `server { listen 127.0.0.1:${port}; ${inside} }`);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  const settings = `pid ${folder}/pid; events {} http { access_log off; ${places.join(' ')} ${blocks.join('\n')} }`;
  await writeFile(join(folder, 'nginx.conf'), settings);
  const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const flags = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'];
  const child = spawn('nginx', flags, { env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill('SIGKILL'));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const limit = Date.now() + START_LIMIT_MS;
  const answers = async () => fetch(`http://127.0.0.1:${Object.keys(servers)[0]}/`).then(() => true, () => false);
  while (!(await answers())) {
    if (child.exitCode !== null || Date.now() > limit) {
      await stop();
      throw new Error('nginx did not start');
    }
    await setTimeout(50);
  }
  return { stop };
}

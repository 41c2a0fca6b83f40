// How examples of each kind are checked, where nothing more is known of them.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { typedAndShown } from './blocks.mjs';
import { freePort, startMailbox } from './stand_ins.mjs';
import { run, start, startServer, stop, until } from './programs.mjs';

/** @typedef {import('./blocks.mjs').Block} Block */
/** @typedef {import('./office.mjs').Office} Office */
/** @typedef {(block: Block, office: Office) => unknown} Check */

/** @param {Office} office @param {Block} block @param {string} name @param {string} text */
export function write(office, block, name, text) {
  const path = join(office.place(block.page), name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Settings are read alone, over the defaults. @param {string} text @param {Office} office @param {Block} block */
export async function settingsFit(text, office, block) {
  const path = write(office, block, `settings-${block.line}.toml`, text);
  await run('mondo', ['config', 'check', '--config', path], { cwd: office.place(block.page) });
}

/** The functions of an example in JavaScript. @param {Block} block @param {Office} office */
export async function functionsOf(block, office) {
  return import(pathToFileURL(write(office, block, `example-${block.line}.mjs`, block.text)).href);
}

/** What a page of a host does: files come from the server, inline scripts say what the widget can do. @type {Check} */
export async function page(block, office) {
  const text = office.inPlace(block);
  const widget = await textAt(`${office.server.url}/widget/v1/widget.js`);
  let checked = 0;
  for (const [, attributes = '', inline = ''] of text.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)) {
    const address = /src="([^"]*)"/.exec(attributes)?.[1];
    if (address) assert.equal(await textAt(address), widget, `${address} is not the widget`);
    else saysWhatTheWidgetCan(inline, widget);
    checked += 1;
  }
  for (const [, mode = ''] of text.matchAll(/<mondo-chat mode="([^"]*)"><\/mondo-chat>/g)) assert.ok(widget.includes(`[mode=${mode}]`), mode);
  assert.ok(checked > 0, 'there is no script in it');
}

/** @param {string} address */
async function textAt(address) {
  const response = await fetch(address);
  assert.equal(response.status, 200, address);
  return response.text();
}

/** @param {string} script @param {string} widget */
function saysWhatTheWidgetCan(script, widget) {
  /** @type {any} */
  const host = { console, fetch: async () => new Response('a token') };
  host.window = host;
  runInNewContext(script, host);
  assert.ok(host.Mondo.q.length > 0, 'it calls nothing');
  for (const [name] of host.Mondo.q) assert.match(widget, new RegExp(`\\b${name}\\b`), `the widget knows no ${name}`);
}

/** What stands below a command is among what it prints. @param {string} settings @type {(settings: string, ...given: Parameters<Check>) => Promise<void>} */
export async function mailboxIsRead(settings, block, office) {
  const mailbox = await startMailbox();
  const here = settings.replace(/imaps:(.*)@mail.example.com/, `imap:$1@${mailbox}`).replace(/smtps:.*(?=")/, 'smtp://127.0.0.1:9');
  const config = write(office, block, 'mailbox.toml', here);
  for (const { typed, shown } of typedAndShown(block.text)) {
    const printed = await run('bash', ['-c', `${typed} --config ${config}`], { cwd: office.place(block.page), codes: [0, 1] });
    for (const line of shown) {
      const wanted = line.replace('mail.example.com:993', mailbox);
      assert.ok(printed.split('\n').includes(wanted), `${typed} does not print ${JSON.stringify(wanted)}:\n${printed}`);
    }
  }
}

/** nginx passes requests on as a part of its settings says. @param {string} part @param {string} path @type {(part: string, path: string, ...given: Parameters<Check>) => Promise<void>} */
export async function nginxPassesOn(part, path, block, office) {
  const port = await freePort();
  const place = office.place(block.page);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${place}/${of};`).join(' ');
  const config = write(office, block, `nginx-${block.line}.conf`, `
    pid ${place}/nginx.pid; error_log stderr; events {}
    http { access_log off; ${temporary} server { listen 127.0.0.1:${port}; ${part} } }`);
  const args = ['-p', place, '-c', config, '-e', 'stderr', '-g', 'daemon off;'];
  await run('nginx', ['-t', '-q', ...args], { cwd: place });
  await answersThrough(`http://127.0.0.1:${port}${path}`, 'nginx', args, place);
}

/** HAProxy passes requests on as a part of its settings says. @type {Check} */
export async function haproxyPassesOn(block, office) {
  const port = await freePort();
  const place = office.place(block.page);
  const part = office.inPlace(block, [['127.0.0.1:8090', new URL(office.server.url).host]]);
  const config = write(office, block, 'haproxy.cfg', `
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend all
  bind 127.0.0.1:${port}
  default_backend mondo
${part}`);
  await run('haproxy', ['-c', '-q', '-f', config], { cwd: place });
  await answersThrough(`http://127.0.0.1:${port}`, 'haproxy', ['-db', '-f', config], place);
}

/** @param {string} address @param {string} program @param {string[]} args @param {string} cwd */
async function answersThrough(address, program, args, cwd) {
  const proxy = start(program, args, { cwd });
  let told = '';
  proxy.stderr?.on('data', (part) => (told += part));
  const ready = async () => (await fetch(`${address}/readyz`).catch(() => null))?.status === 200;
  await until(ready, () => `${program} lets nothing through: ${told}`);
  const asked = await fetch(`${address}/v1/ask`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"hello"}' });
  assert.equal(asked.status, 200);
  await stop(proxy);
}

/** A server of its own with the settings of an example. @param {string} settings @param {Office} office @param {Block} block @param {(url: string) => Promise<void>} use */
export async function serving(settings, office, block, use) {
  const place = office.place(block.page, 'own');
  const name = `serving-${block.line}.toml`;
  writeFileSync(join(place, name), settings);
  const server = await startServer(place, name);
  try {
    await use(server.url);
  } finally {
    await server.stop();
  }
}

/** @type {Record<string, Check>} by what stands behind the fence */
export const BY_KIND = {
  sh: (block, office) => office.commands(block),
  toml: (block, office) => settingsFit(block.text, office, block),
  html: page,
};

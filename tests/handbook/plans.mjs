// Which examples need more than their kind tells, and which cannot be run here.

import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesDrawn } from './blocks.mjs';
import { functionsOf, haproxyPassesOn, mailboxIsRead, nginxPassesOn, serving, settingsFit, write } from './checks.mjs';
import { discordCommands, lineIsTold, messenger, telegramCommands, telegramIsTold } from './messengers.mjs';
import { textOf } from './office.mjs';
import { ROOT, run, until } from './programs.mjs';

/** @typedef {import('./blocks.mjs').Block} Block */
/** @typedef {import('./checks.mjs').Check} Check */
/** @typedef {import('./office.mjs').Office} Office */

/** @type {{ page: string, has: string, why: string }[]} */
export const NOT_RUN = [
  { page: 'README.md', has: 'cargo run --release -- serve', why: 'it builds the program and runs every test, of which this is one' },
  { page: 'README.md', has: '$ mondo ask', why: 'the second encoder reads the demo base for it: tests/readme.rs compares every line' },
  { page: 'capacity.md', has: 'cargo bench --bench desk', why: 'it measures for minutes; tests/run compiles these benches and runs them once' },
  { page: 'capacity.md', has: 'tests/benches/nodes.mjs', why: 'it measures for minutes, up to a million conversations' },
  { page: 'nodes.md', has: 'rustup target add', why: 'it installs a toolchain and builds for minutes' },
  { page: 'nodes.md', has: 'cargo fetch', why: 'it builds for minutes' },
];

/** The folder of one article, drawn and written down on the page about articles. */
const ARTICLE = 'drawn/delivery/parcel-late';

/** @type {Check} */
async function drawnFolder(block, office) {
  for (const file of filesDrawn(block.text)) write(office, block, file.replace(/^knowledge_base/, 'drawn'), '');
  const category = '[title]\nen = "Delivery"\n';
  write(office, block, 'drawn/delivery/category.toml', category);
}

/** @type {Check} */
async function smallestArticle(block, office) {
  const place = office.place(block.page);
  writeFileSync(join(place, ARTICLE, 'en.md'), block.text);
  for (const language of ['zh', 'ja', 'ko']) rmSync(join(place, ARTICLE, `${language}.md`), { force: true });
  await run('mondo', ['kb', 'check', '--kb', 'drawn'], { cwd: place });
  const told = await run('mondo', ['ask', '--kb', 'drawn', '--data', 'drawn-data', 'where is my order'], { cwd: place });
  assert.match(told, /Most late parcels arrive within two more days/);
}

/** Every file that is drawn lies in the demo base, but the text that may be missing. @type {Check} */
function demoFolder(block) {
  const files = filesDrawn(block.text).filter((file) => !file.endsWith('zh-Hant.md'));
  assert.ok(files.length > 5, files.join(' '));
  for (const file of files) assert.ok(existsSync(join(ROOT, file)), `there is no ${file}`);
}

/** @type {Check} */
async function demoArticle(block, office) {
  const place = office.place(block.page);
  cpSync(join(ROOT, 'knowledge_base'), join(place, 'demo'), { recursive: true });
  writeFileSync(join(place, 'demo/deposits/deposit-missing/en.md'), block.text);
  await run('mondo', ['kb', 'check', '--kb', 'demo'], { cwd: place });
}

/** The first account, in whose name the rest is done. @type {Check} */
async function firstAccount(block, office) {
  const password = (await office.commands(block)).trim();
  await office.signsIn('ada@example.com', password);
  office.kept = await office.visitorWaits();
  await visitor4711(office);
}

/** A visitor whom the host vouches for, with a token made as the page says. @param {Office} office */
async function visitor4711(office) {
  const text = textOf(office.blocks, 'identity.md', "createHmac('sha256', secret)");
  const { tokenFor } = await functionsOf({ page: 'identity.md', line: 0, kind: 'js', text }, office);
  const token = tokenFor({ id: '4711', name: 'Ada' }, sharedSecret(office));
  return office.visitorWaits({ authorization: `Bearer ${token}` });
}

/** @param {Office} office */
function sharedSecret(office) {
  return /HS256:([^"]*)"/.exec(textOf(office.blocks, 'identity.md', '[identity]'))?.[1] ?? '';
}

/** @type {Check} */
async function asking(block, office) {
  const told = JSON.parse(await office.commands(block));
  assert.equal(told.language ?? 'ko', 'ko');
  assert.ok(told.decision, JSON.stringify(told));
}

/** A backup, and what was in it put back into an empty folder. @type {Check} */
async function backupAndBack(block, office) {
  const empty = office.place(block.page, 'bare');
  await office.commands(block, {
    before: `mkdir -p backups && cp data/master.keys ${empty}`,
    edits: [['mondo restore', `cd ${empty} && mondo restore`]],
  });
}

/** @type {Check} */
const restored = (block, office) => {
  const empty = office.place(block.page, 'bare');
  return office.commands(block, { place: empty, before: `cp ${office.place(block.page)}/data/master.keys ${empty}` });
};

/** A line of a table for cron: five fields, and a command in which a percent sign stands behind a backslash. @type {Check} */
async function everyNight(block, office) {
  const [, command = ''] = /^(?:[\d*/,-]+ ){5} *(.*)$/m.exec(block.text) ?? [];
  assert.ok(command, 'it is no line of a crontab');
  await office.commands({ ...block, text: command.replaceAll('\\%', '%') });
}

/** What is kept of somebody is erased, so they have to come first. @type {Check} */
async function beforeTheyAreForgotten(block, office) {
  await visitor4711(office);
  const edits = /** @type {[string, string][]} */ (block.text.includes('--conversation ID') ? [['--conversation ID', `--conversation ${office.kept.conversation}`]] : []);
  const printed = await office.commands(block, { edits });
  if (block.text.includes('privacy export')) assert.match(printed, /How do I reach a person/);
}

/** Keys may be taken away once every server has read the new one. @type {Check} */
const keysOfFiveMinutesAgo = (block, office) =>
  office.commands(block, { edits: [['mondo key prune', "touch -d '6 minutes ago' data/master.keys; mondo key prune"]] });

/** @type {Check} */
const audit = (block, office) =>
  office.commands(block, { edits: [['KEY', "$(mondo audit key | grep -oE '[0-9a-f]{64}' | head -n 1)"], ['--conversation ID', `--conversation ${office.kept.conversation}`]] });

/** With an empty database, and a record to be moved. @param {string} before @returns {Check} */
const withDatabase = (before) => async (block, office) => {
  await office.database();
  const place = office.place(block.page, 'own');
  const account = `mondo user add cleo@example.com --name Cleo --role agent`;
  const [, copied = ''] = /(mondo store copy .*?)(?: {2,}#.*)?$/m.exec(textOf(office.blocks, 'nodes.md', 'mondo store copy')) ?? [];
  const copy = office.inPlace({ ...block, text: copied });
  await office.commands(block, { place, before: [account, before.replace('COPY', copy)].filter(Boolean).join('; ') });
  await run('dropdb', ['mondo'], { cwd: place });
};

/** @type {Check} */
async function moved(block, office) {
  await office.database();
  const place = office.place(block.page, 'own');
  const settings = office.inPlace({ ...block, text: textOf(office.blocks, block.page, '[store]') });
  rmSync(join(place, 'mondo.toml'));
  writeFileSync(join(place, 'moved.toml'), settings);
  await withDatabase('')({ ...block, text: block.text.replace(/^mondo serve$/m, 'mondo serve --config moved.toml') }, office);
}

/** @type {Check} */
async function openaiClient(block, office) {
  const printed = await run(process.env.HANDBOOK_PYTHON ?? 'python3', ['-c', office.inPlace(block)], { cwd: office.place(block.page) });
  assert.match(printed, /\n\[\{.*'article': /);
}

/** An assistant starts mondo as its settings say, and asks. @type {Check} */
async function assistantAsks(block, office) {
  const place = office.place(block.page);
  await run('bash', ['-ec', 'mkdir -p srv etc/mondo; ln -s "$PWD" srv/mondo; ln -s "$PWD/mondo.toml" etc/mondo/mondo.toml'], { cwd: place });
  const { command, args } = JSON.parse(office.inPlace(block)).mcpServers.help;
  const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const said = [
    { id: 1, method: 'initialize', params: client },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: { name: 'ask', arguments: { question: 'How do I reach a person?' } } },
  ];
  const input = said.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
  const replies = (await run(command, args, { cwd: '/', input })).trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(replies.find(({ id }) => id === 2)?.result?.content?.length, JSON.stringify(replies));
}

/** Numbers of days; a program that cannot write Arrow says so, and writes the others. @type {Check} */
async function outcomes(block, office) {
  const arrow = /^mondo .*arrow$/m.exec(block.text)?.[0] ?? '';
  const whole = office.commands(block);
  await whole.catch((/** @type {Error} */ error) => {
    if (!error.message.includes('built without the feature `arrow`')) throw error;
    console.log(`left out: ${arrow}: this mondo was built without that feature`);
    return office.commands(block, { edits: [[arrow, '']] });
  });
}

/** Questions with their answers, for the examples below. @type {Check} */
function labelled(block, office) {
  const lines = block.text.trim().split('\n').map((line) => JSON.parse(line));
  for (const line of lines) assert.deepEqual(Object.keys(line), ['id', 'text', 'lang', 'relevant']);
  assert.ok(lines.some(({ relevant }) => relevant.length === 0) && lines.some(({ relevant }) => relevant.length > 0));
  appendFileSync(join(office.place(block.page), 'labelled.jsonl'), block.text);
}

/** @type {Check} */
async function explained(block, office) {
  const asked = await office.post('/v1/ask', { text: 'How do I reach a person?' }, {});
  const name = /[0-9a-f-]{36}/.exec(block.text)?.[0] ?? '';
  assert.match(await office.commands(block, { edits: [[name, asked.id]] }), /threshold/);
}

/** The calculation gives what the table below it says. @type {Check} */
async function capacity(block, office) {
  const page = readFileSync(join(ROOT, 'web/handbook/capacity.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([\d,]+) \| ([\d.]+) \| ([\d,]+) \| (\d+) \|$/gm)];
  assert.ok(rows.length > 2, 'there is a table');
  const env = { ASKING: '3', MESSAGES: '4', PEAK: '0.2', MINUTES: '6', ANSWERS: '4000', EVENTS: '730', STREAMS: '9500' };
  for (const [, visitors = '', said = '', open = '', nodes = ''] of rows) {
    const printed = await office.commands(block, { env: { ...env, VISITORS: visitors.replaceAll(',', '') } });
    const wanted = `${Number(said).toFixed(1)} messages a second, ${open.replaceAll(',', '')} open chats, ${nodes} nodes of which one may fail\n`;
    assert.equal(printed, wanted);
  }
}

/** Each directive names one site, and the widget is fetched from there. @type {Check} */
async function policy(block, office) {
  const directives = office.inPlace(block).trim().split('; ').map((directive) => directive.split(' '));
  assert.deepEqual(directives.map(([name]) => name), ['script-src', 'connect-src']);
  for (const [, site] of directives) assert.equal((await fetch(`${site}/widget/v1/widget.js`)).status, 200);
}

/** A folder is begun beside nothing. @type {Check} */
const begun = (block, office) => office.commands(block, { place: office.place(block.page, 'bare'), before: 'rm -rf help' });

/** What opening a conversation with a token is answered with. @param {string} url @param {string} token */
async function statusFor(url, token) {
  const response = await fetch(`${url}/v1/conversations`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: '{}' });
  return response.status;
}

/** Tokens are believed, and others are not. @type {Check} */
async function sharedSecretTokens(block, office) {
  const { tokenFor } = await functionsOf(block, office);
  const account = { id: '4712', name: 'Ben' };
  assert.equal(await statusFor(office.server.url, tokenFor(account, sharedSecret(office))), 201);
  assert.equal(await statusFor(office.server.url, tokenFor(account, 'another secret of 32 bytes or more')), 401);
}

/** @type {Check} */
async function keyPair(block, office) {
  office.kept.publicKey = (await office.commands(block)).trim();
  const pem = readFileSync(join(office.place(block.page), 'host.pem'), 'utf8');
  assert.equal(office.kept.publicKey, createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64'));
}

/** @type {Check} */
async function privateKeyTokens(block, office) {
  const { tokenFor } = await functionsOf(block, office);
  const pem = readFileSync(join(office.place(block.page), 'host.pem'), 'utf8');
  const settings = `[identity]\nmode = "optional"\naudience = "help"\nkeys = ["curve:EdDSA:${office.kept.publicKey}"]\n`;
  await serving(settings, office, block, async (url) => {
    assert.equal(await statusFor(url, tokenFor({ id: '4711' }, pem)), 201);
    const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    assert.equal(await statusFor(url, tokenFor({ id: '4711' }, other)), 401);
  });
}

/** The key opens what its scopes say and nothing else. @type {Check} */
async function programKey(block, office) {
  const { token } = await office.post('/v1/staff/keys', JSON.parse(block.text));
  const program = { authorization: `Bearer ${token}` };
  const asked = { transcript: [{ author: 'visitor', text: 'How do I reach a person?' }] };
  assert.equal((await office.call('POST', '/v1/suggestions', asked, program)).status, 200);
  assert.equal((await office.call('GET', '/v1/staff/queue', undefined, program)).status, 403);
}

/** What is asked for is told: to a program here, which is allowed. @type {Check} */
async function webhook(block, office) {
  const body = JSON.parse(block.text);
  const { pathname } = new URL(body.url);
  const { webhook: made, secret } = await office.post('/v1/staff/webhooks', { ...body, url: office.elsewhere.url + pathname });
  await office.visitorWaits();
  for (const topic of body.events) {
    const delivered = await office.elsewhere.next((request) => request.path === pathname && JSON.parse(request.body).type === topic);
    office.kept.delivered = { secret, ...delivered };
  }
  assert.equal((await office.call('DELETE', `/v1/staff/webhooks/${made.id}`)).status < 300, true);
}

/** @type {Check} */
async function webhookSignature(block, office) {
  const { isFromMondo } = await functionsOf(block, office);
  const { secret, headers, body } = office.kept.delivered;
  const later = Date.now() / 1000 + 600;
  assert.equal(isFromMondo(secret, headers, body), true);
  assert.equal(isFromMondo(secret, headers, `${body} `), false);
  assert.equal(isFromMondo(secret, headers, body, later), false);
  assert.equal(isFromMondo(`whsec_${randomBytes(24).toString('base64')}`, headers, body), false);
}

/** A program that was let in says it of a real ticket. @type {Check} */
async function programTells(block, office) {
  const { agents } = await office.call('GET', '/v1/staff/agents').then(({ body }) => body);
  const agent = agents.find((/** @type {any} */ one) => one.email === 'ben@example.com') ?? agents[0];
  const { secret } = await office.post('/v1/staff/sources', { name: 'other-desk', format: 'mondo', agent: agent.id });
  const body = JSON.stringify({ ...JSON.parse(block.text), ticket: office.kept.ticket });
  const now = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`m-1.${now}.${body}`).digest('base64');
  const headers = { 'webhook-id': 'm-1', 'webhook-timestamp': now, 'webhook-signature': `v1,${signature}` };
  assert.equal((await office.post('/v1/hooks/other-desk', body, headers)).result, 'done');
}

/** @type {Check} */
async function dkimKey(block, office) {
  assert.match(await office.commands(block), /^[A-Za-z0-9+/]{300,}=*$/);
  await run('bash', ['-ec', 'mkdir -p etc/mondo; cp dkim.key etc/mondo/'], { cwd: office.place(block.page) });
}

/** A mail server pipes a mail into the script. @type {Check} */
async function pipedMail(block, office) {
  const { webhooks } = await office.call('GET', '/v1/staff/webhooks').then(({ body }) => body);
  const mailbox = webhooks.find((/** @type {any} */ one) => one.kind === 'mail');
  const { secret } = await office.post(`/v1/staff/webhooks/${mailbox.id}/secret`, {});
  const env = { MONDO_SECRET: secret.replace(/^whsec_/, ''), MONDO_CHANNEL: `${office.server.url}/v1/channels/${mailbox.id}/mail` };
  const mail = 'From: Mina <mina@example.org>\r\nTo: help@example.com\r\nMessage-ID: <1@example.org>\r\nSubject: A person\r\n\r\nHow do I reach a person?\r\n';
  const told = await run('sh', [write(office, block, 'pipe', block.text)], { cwd: office.place(block.page), env, input: mail });
  assert.equal(JSON.parse(told).outcome, 'taken');
}

/** A server beneath a path, with the settings above the example. @type {Check} */
async function beneathPath(block, office) {
  const settings = textOf(office.blocks, block.page, 'https://www.example.com/support"\n');
  await serving(settings, office, block, (url) => nginxPassesOn(block.text.replace('http://127.0.0.1:8090', url), '/support', block, office));
}

/** @type {Check} */
async function caddy(block, office) {
  const path = write(office, block, 'Caddyfile', block.text);
  const found = await run('bash', ['-c', 'command -v caddy || true'], { cwd: office.place(block.page) });
  if (found) await run('caddy', ['adapt', '--config', path, '--adapter', 'caddyfile'], { cwd: office.place(block.page) });
  else console.log('left out: Caddy is not installed');
}

/** Everything that the line below names has changed when the server is told. @type {Check} */
async function reload(block, office) {
  const place = office.place(block.page);
  const settings = readFileSync(join(place, 'mondo.toml'), 'utf8');
  writeFileSync(join(place, 'mondo.toml'), settings.replace('level = "info"', 'level = "debug"').replace('max_streams = 10000', 'max_streams = 9000').replace('help@example.com"\nsmtp', 'Help <help@example.com>"\nsmtp'));
  appendFileSync(join(place, 'knowledge_base/deposits/deposit-missing/en.md'), '\nOne more sentence.\n');
  await run('bash', ['-ec', 'printf "#!/bin/sh\\necho %s\\n" "$1" >"$HOME/../bin/pidof"; chmod +x "$HOME/../bin/pidof"', 'bash', String(office.server.pid)], { cwd: place });
  await office.commands(block);
  office.kept.reloaded = (await until(() => /mondo reloads: .*/.exec(office.server.told()), office.server.told))[0];
}

/** @type {(at: string) => Check} */
const tomlAt = (at) => (block, office) => settingsFit(block.text.replace(at, office.place(block.page) + at), office, block);

/** @type {{ page: string, has: string, check: Check }[]} */
export const PLANS = [
  { page: 'README.md', has: 'deposit-missing/ ', check: demoFolder },
  { page: 'README.md', has: 'title = "My deposit has not arrived', check: demoArticle },
  { page: 'README.md', has: 'mondo user add', check: firstAccount },
  { page: 'README.md', has: '[calendar]', check: (block, office) => settingsFit(`[schedule]\nfile = "${write(office, block, 'schedule.toml', block.text)}"\n`, office, block) },
  { page: 'README.md', has: 'localhost:8090/v1/ask', check: asking },
  { page: 'README.md', has: 'mondo backup', check: backupAndBack },
  { page: 'README.md', has: 'mondo privacy', check: beforeTheyAreForgotten },
  { page: 'README.md', has: 'mondo audit', check: audit },
  { page: 'README.md', has: 'mondo store copy', check: withDatabase('createdb mondo') },
  { page: 'articles.md', has: 'map.png', check: drawnFolder },
  { page: 'articles.md', has: 'id = "parcel-late"', check: (block, office) => writeFileSync(join(office.place(block.page), ARTICLE, 'article.toml'), block.text) },
  { page: 'articles.md', has: 'title = "Why is my parcel late?"', check: smallestArticle },
  { page: 'articles.md', has: '--format arrow', check: outcomes },
  { page: 'assistants.md', has: 'from openai import', check: openaiClient },
  { page: 'assistants.md', has: 'mcpServers', check: assistantAsks },
  { page: 'backup.md', has: 'mondo backup - >', check: (block, office) => office.commands(block, { before: 'mkdir -p backups' }) },
  { page: 'backup.md', has: 'mondo restore', check: restored },
  { page: 'backup.md', has: '0 3 * * *', check: everyNight },
  { page: 'backup.md', has: 'pg_dump', check: withDatabase('createdb mondo; COPY') },
  { page: 'calibration.md', has: '"do you sell bicycles"', check: labelled },
  { page: 'calibration.md', has: 'mondo explain', check: explained },
  { page: 'capacity.md', has: 'awk', check: capacity },
  ...['telegram', 'line', 'slack', 'whatsapp', 'kakao', 'wechat', 'discord'].map((kind) => ({ page: 'channels.md', has: `"kind": "${kind}"`, check: messenger })),
  { page: 'channels.md', has: '/setWebhook', check: telegramIsTold },
  { page: 'channels.md', has: '/setMyCommands', check: telegramCommands },
  { page: 'channels.md', has: 'api.line.me', check: lineIsTold },
  { page: 'channels.md', has: 'discord.com/api', check: discordCommands },
  { page: 'embed.md', has: 'connect-src', check: policy },
  { page: 'first-hour.md', has: '--languages en,ja', check: begun },
  { page: 'first-hour.md', has: '--no-admin', check: begun },
  { page: 'identity.md', has: "createHmac('sha256', secret)", check: sharedSecretTokens },
  { page: 'identity.md', has: 'openssl genpkey', check: keyPair },
  { page: 'identity.md', has: 'createPrivateKey(pem)', check: privateKeyTokens },
  // Not after everything above it, which brought in the same table in three ways.
  { page: 'import.md', has: 'suggest-alternates', check: (block, office) => office.commands(block, { place: office.place(block.page, 'own'), before: 'mondo kb import markdown ~/site --into my_articles' }) },
  { page: 'keys-and-webhooks.md', has: '"scopes"', check: programKey },
  { page: 'keys-and-webhooks.md', has: '"events"', check: webhook },
  { page: 'keys-and-webhooks.md', has: 'isFromMondo', check: webhookSignature },
  { page: 'keys-and-webhooks.md', has: '"ticket": "M-', check: programTells },
  { page: 'mail.md', has: '$ mondo doctor', check: (block, office) => mailboxIsRead(textOf(office.blocks, 'mail.md', 'imap_url ='), block, office) },
  { page: 'mail.md', has: 'openssl genpkey', check: dkimKey },
  { page: 'mail.md', has: 'dkim_selector', check: tomlAt('/etc/mondo/dkim.key') },
  { page: 'mail.md', has: 'MONDO_CHANNEL', check: pipedMail },
  { page: 'nodes.md', has: 'createdb', check: moved },
  { page: 'privacy.md', has: 'mondo privacy export', check: beforeTheyAreForgotten },
  { page: 'privacy.md', has: 'mondo key prune', check: keysOfFiveMinutesAgo },
  { page: 'proxy.md', has: 'location / {', check: (block, office) => nginxPassesOn(block.text.replace('http://127.0.0.1:8090', office.server.url), '', block, office) },
  { page: 'proxy.md', has: 'location /support/', check: beneathPath },
  { page: 'proxy.md', has: 'reverse_proxy', check: caddy },
  { page: 'proxy.md', has: 'backend mondo', check: haproxyPassesOn },
  { page: 'upgrade.md', has: 'pidof mondo', check: reload },
  { page: 'upgrade.md', has: 'mondo reloads:', check: (block, office) => assert.equal(office.kept.reloaded, block.text.trim()) },
];

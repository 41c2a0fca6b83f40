// Sets messengers up as the handbook says, and is what they do then in place of them.

import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** @typedef {import('./checks.mjs').Check} Check */
/** @typedef {import('./office.mjs').Office} Office */

/** The key that stands for the public key of an app of Discord. */
const DISCORD = generateKeyPairSync('ed25519');

/** A messenger is set up as the page says, with secrets in place of the dots. @type {Check} */
export async function messenger(block, office) {
  const body = JSON.parse(block.text);
  const { kind } = body.messenger;
  for (const [name, value] of Object.entries(body.messenger)) {
    if (name === 'public_key') body.messenger[name] = DISCORD.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
    else body.messenger[name] = String(value).replace('…', randomBytes(8).toString('hex'));
  }
  const made = await office.post('/v1/staff/webhooks', { ...body, url: office.elsewhere.url });
  assert.equal(made.webhook.events_path, `/v1/channels/${made.webhook.id}/events`);
  office.kept[kind] = { id: made.webhook.id, secret: made.secret, ...body.messenger };
}

/** @param {string} kind @param {Office} office @returns {Record<string, string>} what stands in the shell of the reader */
function shellOf(kind, { kept }) {
  const { id, secret, token = 'TOKEN', application_id } = kept[kind];
  return { ID: id, TOKEN: token, SECRET: secret ?? '', APPLICATION: application_id ?? '' };
}

/** What Telegram is told to call, with what it is told to show, is taken by the server. @type {Check} */
export async function telegramIsTold(block, office) {
  await office.commands(block, { env: shellOf('telegram', office) });
  const told = await office.elsewhere.next(({ path }) => path === `/bot${office.kept.telegram.token}/setWebhook`);
  const form = new URLSearchParams(told.body);
  assert.deepEqual(JSON.parse(form.get('allowed_updates') ?? ''), ['message', 'edited_message', 'callback_query', 'my_chat_member']);
  const update = { update_id: 1, message: { message_id: 1, date: Math.floor(Date.now() / 1000), chat: { id: 7, type: 'private' }, from: { id: 7, is_bot: false }, text: '/start' } };
  const call = (/** @type {string} */ secret) =>
    fetch(form.get('url') ?? '', { method: 'POST', headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret }, body: JSON.stringify(update) });
  assert.equal((await call('another')).status, 401);
  assert.equal((await call(form.get('secret_token') ?? '')).status, 200);
  await office.elsewhere.next(({ path }) => path.endsWith('/sendMessage'));
}

/** @type {Check} */
export async function telegramCommands(block, office) {
  await office.commands(block, { env: shellOf('telegram', office) });
  const { body } = await office.elsewhere.next(({ path }) => path.endsWith('/setMyCommands'));
  assert.deepEqual(JSON.parse(body).commands.map((/** @type {any} */ one) => one.command), ['person', 'status']);
}

/** @type {Check} */
export async function lineIsTold(block, office) {
  await office.commands(block, { env: shellOf('line', office) });
  const { body, headers } = await office.elsewhere.next(({ method, path }) => method === 'PUT' && path.endsWith('/webhook/endpoint'));
  assert.equal(headers.authorization, `Bearer ${office.kept.line.token}`);
  await office.elsewhere.next(({ method, path }) => method === 'POST' && path.endsWith('/webhook/test'));
  // This is what LINE sends to try a webhook.
  const tried = JSON.stringify({ destination: 'U0', events: [] });
  const signature = createHmac('sha256', office.kept.line.channel_secret).update(tried).digest('base64');
  const response = await fetch(JSON.parse(body).endpoint, { method: 'POST', headers: { 'content-type': 'application/json', 'x-line-signature': signature }, body: tried });
  assert.equal(response.status, 200);
}

/** Each command that Discord is told of is understood. @type {Check} */
export async function discordCommands(block, office) {
  await office.commands(block, { env: shellOf('discord', office) });
  const { body, path } = await office.elsewhere.next(({ method, path }) => method === 'PUT' && path.endsWith('/commands'));
  const { id, application_id } = office.kept.discord;
  assert.equal(path, `/api/v10/applications/${application_id}/commands`);
  for (const [index, { name, options = [] }] of JSON.parse(body).entries()) {
    const given = options.filter((/** @type {any} */ option) => option.required).map((/** @type {any} */ option) => ({ name: option.name, type: option.type, value: 'hello' }));
    const used = {
      application_id, id: `12000000000000000${index}0`, token: 't', type: 2, version: 1, channel_id: '2', guild_id: '1', locale: 'en-US',
      data: { id: '1', name, type: 1, options: given }, member: { roles: [], user: { id: 'u1', username: 'u' } },
    };
    const moment = String(Math.floor(Date.now() / 1000));
    const signature = sign(null, Buffer.from(moment + JSON.stringify(used)), DISCORD.privateKey).toString('hex');
    const headers = { 'x-signature-ed25519': signature, 'x-signature-timestamp': moment };
    const told = await office.post(`/v1/channels/${id}/events`, used, headers);
    assert.ok([4, 5].includes(told.type), `${name}: ${JSON.stringify(told)}`);
  }
}

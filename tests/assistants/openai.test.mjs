// Asks a server by OpenAI's own client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: `${process.env.MONDO_ADDRESS}/v1`, apiKey: 'any word will do', maxRetries: 0 });

const user = (content) => ({ role: 'user', content });
const chat = (messages, more = {}) => client.chat.completions.create({ model: 'mondo', messages, ...more });

function areGrounds(grounds, language) {
  assert.equal(grounds.decision, 'answer');
  assert.equal(grounds.language, language);
  assert.equal(grounds.citations[0].article, 'shipping-time');
  assert.equal(grounds.citations[0].address, `https://tea.example/help/${language}/shipping-time`);
}

test('there is one model', async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.deepEqual(names, ['mondo']);
});

for (const [question, language, part] of [
  ['How many days does delivery take?', 'en', 'within 2 days'],
  ['请问多久能送到', 'zh', '2 天内发货'],
  ['届くまでどのくらいかかりますか', 'ja', '2日以内に発送'],
  ['배송은 얼마나 걸려요?', 'ko', '2일 안에 발송'],
]) {
  test(`a question is answered with its source, whole and in chunks: ${language}`, async () => {
    const whole = await chat([user(question)]);
    const { message } = whole.choices[0];
    assert.ok(message.content.includes(part), message.content);
    areGrounds(message.mondo, language);
    let content = '';
    let grounds;
    for await (const chunk of await chat([user(question)], { stream: true })) {
      const { delta } = chunk.choices[0];
      content += delta.content ?? '';
      grounds = delta.mondo ?? grounds;
    }
    assert.equal(content, message.content);
    areGrounds(grounds, language);
    // The client puts a message together from chunks by itself, too.
    const gathered = await client.chat.completions.stream({ model: 'mondo', messages: [user(question)] }).finalMessage();
    assert.equal(gathered.content, message.content);
    areGrounds(gathered.mondo, language);
  });
}

test('the turns before are understood', async () => {
  const late = await chat([user('My order has not arrived')]);
  const talk = [user('My order has not arrived'), late.choices[0].message, user('yes please')];
  const wish = (await chat(talk)).choices[0].message;
  assert.equal(wish.mondo.reason, 'person_requested');
  assert.ok(wish.content.includes('https://tea.example/help/en/write'), wish.content);
});

test('errors are those of the protocol', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'gpt-5', messages: [user('tea?')] }), OpenAI.NotFoundError);
  await assert.rejects(chat([user('tea?')], { n: 2 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'n');
    assert.equal(error.type, 'invalid_request_error');
    return true;
  });
});

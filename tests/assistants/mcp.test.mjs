// Calls the tools by the official client of the Model Context Protocol, over HTTP and over standard streams.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const { MONDO_ADDRESS, MONDO_BINARY, MONDO_FOLDER, MONDO_KNOWLEDGE } = process.env;

// A build without optimisation needs a while for its first index.
const PATIENCE = { timeout: 120_000 };

const overHttp = () => new StreamableHTTPClientTransport(new URL(`${MONDO_ADDRESS}/mcp`));
const overStreams = () =>
  new StdioClientTransport({
    command: MONDO_BINARY,
    args: ['mcp', '--kb', MONDO_KNOWLEDGE, '--data', join(MONDO_FOLDER, 'data')],
    cwd: MONDO_FOLDER,
    env: { ...process.env },
    stderr: 'pipe',
  });

for (const [way, transport] of [
  ['HTTP', overHttp()],
  ['standard streams', overStreams()],
]) {
  test(`the tools are found and called over ${way}`, async () => {
    const client = new Client({ name: 'mondo-test', version: '1.0.0' });
    let said = '';
    transport.stderr?.on('data', (chunk) => (said += chunk));
    await client.connect(transport, PATIENCE);
    try {
      assert.equal(client.getServerVersion().name, 'mondo');
      assert.match(client.getInstructions(), /help articles/);
      await client.ping();
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.map((tool) => tool.name),
        ['ask', 'search', 'article', 'ticket'],
      );
      // The client checks what comes back against the schemas just listed.
      const call = (name, args) => client.callTool({ name, arguments: args });
      for (const [question, language, part] of [
        ['How many days does delivery take?', 'en', 'within 2 days'],
        ['请问多久能送到', 'zh', '2 天内发货'],
        ['届くまでどのくらいかかりますか', 'ja', '2日以内に発送'],
        ['배송은 얼마나 걸려요?', 'ko', '2일 안에 발송'],
      ]) {
        const { content, structuredContent } = await call('ask', { question });
        assert.ok(content[0].text.includes(part), content[0].text);
        assert.equal(structuredContent.decision, 'answer');
        const [citation] = structuredContent.citations;
        assert.equal(citation.article, 'shipping-time');
        assert.equal(citation.address, `https://tea.example/help/${language}/shipping-time`);
      }
      const wish = await call('ask', { question: 'I want to talk to a human' });
      assert.equal(wish.structuredContent.person, 'https://tea.example/help/en/write');
      const found = await call('search', { query: '返品', language: 'ja', limit: 3 });
      assert.equal(found.structuredContent.articles[0].id, 'return-tea');
      const read = await call('article', { id: 'return-tea', language: 'ko' });
      assert.equal(read.structuredContent.language, 'ko');
      const opened = await call('ticket', { question: 'My parcel is lost', contact: 'ann@example.com' });
      assert.match(opened.structuredContent.number, /^M-\d+$/);
      assert.ok(opened.content[0].text.includes(opened.structuredContent.number));
      const refused = await call('ask', { query: 'tea' });
      assert.equal(refused.isError, true);
      await assert.rejects(client.callTool({ name: 'shout', arguments: {} }), /there is no tool/);
    } finally {
      await client.close();
    }
    if (way !== 'HTTP') assert.match(said, /answers over standard input and output/);
  });
}

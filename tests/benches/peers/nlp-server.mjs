// nlp.js behind fastify: the same articles, answered with the same short answers. Prints its address when it is ready.
import Fastify from 'fastify';
import { NlpManager } from 'node-nlp';
import { articles } from './knowledge.mjs';

const manager = new NlpManager({ languages: ['en'], forceNER: false, nlu: { log: false }, autoSave: false });
for (const { id, wordings, summary } of articles(process.argv[2])) {
  for (const wording of wordings) manager.addDocument('en', wording, id);
  manager.addAnswer('en', id, summary);
}
await manager.train();
const app = Fastify();
app.post('/v1/ask', async (request) => {
  const { intent, score, answer } = await manager.process('en', request.body.text);
  return { intent, score, answer };
});
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));

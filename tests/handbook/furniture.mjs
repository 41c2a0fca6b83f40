// What lies in the folders of the company: settings, articles of its own and of others, questions.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BINARY, ENVIRONMENT, ROOT, folder } from './programs.mjs';

/** @param {string} name @param {string | string[]} content */
function write(name, content) {
  const path = join(folder, name);
  mkdirSync(resolve(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : content.map((line) => `${line}\n`).join(''));
}

/** Puts everything in the folder that pages take for granted. @param {string} identity @param {string} schedule */
export function furnish(identity, schedule) {
  write('bin/.keep', '');
  write('office/schedule.toml', schedule);
  write('office/mondo.toml', [
    '[http.site]', 'address = "https://help.example.com"', '[http]', 'max_streams = 10000', '[log]', 'level = "info"',
    '[schedule]', `file = "${join(folder, 'office/schedule.toml')}"`, '[webhooks]', 'private_addresses = true',
    '[mail]', 'from = "help@example.com"', 'smtp_url = "smtp://127.0.0.1:9"', '[mailbox]', 'address = "help@example.com"', identity,
  ]);
  cpSync(join(ROOT, 'knowledge_base'), join(folder, 'office/knowledge_base'), { recursive: true });
  for (const name of ['mondo.toml', 'knowledge_base', 'data']) link(`office/${name}`, `skeleton/${name}`);
  symlinkSync(join(ROOT, 'docs'), join(folder, 'skeleton/docs'));
  symlinkSync(join(ROOT, 'models/mondo-static-v1'), join(folder, 'skeleton/my_model'));

  write('home/site/returns.md', '# How do I send something back?\n\nWithin 30 days, with the slip from the parcel.\n');
  write('skeleton/site/index.html', '<html lang="en"><title>Help</title><main><h1>Help</h1><h2>Can I pay by invoice?</h2><p>Yes, as a company.</p></main></html>');
  write('skeleton/faq.csv', ['question,answer', 'How much is postage?,Three dollars.', '배송비는 얼마예요?,삼천 원입니다.', 'When do you close?,At six.', '언제 닫아요?,여섯 시에 닫습니다.']);
  write('elsewhere/delivery/moved/article.toml', ['id = "moved"', 'category = "delivery"']);
  write('elsewhere/delivery/moved/en.md', ['+++', 'title = "Can I change my address?"', 'alternates = ["I have moved"]', 'summary = "Yes."', '+++', 'Until it leaves.']);
  execFileSync(BINARY, ['kb', 'export', 'zendesk', join(folder, 'skeleton/articles.json'), '--kb', join(folder, 'elsewhere')], { env: ENVIRONMENT, stdio: 'pipe' });
  furnishArticles();
}

/** Articles of one's own under git, edited since the last commit, and questions about them. */
function furnishArticles() {
  const articles = join(folder, 'skeleton/my_articles');
  cpSync(join(ROOT, 'tests/knowledge'), articles, { recursive: true });
  write('skeleton/my_articles/orders/parcel-late/article.toml', ['id = "parcel-late"', 'category = "orders"']);
  const late = ['+++', 'title = "Why is my parcel late?"', 'alternates = ["parcel not here", "it should have come", "too slow"]', 'summary = "It comes within two days."', '+++', 'Wait.'];
  write('skeleton/my_articles/orders/parcel-late/en.md', late);
  const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { cwd: articles, env: ENVIRONMENT, stdio: 'pipe' });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  write('skeleton/my_articles/orders/parcel-late/en.md', late.map((line) => line.replace('parcel not here', 'my parcel has not come')));
  const questions = labelledQuestions(articles);
  write('skeleton/labelled.jsonl', questions.map((question) => JSON.stringify(question)));
  write('skeleton/my_set/queries.jsonl', questions.map((question) => JSON.stringify(question)));
  const entry = { id: 'parcel-late', lang: 'en', question: 'Why is my parcel late?', answer: 'Wait.', alt: ['where is my parcel'] };
  write('skeleton/my_set/kb.jsonl', [JSON.stringify(entry)]);
}

/** As many as calibration wants: what articles are asked for in three ways, and what none of them answers. @param {string} articles */
function labelledQuestions(articles) {
  const texts = readdirSync(articles, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('/en.md')).sort();
  const answered = texts.flatMap((path) => {
    const [, title = '', alternates = ''] = /title = "(.*)"\nalternates = \[(.*)\]/.exec(readFileSync(join(articles, path), 'utf8')) ?? [];
    const asked = [title, ...alternates.split('"').filter((_, index) => index % 2 === 1)];
    return asked.flatMap((text) => ['', 'hello, ', 'please: '].map((before) => ({ text: before + text, relevant: [path.split('/').at(-2)] })));
  });
  const things = ['bicycles', 'horses', 'pianos', 'cars', 'shoes', 'moons'];
  const foreign = things.flatMap((thing) => ['do you sell', 'can you repair', 'who painted', 'what colour are'].map((ask) => ({ text: `${ask} ${thing}`, relevant: [] })));
  return [...answered, ...foreign].map((question, index) => ({ id: `q${index}`, lang: 'en', ...question }));
}

/** @param {string} to @param {string} at */
function link(to, at) {
  mkdirSync(resolve(join(folder, at), '..'), { recursive: true });
  symlinkSync(join(folder, to), join(folder, at));
}

// Reads what both sides are asked about: the English articles of a knowledge folder, and labelled questions.
import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/** The value of a quoted key in front matter; the folder's own check has made sure that it is there. */
const quoted = (text, key) => JSON.parse(new RegExp(`^${key} = (".*")$`, 'm').exec(text)[1]);

/** Every English article: its id, the wordings it is asked by, and its short answer. */
export function articles(root) {
  const found = [];
  for (const category of readdirSync(root, { withFileTypes: true })) {
    if (!category.isDirectory()) continue;
    for (const folder of readdirSync(join(root, category.name), { withFileTypes: true })) {
      const file = join(root, category.name, folder.name, 'en.md');
      if (!folder.isDirectory() || !existsSync(file)) continue;
      const text = readFileSync(file, 'utf8');
      const list = /^alternates = (\[[\s\S]*?\])/m.exec(text)?.[1] ?? '[]';
      const alternates = JSON.parse(list.replace(/,\s*\]$/, ']'));
      found.push({ id: folder.name, wordings: [quoted(text, 'title'), ...alternates], summary: quoted(text, 'summary') });
    }
  }
  return found;
}

/** The labelled English questions of a folder of JSON lines that have an answer. */
export function questions(root) {
  return readdirSync(root)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(root, name), 'utf8').split('\n'))
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter((question) => question.lang === 'en' && question.relevant.length > 0);
}

// Reads what both sides are asked about: the English articles of a knowledge folder, and labelled questions.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
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

const PLANS = ['Amber', 'Basalt', 'Cedar', 'Delta', 'Ember', 'Fjord', 'Garnet', 'Harbor', 'Indigo', 'Juniper', 'Krypton', 'Lagoon', 'Meadow', 'Nimbus', 'Onyx', 'Prairie', 'Quartz', 'Raven', 'Saffron', 'Tundra', 'Umber', 'Violet', 'Willow', 'Zephyr'];

/** Writes so many English articles into an empty folder: those of another, each again for plans of other names. */
export function grown(root, into, count) {
  const known = articles(root);
  for (let number = 0; number < count; number += 1) {
    const { id, wordings, summary } = known[number % known.length];
    const round = Math.floor(number / known.length);
    const plan = round ? ` on the ${PLANS[(round - 1) % PLANS.length]}${round > PLANS.length ? ` ${Math.ceil(round / PLANS.length)}` : ''} plan` : '';
    const folder = join(into, 'demo', `${id}-${round}`);
    mkdirSync(folder, { recursive: true });
    const [title, ...alternates] = wordings.map((wording) => JSON.stringify(wording.replace(/\?$/, '') + plan + (wording.endsWith('?') ? '?' : '')));
    writeFileSync(join(folder, 'article.toml'), `id = "${id}-${round}"\ncategory = "demo"\nseverity = "normal"\nintent = "general"\npolicy = "label"\naudience = ["all"]\nowner = "bench"\nrev = 1\nvalid_from = 2026-01-01\nfollow_ups = []\ncollect = []\n`);
    writeFileSync(join(folder, 'en.md'), `+++\ntitle = ${title}\nalternates = [${alternates.join(', ')}]\nsummary = ${JSON.stringify(summary)}\nsource_rev = 1\n+++\n${summary}\n`);
  }
  return into;
}

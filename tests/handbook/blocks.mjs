// Reads the fenced blocks of the README and of every page of the handbook.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * @typedef {object} Block
 * @property {string} page name of the file
 * @property {number} line where it begins
 * @property {string} kind what stands behind the fence, such as `sh`
 * @property {string} text
 */

/** @param {string} root @returns {Block[]} in the order of the pages and of each page */
export function readBlocks(root) {
  const handbook = join(root, 'web/handbook');
  const pages = readdirSync(handbook).filter((name) => name.endsWith('.md'));
  return [join(root, 'README.md'), ...pages.sort().map((name) => join(handbook, name))].flatMap(blocksOf);
}

/** @param {string} path @returns {Block[]} */
function blocksOf(path) {
  /** @type {Block[]} */
  const found = [];
  /** @type {{ indent: string, block: Block } | undefined} */
  let open;
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (!open && fence) {
      const [, indent = '', kind = ''] = fence;
      open = { indent, block: { page: basename(path), line: index + 1, kind: kind.trim(), text: '' } };
    } else if (open && fence) {
      found.push(open.block);
      open = undefined;
    } else if (open) {
      open.block.text += `${line.startsWith(open.indent) ? line.slice(open.indent.length) : line}\n`;
    }
  }
  assert.equal(open, undefined, `a block of ${path} never ends`);
  return found;
}

/** What is typed and what is shown below, in a block of the kind `console`. @param {string} text */
export function typedAndShown(text) {
  return text.split(/^\$ /m).slice(1).map((part) => {
    const [typed = '', ...shown] = part.split('\n');
    return { typed, shown: shown.filter((line) => line !== '') };
  });
}

/** The files that a drawing of a folder names, by their paths. @param {string} text */
export function filesDrawn(text) {
  /** @type {{ depth: number, name: string }[]} */
  const above = [];
  return text.split('\n').flatMap((line) => {
    const [, indent = '', names = ''] = /^(\s*)(.*?)(?: {3,}.*)?$/.exec(line) ?? [];
    while (above.at(-1) && /** @type {{ depth: number }} */ (above.at(-1)).depth >= indent.length) above.pop();
    if (names.endsWith('/')) {
      above.push({ depth: indent.length, name: names });
      return [];
    }
    return names.split(/\s+/).filter(Boolean).map((name) => above.map((folder) => folder.name).join('') + name);
  });
}

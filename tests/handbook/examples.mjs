// Runs every example of the handbook and of the README: node tests/handbook/examples.mjs [BINARY]
//
// An example that nothing is known of is run as its kind says; those that need more have a plan, and those that cannot be run
// here stand in NOT_RUN with a reason. Whatever is neither is a fault, and so is a plan or reason without an example.

import { readBlocks } from './blocks.mjs';
import { BY_KIND } from './checks.mjs';
import { Office } from './office.mjs';
import { NOT_RUN, PLANS } from './plans.mjs';
import { ROOT } from './programs.mjs';

/** @typedef {import('./blocks.mjs').Block} Block */

/** @param {{ page: string, has: string }} entry @param {Block} block */
const isAbout = ({ page, has }, block) => page === block.page && block.text.includes(has);

/** @param {Block[]} blocks @returns {string[]} */
function unmatched(blocks) {
  const entries = [...NOT_RUN, ...PLANS].map((entry) => ({ entry, count: blocks.filter((block) => isAbout(entry, block)).length }));
  const wrong = entries.filter(({ count }) => count !== 1);
  return wrong.map(({ entry, count }) => `${entry.page}: ${count} examples have ${JSON.stringify(entry.has)}, and not one`);
}

/** @param {Block[]} blocks @returns {string[]} */
function forgotten(blocks) {
  const fate = (/** @type {Block} */ block) => [...NOT_RUN, ...PLANS].filter((entry) => isAbout(entry, block)).length;
  return blocks.flatMap((block) => {
    const at = `${block.page}:${block.line}`;
    if (fate(block) > 1) return [`${at} is named more than once`];
    return fate(block) === 1 || BY_KIND[block.kind] ? [] : [`${at} (${block.kind || 'without a kind'}) is neither run nor listed`];
  });
}

/** @param {Block} block @param {Office} office @returns {Promise<string | undefined>} what is wrong with it */
async function fault(block, office) {
  const plan = PLANS.find((entry) => isAbout(entry, block));
  const check = plan?.check ?? BY_KIND[block.kind];
  try {
    await check?.(block, office);
  } catch (error) {
    return `${block.page}:${block.line}\n${block.text}\n${error instanceof Error ? error.message : error}`;
  }
}

const blocks = readBlocks(ROOT);
const faults = [...unmatched(blocks), ...forgotten(blocks)];
let ran = 0;
if (faults.length === 0) {
  const office = await Office.open(blocks);
  for (const block of blocks.filter((each) => !NOT_RUN.some((entry) => isAbout(entry, each)))) {
    const began = Date.now();
    const wrong = await fault(block, office);
    ran += 1;
    if (wrong) faults.push(wrong);
    console.log(`${wrong ? 'FAULT' : 'ok   '} ${block.page}:${block.line} ${block.kind} ${Date.now() - began} ms`);
  }
}
for (const { page, has, why } of NOT_RUN) console.log(`not run: ${page}, ${JSON.stringify(has)}: ${why}`);
for (const wrong of faults) console.error(`\n${wrong}`);
console.log(`${blocks.length} examples, ${ran} run, ${NOT_RUN.length} not run, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);

// What stands in the way of people with disabilities, as far as a machine can tell.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const AXE = readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** Waits until nothing fades in any more: a colour on its way has another contrast. @param {import('playwright-core').Page} page */
async function standsStill(page) {
  await page.evaluate(async () => {
    const shadows = [...document.querySelectorAll('mondo-chat')].flatMap((chat) => chat.shadowRoot ?? []);
    const moving = [document, ...shadows].flatMap((root) => root.getAnimations());
    const ending = moving.filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.all(ending.map((animation) => animation.finished));
  });
}

/** Asks axe what stands in the way of WCAG 2.2 AA, on the whole page or a part of it. @param {{ page: import('playwright-core').Page }} somebody @param {string} where @param {string} [part] */
export async function hindersNobody({ page }, where, part) {
  await standsStill(page);
  await page.evaluate(AXE);
  const found = await page.evaluate(async (chosen) => {
    const { axe } = /** @type {any} */ (window);
    const result = await axe.run(chosen ?? document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return result.violations.map((/** @type {any} */ fault) => `${fault.id}: ${fault.nodes.map((/** @type {any} */ node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  }, part);
  assert.deepEqual(found, [], where);
}

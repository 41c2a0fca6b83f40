// How a site makes the widget its own: colours, parts, side, logo; and what it cannot make unreadable.

import assert from 'node:assert/strict';
import { before } from 'node:test';
import { launch, stopAfter, story, thresholds, widthOf } from './browser.mjs';
import { startHosts } from './hosts.mjs';
import { startServer } from './server.mjs';
import { Visitor } from './visitor.mjs';

/** @type {import('./server.mjs').Server} */
let mondo;
/** @type {{ url: string, stop: () => Promise<void> }} */
let hosts;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  mondo = stopAfter(await startServer(thresholds('0', '0')));
  hosts = stopAfter(await startHosts(mondo.url));
  browser = await launch();
});

/** @param {string} path @param {import('./visitor.mjs').Profile} [profile] */
const at = (path, profile) => () => Visitor.comes(browser, hosts.url, path, profile);

/** Puts the widget on a bare page and opens it. @param {Visitor} visitor @param {Record<string, string>} options @param {string} [css] of the page */
async function boots(visitor, options, css) {
  const { page } = visitor;
  if (css) await page.addStyleTag({ content: css });
  await page.addScriptTag({ url: `${mondo.url}widget/v1/widget.js` });
  await page.evaluate((all) => {
    const { Mondo } = /** @type {any} */ (window);
    Mondo('shutdown');
    Mondo('boot', all);
  }, options);
  await page.locator('#launcher').click();
  await page.locator('#examples button').first().waitFor();
}

/** Red, green and blue of a style. @param {import('playwright-core').Locator} place @param {'color' | 'backgroundColor' | 'borderRadius'} property */
const styleOf = (place, property) => place.evaluate((node, name) => getComputedStyle(node)[/** @type {any} */ (name)], property);

/** @param {string} colour */
function luminance(colour) {
  const parts = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

story('custom properties and parts dress it', at('bare'), async (visitor) => {
  const css = `mondo-chat { --mondo-surface: rgb(250, 240, 230); --mondo-radius: 3px; --mondo-accent: rgb(120, 20, 90); --mondo-z-index: 77; }
    mondo-chat::part(launcher) { border-radius: 8px; } mondo-chat::part(header) { background: rgb(20, 30, 90); }`;
  await boots(visitor, {}, css);
  const { page } = visitor;
  assert.equal(await styleOf(page.locator('#panel'), 'borderRadius'), '3px');
  assert.equal(await styleOf(page.locator('#launcher'), 'borderRadius'), '8px');
  assert.equal(await styleOf(page.locator('#launcher'), 'backgroundColor'), 'rgb(120, 20, 90)');
  assert.equal(await styleOf(page.locator('#composer'), 'backgroundColor'), 'rgb(250, 240, 230)');
  assert.equal(await styleOf(page.locator('#panel header'), 'backgroundColor'), 'rgb(20, 30, 90)');
  assert.equal(await page.locator('mondo-chat').evaluate((node) => getComputedStyle(node).zIndex), '77');
  await visitor.shows('theme-parts');
});

story('the launcher and the panel stand on the left where that is wanted, with the logo of the site', at('bare'), async (visitor) => {
  const logo = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"><circle cx="14" cy="14" r="12" fill="tomato"/></svg>')}`;
  await boots(visitor, { side: 'left', logo });
  for (const name of ['#launcher', '#panel']) {
    const box = await visitor.page.locator(name).boundingBox();
    assert.equal(box?.x, 20, name);
  }
  const shown = visitor.page.locator('.logo');
  assert.equal(await widthOf(shown), 28);
  assert.equal(await shown.getAttribute('alt'), '', 'the name stands beside it');
  await visitor.shows('theme-left');
});

for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  story(`it follows the ${scheme} scheme by itself, and the site where that chooses`, at('bare', { colorScheme: scheme }), async (visitor) => {
    const ground = async () => luminance(await styleOf(visitor.page.locator('#panel'), 'backgroundColor')) > 0.5;
    await boots(visitor, {});
    assert.equal(await ground(), scheme === 'light');
    for (const theme of /** @type {const} */ (['light', 'dark'])) {
      await visitor.page.evaluate((wanted) => /** @type {any} */ (window).Mondo('update', { theme: wanted }), theme);
      await visitor.page.locator(`mondo-chat[theme=${theme}]`).waitFor();
      assert.equal(await ground(), theme === 'light', theme);
    }
  });

  for (const colour of ['#ffee00', '#ffffff', '#000000', '#777777', '#0af']) {
    story(`a brand colour of ${colour} stays readable in the ${scheme} scheme`, at('bare', { colorScheme: scheme }), async (visitor) => {
      await boots(visitor, { color: colour });
      const { page } = visitor;
      await visitor.says('How do I withdraw?');
      const bubble = page.locator('#log > .message.visitor:not(.unsent) .bubble');
      await bubble.waitFor();
      for (const place of [page.locator('#launcher'), page.locator('#send'), bubble]) {
        const ratio = contrast(await styleOf(place, 'color'), await styleOf(place, 'backgroundColor'));
        assert.ok(ratio >= 4.5, `${ratio} on ${await place.evaluate((node) => node.id || node.className)}`);
      }
      const brand = await page.evaluate((text) => Object.assign(document.body.style, { color: text }) && getComputedStyle(document.body).color, colour);
      assert.equal(await styleOf(page.locator('#launcher'), 'backgroundColor'), brand, 'the brand keeps its colour');
      const link = page.locator('#log .message.bot .meta a').first();
      await link.waitFor();
      const ratio = contrast(await styleOf(link, 'color'), await styleOf(page.locator('#log .message.bot .bubble').first(), 'backgroundColor'));
      assert.ok(ratio >= 4.5, `${ratio} of a link`);
      await visitor.shows(`brand-${colour.slice(1)}-${scheme}`);
    });
  }
}

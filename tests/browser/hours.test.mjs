// When the desk is there, as visitors elsewhere read it: in the home of the widget and on the page of a ticket.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before } from 'node:test';
import { hindersNobody } from './axe.mjs';
import { launch, stopAfter, story, thresholds } from './browser.mjs';
import { startHosts } from './hosts.mjs';
import { startServer } from './server.mjs';
import { localeOf, Visitor } from './visitor.mjs';

/** Whenever the test runs, the desk has hours to come, with a pause in between. */
const HOURS = `[calendar]
zone = "Asia/Seoul"
[calendar.hours]
${['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => `${day} = ["09:00-12:00", "13:00-18:00"]`).join('\n')}
`;

/** @type {import('./server.mjs').Server} */
let mondo;
/** @type {{ url: string, stop: () => Promise<void> }} */
let hosts;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mondo-hours-'));
  const file = join(folder, 'hours.toml');
  writeFileSync(file, HOURS);
  mondo = stopAfter(await startServer({ ...thresholds('0', '0'), MONDO__SCHEDULE__FILE: file }, 'tests/knowledge'));
  stopAfter({ stop: async () => rmSync(folder, { recursive: true }) });
  hosts = stopAfter(await startHosts(mondo.url));
  browser = await launch();
});

const CLOCK = /** @type {const} */ ({ hour: 'numeric', minute: '2-digit' });

/** A moment as the browser writes it. @param {import('playwright-core').Page} page @param {string} moment @param {string} locale @param {Intl.DateTimeFormatOptions} shape */
const written = (page, moment, locale, shape) => page.evaluate(([at, tag, how]) => new Date(at).toLocaleString(tag, how), /** @type {const} */ ([moment, locale, shape]));

/** @type {[string, string, string, string][]} locale, time zone, and how the zone is called */
const READERS = [
  ['en', 'en-US', 'America/New_York', 'Eastern Time'],
  ['zh-Hans', 'zh-CN', 'Asia/Shanghai', '中国标准时间'],
  ['zh-Hant', 'zh-TW', 'Asia/Taipei', '台北標準時間'],
  ['ja', 'ja-JP', 'Europe/Berlin', '中央ヨーロッパ時間'],
  ['ko', 'ko-KR', 'Asia/Seoul', ''],
];

for (const [tag, locale, timeZone, zone] of READERS) {
  const at = () => Visitor.comes(browser, hosts.url, 'plain', { locale, timezoneId: timeZone });
  story(`opening hours are told in the visitor's own zone, ${tag}`, at, async (visitor) => {
    const { page } = visitor;
    const { widget: say, status } = localeOf(tag);
    await page.locator('#launcher').click();
    await page.locator('#language').selectOption(tag);
    const desk = await (await fetch(`${mondo.url}v1/desk`)).json();
    const [{ from, to }] = desk.hours;
    const span = `${await written(page, from, tag, { ...CLOCK, timeZone })} – ${await written(page, to, tag, { ...CLOCK, timeZone })}`;
    const told = page.locator('#welcome .hours');
    await told.getByText(say.hours, { exact: true }).click();
    await told.getByText(span).first().waitFor();
    const days = await told.locator('dt').allInnerTexts();
    assert.equal(new Set(days).size, days.length, 'each day is told once');
    // Before anything is asked, the first line says whether somebody is there, and otherwise from when.
    const presence = page.locator('.presence');
    if (desk.open) await presence.getByText(say.away, { exact: true }).waitFor();
    else {
      const opens = `${await written(page, desk.opens, tag, { weekday: 'long', timeZone })} ${await written(page, desk.opens, tag, { ...CLOCK, timeZone })}`;
      await presence.getByText(say.reachOpens.replace('{time}', opens), { exact: true }).waitFor();
    }
    // The zone is named where it is not the desk's.
    const named = told.getByText(say.hoursZone.replace('{zone}', zone), { exact: true });
    if (zone) await named.waitFor();
    else assert.equal(await told.getByText(say.hoursZone.replace('{zone}', '')).count(), 0);
    await hindersNobody(/** @type {any} */ ({ page }), `the hours in the widget, ${tag}`);
    await visitor.shows(`hours-home-${tag}`);

    await visitor.asks('How long is your shipping?');
    await visitor.asksForPerson(tag === 'zh-Hant' ? tag : /** @type {any} */ (tag.slice(0, 2)), 'please');
    const href = await visitor.banner.getByRole('link').getAttribute('href');
    await page.goto(`${href}?lang=${tag}`);
    await page.getByText(status.hours, { exact: true }).click();
    const week = page.locator('.week time');
    assert.equal(await week.nth(1).innerText(), await written(page, to, tag, { ...CLOCK, timeZone }));
    // Both spans of a day stand in one line.
    const [here, next] = await Promise.all([from, desk.hours[1].from].map((moment) => written(page, moment, 'en', { dateStyle: 'short', timeZone })));
    assert.equal(await page.locator('.week li').first().locator('time').count(), here === next ? 4 : 2);
    assert.equal(await page.locator('.zone').isVisible(), zone !== '');
    if (zone) assert.equal(await page.locator('.zone').innerText(), status.zone.replace('{zone}', zone));
    await hindersNobody(/** @type {any} */ ({ page }), `the hours on the page of a ticket, ${tag}`);
    await visitor.shows(`hours-status-${tag}`);
  });
}

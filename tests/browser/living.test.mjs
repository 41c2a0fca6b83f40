// What a visitor and a person see of each other, and whose a conversation is.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { before } from 'node:test';
import { launch, stopAfter, story, thresholds } from './browser.mjs';
import { Colleague } from './colleague.mjs';
import { startHosts } from './hosts.mjs';
import { BELIEVED, tells } from './monitor.mjs';
import { startServer } from './server.mjs';
import { LANGUAGES, localeOf, TAGS, Visitor, WORDS } from './visitor.mjs';

const QUESTION = 'How long does identity verification take?';
const SECRET = 'a secret of the host long enough to be one';

/** @type {import('./server.mjs').Server} */
let mondo;
/** @type {{ url: string, stop: () => Promise<void> }} */
let hosts;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  mondo = stopAfter(
    await startServer({
      ...thresholds('0', '0'),
      ...BELIEVED,
      MONDO__HTTP__PRESENCE_GRACE_MS: '0',
      MONDO__IDENTITY__MODE: 'optional',
      MONDO__IDENTITY__KEYS: `host:HS256:${SECRET}`,
      MONDO__IDENTITY__AUDIENCE: 'mondo',
    }),
  );
  hosts = stopAfter(await startHosts(mondo.url));
  browser = await launch();
});

const encoded = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as a host's server signs it. @param {string} subject @param {number} [seconds] until it ends */
function tokenOf(subject, seconds = 600) {
  const signed = `${encoded({ alg: 'HS256', kid: 'host' })}.${encoded({ sub: subject, aud: 'mondo', exp: Math.floor(Date.now() / 1000) + seconds })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

/** @param {string} path @param {import('./visitor.mjs').Profile} [profile] */
const at = (path, profile) => () => Visitor.comes(browser, hosts.url, path, profile);

/** Calls a verb of the widget. @param {Visitor} visitor @param {unknown[]} given */
const calls = (visitor, ...given) => visitor.page.evaluate((all) => /** @type {any} */ (window).Mondo(...all), given);

/** What the browser keeps, by subject. @param {Visitor} visitor @returns {Promise<Record<string, any>>} */
const kept = (visitor) =>
  visitor.page.evaluate(() => Object.fromEntries(Object.entries(localStorage).map(([name, text]) => [name.split(':').at(-1) ?? '', JSON.parse(text)])));

/** Opens the bubble, asks, and gives the id of the conversation. @param {Visitor} visitor @param {string} subject */
async function asksAs(visitor, subject) {
  await visitor.page.locator('#launcher').click();
  await visitor.asks(QUESTION);
  return (await kept(visitor))[subject].conversation;
}

for (const language of LANGUAGES) {
  story(`a visitor sees who is there and who writes, and says how it was, in ${language}`, at('plain', { locale: TAGS[language] }), async (visitor) => {
    const { page } = visitor;
    const say = WORDS[language];
    await page.locator('#launcher').waitFor();
    await calls(visitor, 'setLocale', TAGS[language]);
    const id = await asksAs(visitor, '');
    const presence = page.locator('.presence');
    await presence.getByText(say.away, { exact: true }).waitFor();
    const agent = await Colleague.arrives(mondo, `Aoi${language}`);
    await agent.attends();
    await presence.getByText(say.here, { exact: true }).waitFor();

    await visitor.asksForPerson(language, 'please');
    await agent.posts(`${id}/acts`, { act: 'claim' });
    await visitor.seesMessage('system', `Aoi${language}`);
    await visitor.field.pressSequentially('still');
    await agent.hears('typing');
    assert.equal((await agent.reads(id)).visitor_here, true);

    await agent.posts(`${id}/typing`, {});
    await page.getByText(say.typing.replace('{name}', `Aoi${language}`), { exact: true }).waitFor({ state: 'attached' });
    await page.locator('#typing').waitFor();
    await visitor.shows(`typing-${language}`);
    await calls(visitor, 'close');
    await agent.posts(`${id}/messages`, { text: 'One moment.' });
    await page.locator('#launcher .badge', { hasText: '1' }).waitFor();
    await visitor.shows(`unread-${language}`);
    await page.locator('#launcher').click();
    await page.locator('#log > .message.agent', { hasText: 'One moment.' }).waitFor();
    await page.locator('#typing').waitFor({ state: 'hidden' });
    assert.equal(await page.locator('#launcher .badge').innerText(), '', 'looking is reading');

    // The agent hears that it was read; the visitor sees it of the own last message, and of no other.
    await agent.hears('read');
    const whole = await agent.reads(id);
    const newest = whole.messages.findLast((/** @type {any} */ message) => message.author === 'agent').sequence;
    assert.equal(whole.read_by_visitor, newest);
    await visitor.says('…');
    await page.locator('#log > .message.visitor:not(.unsent)', { hasText: '…' }).waitFor();
    assert.equal(await page.locator('#log .read').count(), 0, 'nobody has read it yet');
    await agent.posts(`${id}/read`, { up_to: (await agent.reads(id)).last_event });
    await page.locator('#log > .message.visitor').last().getByText(say.read).waitFor();
    await visitor.shows(`read-${language}`);

    agent.leaves();
    await presence.getByText(say.away, { exact: true }).waitFor();
    await agent.posts(`${id}/acts`, { act: 'close' });
    const how = page.getByRole('group', { name: say.howWasIt });
    await how.getByRole('button', { name: say.howScore.replace('{score}', '5'), exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel(say.howComment).fill('quick');
    await visitor.shows(`satisfaction-${language}`);
    await page.locator('.after').getByRole('button', { name: say.send, exact: true }).click();
    await page.locator('.after').getByText(say.thanks, { exact: true }).waitFor();
    const [given] = (await agent.reads(id)).satisfaction_given;
    assert.deepEqual([given.score, given.comment], [5, 'quick']);

    // Once is enough: it is not asked again after a reload.
    await page.reload();
    await page.locator('#log > .message.agent').waitFor();
    assert.equal(await page.locator('.after').count(), 0);
  });
}

story('the conversation can be taken away as a text', at('plain'), async (visitor) => {
  await asksAs(visitor, '');
  const coming = visitor.page.waitForEvent('download');
  await visitor.page.locator('#talks').click();
  await visitor.page.locator('#download').click();
  const text = await readFile(await (await coming).path(), 'utf8');
  assert.ok(text.includes(QUESTION), text);
  assert.ok(text.includes(WORDS.en.you), text);
});

/** One red point. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

story('files are chosen, dropped and pasted, sent with a message, and shown to nobody else', at('plain'), async (visitor) => {
  const { page } = visitor;
  const id = await asksAs(visitor, '');
  const choosing = page.waitForEvent('filechooser');
  await page.locator('#attach').press('Enter');
  await (await choosing).setFiles({ name: 'screen.png', mimeType: 'image/png', buffer: PICTURE });
  const waiting = page.locator('#files .file');
  await waiting.getByText(WORDS.en.fileReady).waitFor();
  for (const [kind, name] of /** @type {const} */ ([['drop', 'dropped.png'], ['paste', 'pasted.png']])) {
    await page.locator('#panel').evaluate(
      (panel, [type, file, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], file, { type: 'image/png' }));
        const details = { bubbles: true, cancelable: true };
        panel.dispatchEvent(type === 'drop' ? new DragEvent(type, { ...details, dataTransfer: data }) : new ClipboardEvent(type, { ...details, clipboardData: data }));
      },
      /** @type {const} */ ([kind, name, PICTURE.toString('base64')]),
    );
    await waiting.filter({ hasText: name }).getByText(WORDS.en.fileReady).waitFor();
  }
  await visitor.shows('files-waiting');
  await page.getByRole('button', { name: WORDS.en.fileRemove.replace('{name}', 'pasted.png'), exact: true }).click();
  assert.equal(await waiting.count(), 2);
  await visitor.says('');
  await page.locator('#trouble').getByText(WORDS.en.fileNeedsText).waitFor();
  await visitor.asks('How long does identity verification take with this?');
  assert.ok(await page.locator('#files').isHidden());
  const shown = page.locator('#log > .message.visitor .files .file');
  await shown.locator('img').nth(1).waitFor();
  assert.deepEqual(await shown.locator('.name').allInnerTexts(), ['screen.png', 'dropped.png']);
  await visitor.shows('files-sent');
  const whole = await page.evaluate(async ([server, name]) => {
    const kept = JSON.parse(Object.values(localStorage)[0]);
    const response = await fetch(`${server}v1/conversations/${name}`, { headers: { 'mondo-visitor': kept.secret } });
    return response.json();
  }, [mondo.url, id]);
  const [file] = whole.messages.flatMap((/** @type {any} */ message) => message.attachments);
  assert.equal((await fetch(new URL(file.address, mondo.url))).status, 404, 'the address alone opens nothing');
});

const phone = { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true };
story('a picture is taken with the camera of a phone and sent', at('plain', phone), async (visitor) => {
  const { page } = visitor;
  await page.locator('#launcher').click();
  const snap = page.getByRole('button', { name: WORDS.en.camera, exact: true });
  const taking = page.waitForEvent('filechooser');
  await snap.click();
  const chooser = await taking;
  assert.ok(!chooser.isMultiple(), 'a camera takes one picture');
  const asked = await chooser.element().evaluate((node) => [node.getAttribute('capture'), node.getAttribute('accept')]);
  assert.deepEqual(asked, ['environment', 'image/*'], 'the camera opens, and not the gallery');
  await chooser.setFiles({ name: 'camera.png', mimeType: 'image/png', buffer: PICTURE });
  await page.locator('#files .file', { hasText: 'camera.png' }).getByText(WORDS.en.fileReady).waitFor();
  await visitor.shows('camera');
  await visitor.asks(QUESTION);
  const shown = page.locator('#log > .message.visitor .files .file');
  await shown.locator('img').waitFor();
  assert.deepEqual(await shown.locator('.name').allInnerTexts(), ['camera.png']);
  // The same picture can be taken again: the field was emptied.
  assert.equal(await page.locator('#composer input[capture]').inputValue(), '');
});

story('where a mouse points there is no camera to tap', at('plain'), async (visitor) => {
  await visitor.page.locator('#launcher').click();
  await visitor.page.locator('#attach').waitFor();
  assert.ok(await visitor.page.locator('#snap').isHidden());
});

story(
  'a file that cannot be sent says why, and is taken away again',
  at('plain'),
  async (visitor) => {
    const { page } = visitor;
    await page.locator('#launcher').click();
    await page.locator('#picker').setInputFiles({ name: 'tool.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ\0\0\0\0') });
    await page.locator('#files .failed').waitFor();
    await visitor.shows('files-refused');
    await page.getByRole('button', { name: WORDS.en.fileRemove.replace('{name}', 'tool.exe'), exact: true }).click();
    assert.ok(await page.locator('#files').isHidden());
  },
  /status of 4\d\d/,
);

story('another account sees nothing, on the page or by its own requests', at('plain'), async (visitor) => {
  await visitor.page.locator('#launcher').waitFor();
  await calls(visitor, 'setUser', tokenOf('one'));
  const id = await asksAs(visitor, 'one');
  assert.equal((await kept(visitor)).one.secret, null, 'an account needs no secret');
  const two = await fetch(`${mondo.url}v1/conversations/${id}`, { headers: { authorization: `Bearer ${tokenOf('two')}` } });
  assert.equal(two.status, 404);
  assert.equal((await fetch(`${mondo.url}v1/conversations/${id}`)).status, 404);
  await calls(visitor, 'setUser', tokenOf('two'));
  await visitor.page.locator('#welcome').waitFor();
  assert.equal(await visitor.log.locator('> .message').count(), 0);
  await calls(visitor, 'setUser', tokenOf('one'));
  await visitor.seesMessage('visitor', QUESTION);
});

story('whoever signs in goes on with what they began before, and leaves nothing behind', at('plain'), async (visitor) => {
  const id = await asksAs(visitor, '');
  const { secret } = (await kept(visitor))[''];
  assert.ok(secret.length >= 32);
  await calls(visitor, 'setUser', tokenOf('three'));
  await visitor.page.waitForFunction(() => Object.entries(localStorage).some(([name, text]) => name.endsWith(':three') && JSON.parse(text).conversation));
  await visitor.seesMessage('visitor', QUESTION);
  const all = await kept(visitor);
  assert.equal(all.three.conversation, id);
  assert.equal(all[''].conversation, null);
  const by = await fetch(`${mondo.url}v1/conversations/${id}`, { headers: { 'mondo-visitor': secret } });
  assert.equal(by.status, 404, 'the secret is worth nothing any more');
  await calls(visitor, 'setUser', null);
  await visitor.page.locator('#welcome').waitFor();
  assert.equal(await visitor.log.locator('> .message').count(), 0);
});

story(
  'a token that has ended is asked for again, once',
  at('bare'),
  async (visitor) => {
    const { page } = visitor;
    await page.exposeFunction('freshToken', () => tokenOf('four'));
    await page.addScriptTag({ url: `${mondo.url}widget/v1/widget.js` });
    await page.evaluate((token) => {
      const all = /** @type {any} */ (window);
      all.asked = 0;
      all.Mondo('update', {
        token,
        refreshToken: async () => {
          all.asked += 1;
          return all.freshToken();
        },
      });
    }, tokenOf('four', -3600));
    const id = await asksAs(visitor, 'four');
    assert.ok(id);
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).asked), 1);
  },
  /status of 401/,
);

story('a line beside the launcher comes once, where it is wanted, and goes when it is not', at('bare'), async (visitor) => {
  const { page } = visitor;
  /** @param {Record<string, string>} options */
  const boots = async (options) => {
    await page.evaluate((all) => /** @type {any} */ (window).Mondo?.('shutdown'), options);
    await page.addScriptTag({ url: `${mondo.url}widget/v1/widget.js` });
    await page.evaluate((all) => {
      const { Mondo } = /** @type {any} */ (window);
      Mondo('shutdown');
      Mondo('boot', all);
    }, options);
    await page.locator('#launcher').waitFor();
  };
  // Nobody asked for it, so nothing but the launcher is fetched.
  await boots({});
  await boots({ nudgeOn: '*/pricing*' });
  assert.equal(await page.locator('mondo-chat').evaluate((node) => node.shadowRoot?.querySelectorAll('.panel').length), 0);

  await page.emulateMedia({ reducedMotion: 'reduce' });
  await boots({ nudgeOn: '*/bare', nudge: 'Questions about fees?' });
  const line = page.locator('.nudge');
  await line.getByRole('button', { name: 'Questions about fees?' }).waitFor();
  assert.equal(await line.evaluate((node) => getComputedStyle(node).animationName), 'none');
  await visitor.shows('nudge');
  await line.getByRole('button', { name: WORDS.en.dismiss }).focus();
  await page.keyboard.press('Enter');
  await line.waitFor({ state: 'detached' });
  assert.equal((await kept(visitor))[''].nudged, true);

  // It was seen; on the next page nothing is loaded for it.
  await page.reload();
  await page.addScriptTag({ url: `${mondo.url}widget/v1/widget.js` });
  const isLoading = await page.evaluate(() => {
    const chat = document.createElement('mondo-chat');
    chat.setAttribute('mode', 'bubble');
    chat.dataset.nudgeOn = '*/bare';
    document.body.append(chat);
    // Timers run in order, so one that was set for it has run before this one.
    return new Promise((done) => setTimeout(() => done('loading' in chat && chat.loading !== undefined)));
  });
  assert.equal(isLoading, false);
});

for (const tag of ['en', 'zh-Hans', 'zh-Hant', 'ja', 'ko']) {
  story(`after a while a line is offered in ${tag}, once`, at('bare', { locale: tag }), async (visitor) => {
    const { page } = visitor;
    const say = localeOf(tag).widget;
    await page.clock.install();
    const boots = async () => {
      await page.addScriptTag({ url: `${mondo.url}widget/v1/widget.js` });
      await page.evaluate((locale) => {
        const { Mondo } = /** @type {any} */ (window);
        Mondo('shutdown');
        Mondo('boot', { locale, nudgeAfter: '30' });
      }, tag);
      await page.locator('#launcher').waitFor();
    };
    await boots();
    const panels = () => page.locator('mondo-chat').evaluate((node) => node.shadowRoot?.querySelectorAll('.panel, .nudge').length);
    await page.clock.pauseAt(new Date(Date.now() + 20_000));
    assert.equal(await panels(), 0, 'not before its time');
    await page.clock.runFor(30_000);
    const line = page.locator('.nudge').getByRole('button', { name: say.greeting, exact: true });
    await line.waitFor();
    assert.equal(await page.locator('.nudge').getAttribute('lang'), tag);
    assert.ok(await page.locator('#panel').isHidden(), 'it opens nothing by itself');
    await visitor.shows(`nudge-${tag}`);
    // Taken up, it leads to the conversation, and is gone.
    await line.click();
    await page.locator('#welcome').waitFor();
    assert.equal(await page.locator('.nudge').count(), 0);
    await calls(visitor, 'close');
    await page.clock.runFor(120_000);
    assert.equal(await page.locator('.nudge').count(), 0, 'once is enough');
  });

  const narrow = { locale: tag, viewport: { width: 360, height: 640 } };
  story(`a visitor at 360 px is told of an incident and who is there in ${tag}`, at('plain', narrow), async (visitor) => {
    const { page } = visitor;
    const say = localeOf(tag).widget;
    await page.locator('#launcher').click();
    // The visitor's own choice, which outlives the page.
    await page.locator('#language').selectOption(tag);
    await page.locator(`#panel[lang=${tag}]`).waitFor();
    await visitor.asks(QUESTION);
    const presence = page.locator('.presence');
    await presence.getByText(say.away, { exact: true }).waitFor();
    const lines = await presence.evaluate((node) => node.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(node).lineHeight));
    assert.ok(lines < 1.5, `the line who is there takes ${lines} lines`);
    await visitor.scrollsOnlyDown('the header');

    const notices = page.locator('.notices p');
    assert.equal(await notices.count(), 0, 'a calm day');
    const texts = { en: `Withdrawals are late (${tag}).`, zh: `提现延迟（${tag}）。`, ja: `出金が遅れております（${tag}）。`, ko: `출금이 지연되고 있습니다(${tag}).` };
    const incident = `INC-${tag}`;
    const until = (/** @type {number} */ seconds) => new Date(Date.now() + seconds * 1000).toISOString();
    const expected = { 'zh-Hans': texts.zh, 'zh-Hant': `提領延遲（${tag}）。`, en: texts.en, ja: texts.ja, ko: texts.ko }[tag] ?? '';
    await tells(mondo.url, { begin: { incident, texts, expires: until(3600) } });
    // The stream of the conversation tells it, long before the next look.
    await notices.getByText(expected, { exact: true }).waitFor();
    assert.equal(await notices.getAttribute('lang'), tag);
    await visitor.shows(`surge-widget-${tag}`);
    await visitor.scrollsOnlyDown('the notice');

    // Whoever opens the panel meanwhile sees it at once, and in another language after a change.
    await page.locator('#close').click();
    await page.reload();
    await page.locator('#launcher').click();
    await notices.getByText(expected, { exact: true }).waitFor();
    await page.locator('#language').selectOption(tag === 'en' ? 'ja' : 'en');
    await notices.getByText(tag === 'en' ? texts.ja : texts.en, { exact: true }).waitFor();
    await page.locator('#language').selectOption(tag);
    await notices.getByText(expected, { exact: true }).waitFor();
    await tells(mondo.url, { end: incident });
    await notices.waitFor({ state: 'detached' });

    // One that nobody ends is over by itself.
    await tells(mondo.url, { begin: { incident, texts, expires: until(3600) } });
    await notices.waitFor();
    await tells(mondo.url, { begin: { incident, texts, expires: until(2) } });
    await notices.waitFor({ state: 'detached' });
  });
}

story('a visitor who has not said anything is told of an incident too, and when it is over', at('plain'), async (visitor) => {
  const { page } = visitor;
  await page.clock.install();
  await page.reload();
  const texts = { en: 'Deposits are late.', zh: '充值延迟。', ja: '入金が遅れております。', ko: '입금이 지연되고 있습니다.' };
  await tells(mondo.url, { begin: { incident: 'INC-silent', texts, expires: new Date(Date.now() + 3_600_000).toISOString() } });
  await page.locator('#launcher').click();
  await page.locator('.notices').getByText(texts.en, { exact: true }).waitFor();
  await tells(mondo.url, { end: 'INC-silent' });
  await page.clock.runFor(61_000);
  await page.locator('.notices p').waitFor({ state: 'detached' });
});

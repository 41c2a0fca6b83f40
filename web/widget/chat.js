// @ts-check
// The chat: one state, one render, and what a visitor or the host can do.

import { Api, Refused } from './api.js';
import { drawLauncher, Frame } from './frame.js';
import { Keeper, subjectOf } from './keeper.js';
import { Live } from './live.js';
import { renderLog } from './log.js';
import { Outbox } from './outbox.js';
import { drawOptions } from './view.js';
import { wire } from './wire.js';
import { fetchWords, filled, firstServed, localeOf } from './words.js';

/** @typedef {import('./api.js').Message} Message */
/** @typedef {import('./words.js').Locale} Locale */
/** @typedef {import('./words.js').Words} Words */
/** @typedef {import('./view.js').Scene} Scene */
/** @typedef {HTMLElement & { options: Record<string, any> }} Host the element of the loader */
/** @typedef {{ server: string, files: string, emit: (name: string, detail?: unknown) => void, isLeftOpen: () => boolean, leaveOpen: (open: boolean) => void }} World */

/** Gives the chat once it can be seen. @param {Host} host @param {World} world */
export async function start(host, world) {
  const chat = new Chat(host, world);
  await chat.begin();
  return chat;
}

export class Chat {
  /** @type {Words} */
  words = /** @type {any} */ (null);
  /** @type {Locale} */
  locale = 'en';
  /** @type {import('./api.js').Welcome} */
  welcome = { name: '', starters: [] };
  isOpen = false;
  responder = 'bot';
  /** @type {import('./api.js').Ticket | null} */
  ticket = null;
  /** @type {Map<string, Message>} */
  messages = new Map();
  /** @type {Map<string, string>} */
  ratings = new Map();
  /** How satisfied the visitor was since the conversation was closed. @type {number | null} */
  satisfaction = null;
  /** Whether somebody is at the desk, before there is a conversation. @type {{ sentence: string, here: boolean } | null} */
  desk = null;
  /** Number of the newest event that a person has read. */
  read = 0;
  /** @type {string | null} */
  trouble = null;
  unread = 0;
  /** What was said in earlier conversations since the visitor left them. */
  elsewhere = 0;
  unwire = () => {};
  /** The locale the host last asked for. @type {Locale | null} */
  wished = null;
  /** @type {string | null} */
  token = null;
  /** Counts the conversations begun, so that a late reply of an old one is left alone. */
  age = 0;

  /** @param {Host} host @param {World} world */
  constructor(host, world) {
    this.host = host;
    this.world = world;
    this.mode = /** @type {'bubble' | 'inline' | 'page'} */ (host.getAttribute('mode'));
    this.root = /** @type {ShadowRoot} */ (host.shadowRoot);
    this.launcher = /** @type {HTMLElement | null} */ (this.root.querySelector('#launcher'));
    this.api = new Api(world.server, () => this.locale, (again) => this.tokenFor(again), () => this.keeper.kept.secret);
    this.keeper = new Keeper(world.server, '');
    this.outbox = new Outbox(this);
    this.live = new Live(this);
    this.frame = new Frame(this.mode);
    this.brand = new CSSStyleSheet();
    // Whoever goes on to another page finds the panel as it was; on a phone it would cover that page.
    this.isOpen = this.mode !== 'bubble' || (world.isLeftOpen() && innerWidth > 480);
  }

  async begin() {
    const css = fetch(`${this.world.files}chat.css`, { credentials: 'omit' }).then((response) => response.text());
    await this.identify();
    this.wished = localeOf(this.host.options.locale);
    await this.speak();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await css);
    this.root.adoptedStyleSheets = [...this.root.adoptedStyleSheets, sheet, this.brand];
    await this.dress();
    this.unwire = wire(this);
    this.frame.panel.hidden = !this.isOpen;
    this.host.toggleAttribute('open', this.isOpen && this.mode === 'bubble');
    // What was begun before the chat was there goes on in it.
    this.frame.text.value = this.host.querySelector('textarea')?.value ?? '';
    this.root.querySelector('slot')?.remove();
    this.root.append(this.frame.panel);
    this.render();
    if (this.mode === 'page') this.frame.text.focus();
    await Promise.all([this.greet(), this.resume()]);
    this.lookBack();
    this.outbox.flush();
  }

  // ---- who and how

  /** Learns who the visitor is; another account gets another conversation. */
  async identify() {
    this.token = null;
    const token = await this.tokenFor(false);
    const keeper = new Keeper(this.world.server, subjectOf(token));
    if (keeper.name === this.keeper.name) return;
    const before = new Keeper(this.world.server, '');
    this.keeper = keeper;
    const { conversation, secret } = before.kept;
    if (!token || !conversation || !secret || keeper.kept.conversation) return;
    // Whoever signs in goes on with what they began before.
    try {
      await this.api.claim(conversation, secret);
    } catch {
      // It stays with the anonymous visitor.
      return;
    }
    const talks = before.kept.earlier.map((talk) => this.api.claim(talk.conversation, talk.secret ?? '').then(() => ({ ...talk, secret: null }), () => null));
    const earlier = (await Promise.all(talks)).filter((talk) => talk !== null);
    keeper.keep({ ...before.kept, earlier: [...earlier, ...keeper.kept.earlier], secret: null });
    before.forget();
  }

  /** @type {Promise<unknown> | null} a token on its way: whoever asks meanwhile waits for the same one */
  asking = null;

  /** Gives the host's token for the visitor; another one when the last was refused. @param {boolean} refused */
  async tokenFor(refused) {
    const { user, token, refreshToken } = this.host.options;
    if (this.token && !refused) return this.token;
    const given = (refused && refreshToken) || (user ?? token ?? refreshToken);
    if (!given) return null;
    const ask = typeof given === 'function' ? given : typeof given.getToken === 'function' ? () => given.getToken() : () => given.token ?? given;
    this.asking ??= Promise.resolve()
      .then(ask)
      .finally(() => (this.asking = null));
    const fresh = await this.asking;
    this.token = typeof fresh === 'string' ? fresh : null;
    return this.token;
  }

  /** Fetches and puts on the words of the locale: the host's wish, the visitor's choice, the page, the browser. */
  async speak() {
    const { options } = this.host;
    this.locale = firstServed([this.keeper.kept.locale, options.locale, this.host.lang, document.documentElement.lang, ...navigator.languages]);
    this.words = await fetchWords(this.world.files, this.locale);
    this.frame.speak(this.words, this.locale, this.welcome.name);
    if (this.launcher) this.launcher.lang = this.locale;
    // In the same step, so that nobody sees an empty conversation: what was drawn in the old language is drawn again.
    this.redraw();
  }

  async dress() {
    const { options } = this.host;
    if (options.theme) this.host.setAttribute('theme', options.theme);
    const { logo } = this.frame;
    logo.hidden = !options.logo;
    if (options.logo) logo.src = options.logo;
    // Few sites choose a colour; without its sheet the panel has its own.
    const theme = options.color && (await import('./theme.js').catch(() => null));
    this.brand.replaceSync(theme && options.color ? theme.brandSheet(options.color) : '');
  }

  async greet() {
    this.live.heed();
    try {
      this.welcome = await this.api.welcome(this.host.options.article ?? '');
    } catch {
      // Without it there are no examples; everything else works.
      return;
    }
    this.frame.speak(this.words, this.locale, this.welcome.name);
    if (this.welcome.starters.length > 0) this.frame.starters.replaceChildren(drawOptions(this.welcome.starters, this.scene()));
    this.redraw();
  }

  /** Goes on with the conversation that was kept. */
  async resume() {
    const id = this.keeper.kept.conversation;
    if (!id) return;
    const { age } = this;
    try {
      const conversation = await this.api.read(id);
      if (age !== this.age) return;
      this.responder = conversation.state;
      this.ticket = conversation.ticket;
      this.satisfaction = conversation.satisfaction;
      this.read = conversation.read_by_staff;
      this.live.early = [];
      conversation.messages.forEach((message) => this.keep(message));
      this.count();
      this.live.follow(id, conversation.last_event);
    } catch (error) {
      if (age !== this.age) return;
      const isGone = error instanceof Refused && error.status === 404;
      if (isGone) this.keeper.keep({ conversation: null, secret: null, live: false });
      // Reconnecting brings the whole conversation.
      else this.live.follow(id, 0);
    }
    this.render();
  }

  // ---- drawing

  /** @returns {Scene} */
  scene() {
    return {
      words: this.words,
      locale: this.locale,
      name: this.welcome.name,
      server: this.world.server,
      choose: (option) => this.say({ article: option.article }, option.title),
      person: () => this.askForPerson(),
      details: async (collect) => (await import('./people.js')).askForDetails(this, collect),
      rate: (message, rating, reason) => this.rate(message, rating, reason),
      ratingOf: (message) => this.ratings.get(message),
      files: async (attachments) => (await import('./files.js')).drawFiles(this, attachments),
      readHtml: async (article, language) => (await this.api.article(article, language)).html,
    };
  }

  redraw() {
    this.frame.log.replaceChildren();
    this.render();
  }

  render() {
    const { frame, words, messages, outbox, ticket, live } = this;
    const say = words.widget;
    frame.welcome.hidden = messages.size > 0 || outbox.entries.length > 0;
    if (!frame.welcome.hidden && this.isOpen) import('./hours.js').then(({ tellHours }) => tellHours(this));
    const withPerson = this.isWithPeople();
    frame.typing.hidden = !live.writer && (!outbox.isSending || withPerson);
    frame.tellTyping(live.writer ? filled(say.typing, { name: live.writer }) : say.searching);
    const desk = frame.welcome.hidden ? null : this.desk;
    if (live.here === null) frame.tellPresence(desk?.sentence ?? null, desk?.here ?? false);
    else frame.tellPresence(live.here ? say.here : say.away, live.here);
    const isUnreachable = this.responder === 'queued' && live.here === false && ticket?.reachable === false;
    if (this.responder === 'closed' && this.satisfaction === null) import('./after.js').then(({ askHowItWas }) => askHowItWas(this));
    else if (isUnreachable) import('./reach.js').then(({ askWhereToWrite }) => askWhereToWrite(this));
    else if (this.responder === 'bot' || !frame.after.querySelector('.told')) frame.after.replaceChildren();
    frame.person.hidden = withPerson;
    frame.talks.hidden = messages.size === 0 && this.keeper.kept.earlier.length === 0;
    frame.tellTalks(say, this.elsewhere);
    frame.tellField(withPerson ? say.message : say.placeholder);
    const page = ticket?.link ? new URL(ticket.link.slice(1), this.world.server).href : undefined;
    if (this.responder === 'closed') frame.tellTicket(say.closed);
    else if (this.responder === 'agent') frame.tellTicket(say.withAgent + (ticket ? ` ${ticket.number}` : ''), ticket?.number, page);
    else frame.tellTicket(withPerson && ticket ? filled(say.ticket, { number: ticket.number }) : null, ticket?.number, page);
    if (this.responder === 'queued' || frame.main.querySelector('#place')) import('./place.js').then(({ tellPlace }) => tellPlace(this));
    frame.tellTrouble(this.trouble ?? (live.connected ? null : say.reconnecting));
    renderLog(this);
    if (this.responder !== 'bot') import('./read.js').then(({ tellRead }) => tellRead(this));
    drawLauncher(this.launcher, words, this.isOpen, this.unread);
  }

  /** Tells whether people answer, now or once one is free. */
  isWithPeople() {
    return this.responder === 'queued' || this.responder === 'agent';
  }

  // ---- what a visitor does

  async askForPerson() {
    (await import('./people.js')).askForPerson(this);
  }

  /** @param {import('./api.js').Said} said @param {string} shown */
  say(said, shown) {
    this.trouble = null;
    this.outbox.add(said, shown);
    this.frame.text.focus();
  }

  /**
   * Does something in the conversation, which is opened first when there is none, or none any more.
   * @template T
   * @param {(id: string) => Promise<T>} act
   * @returns {Promise<T>}
   */
  async inConversation(act) {
    const kept = this.keeper.kept.conversation;
    if (!kept) return act(await this.openConversation());
    try {
      return await act(kept);
    } catch (error) {
      const isGone = error instanceof Refused && error.status === 404 && this.messages.size === 0;
      if (!isGone) throw error;
      return act(await this.openConversation());
    }
  }

  /** Keys stay until they succeed, so that a retry opens no second conversation or ticket. */
  openKey = '';
  handoverKey = '';

  async openConversation() {
    const { age } = this;
    this.openKey ||= this.outbox.freshKey();
    const opened = await this.api.open(this.openKey, this.surface());
    if (age !== this.age) throw new Superseded();
    this.openKey = '';
    this.keeper.keep({ conversation: opened.id, secret: opened.visitor_secret, seen: opened.last_event, live: false });
    this.live.follow(opened.id, opened.last_event);
    return opened.id;
  }

  /** Files that wait beside the field. @type {{ id: string, name: string, chip: HTMLElement }[]} */
  files = [];

  dropFiles() {
    this.files = [];
    this.frame.files.replaceChildren();
    this.frame.files.hidden = true;
  }

  /** Which of the places the chat stands in, so that they can be told apart. */
  surface() {
    const { surface } = this.host.options;
    return this.mode === 'page' ? 'page' : ['app', 'help'].includes(surface) ? surface : 'widget';
  }

  /** Where the visitor asks; what follows the path may be theirs alone. */
  context() {
    const { article } = this.host.options;
    return { ...(article ? { article } : {}), url: location.origin + location.pathname, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  }

  /** @param {Message} message */
  keep(message) {
    if (this.messages.has(message.id)) return;
    this.messages.set(message.id, message);
    // The server has taken what seemed to have failed: only its reply was lost.
    if (message.author === 'visitor') this.outbox.arrived(message.text);
  }

  /** Counts what a person or the desk said since the visitor last looked. */
  count() {
    const newest = Math.max(0, ...Array.from(this.messages.values(), (message) => message.sequence));
    const live = this.isWithPeople();
    if (this.isOpen) this.keeper.keep({ seen: Math.max(newest, this.keeper.kept.seen), live });
    else this.keeper.keep({ live });
    const { seen } = this.keeper.kept;
    const fromOthers = [...this.messages.values()].filter((message) => message.author !== 'visitor' && message.sequence > seen);
    const unread = this.isOpen ? 0 : fromOthers.length + this.elsewhere;
    if (unread === this.unread) return;
    this.unread = unread;
    const title = document.title.replace(/^\(\d+\) /, '');
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
    this.world.emit('unread', { count: unread });
  }

  /** @param {import('./api.js').Exchange} exchange */
  take(exchange) {
    this.responder = exchange.state;
    this.ticket = exchange.ticket ?? this.ticket;
    for (const message of [exchange.question, ...(exchange.reply ? [exchange.reply] : []), ...exchange.notes]) this.keep(message);
    this.count();
    this.world.emit('message', exchange.question);
    const reply = exchange.reply?.reply;
    if (reply) this.world.emit(exchange.ticket && reply.decision === 'escalate' ? 'escalated' : 'answer', reply);
  }

  /** @param {string} message @param {'helpful' | 'not_helpful'} rating @param {string} [reason] */
  async rate(message, rating, reason) {
    const id = this.keeper.kept.conversation;
    if (!id) return;
    await this.api.rate(id, message, { rating, ...(reason ? { reason } : {}) });
    this.ratings.set(message, rating);
    this.world.emit('feedback', { message, rating, reason });
  }

  inOrder() {
    return [...this.messages.values()].sort((one, other) => one.sequence - other.sequence);
  }

  /** What staff will need, by the newest reply. */
  collect() {
    return this.inOrder().findLast((message) => message.reply)?.reply?.collect ?? [];
  }

  /** @param {unknown} error */
  sentenceOf(error) {
    return error instanceof Refused && error.message ? error.message : this.words.widget.offline;
  }

  /** Leaves the conversation, which can be gone back to, and begins another. */
  beginAgain() {
    this.forget();
    this.keeper.setAside();
    this.redraw();
    this.frame.text.focus();
  }

  /** Goes back to an earlier conversation. @param {import('./keeper.js').Talk} talk */
  async goTo(talk) {
    this.forget();
    this.keeper.setAside(talk);
    this.redraw();
    await this.resume();
    this.lookBack();
    this.frame.text.focus();
  }

  /** Looks whether something was said in the conversations that were left while people were to answer. */
  lookBack() {
    if (this.keeper.kept.earlier.some((talk) => talk.live)) import('./talks.js').then(({ lookBack }) => lookBack(this));
    else this.elsewhere = 0;
  }

  forget() {
    this.age += 1;
    this.live.forget();
    this.dropFiles();
    Object.assign(this, { responder: 'bot', ticket: null, satisfaction: null, trouble: null, unread: 0, read: 0, openKey: '', handoverKey: '' });
    this.messages.clear();
    this.ratings.clear();
    this.frame.log.replaceChildren();
    this.outbox.clear();
    this.root.querySelector('.sheet')?.remove();
    this.frame.main.inert = false;
  }

  // ---- what the host does

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    this.world.leaveOpen(true);
    this.host.setAttribute('open', '');
    this.root.querySelector('.nudge')?.remove();
    this.frame.panel.hidden = false;
    this.live.heed();
    this.count();
    this.render();
    this.frame.text.focus();
    this.world.emit('open');
  }

  close() {
    if (!this.isOpen || this.mode !== 'bubble') return;
    this.isOpen = false;
    this.world.leaveOpen(false);
    this.host.removeAttribute('open');
    this.frame.panel.hidden = true;
    this.render();
    this.launcher?.focus();
    this.world.emit('close');
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  /** Puts a question into the field; the visitor sends it. @param {string} text */
  ask(text) {
    this.open();
    this.frame.text.value = text;
    this.frame.fitText();
    this.frame.text.focus();
  }

  /** Shows a line beside the launcher, once. */
  async nudge() {
    if (this.isOpen || this.messages.size > 0 || this.keeper.kept.nudged) return;
    const { showNudge } = await import('./nudge.js');
    showNudge(this);
  }

  /** Follows the host's settings; another account never sees what was there. */
  async update() {
    this.dress();
    const before = this.keeper.name;
    await this.identify();
    if (this.keeper.name !== before) {
      this.forget();
      await this.resume();
      this.outbox.flush();
    }
    const wanted = localeOf(this.host.options.locale);
    if (wanted && wanted !== this.wished) this.keeper.keep({ locale: wanted });
    this.wished = wanted;
    await this.speak();
    await this.greet();
  }

  stop() {
    this.forget();
    this.live.stop();
    // What is still on its way must not write into a storage that was wiped.
    this.keeper.keep = () => {};
    this.unwire();
    this.frame.panel.remove();
  }
}

/** A conversation that was left while it was being opened. */
export class Superseded extends Error {}

// @ts-check
// The loader: one global, one element, the launcher. Everything else is fetched when a visitor first reaches for it.
// The words in percent signs are put in when the binary is built.

(() => {
  const page = /** @type {any} */ (window);
  const early = page.Mondo;
  // A second script tag finds the first one at work.
  if (early?.version) return;

  const VERSION = '%VERSION%';
  /** @type {Record<string, string>} */
  const OPEN = JSON.parse('%OPEN%');
  const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
  const server = String(script?.src || early?.from || location.href).replace(/widget\/v1\/.*$/, '');
  const files = `${server}widget/v1/${VERSION}/`;

  const SHEET = `
:host { all: initial !important; direction: ltr !important; display: block !important; box-sizing: border-box !important; color-scheme: light dark; }
:host([hidden]) { display: none !important; }
:host([mode=bubble]) { position: fixed !important; inset: auto 20px 20px auto !important; z-index: var(--mondo-z-index, 2147483647) !important; }
:host([mode=bubble][side=left]) { inset: auto auto 20px 20px !important; }
:host([mode=inline]) { width: 100% !important; max-width: 100% !important; height: var(--mondo-height, 600px) !important; }
:host([mode=page]) { width: 100% !important; height: 100% !important; }
#launcher { all: initial; position: relative; display: grid; place-items: center; box-sizing: border-box; width: 56px; height: 56px; border: 2px solid var(--mondo-edge, transparent); border-radius: 50%; background: var(--mondo-accent, #0f6f67); color: var(--mondo-accent-ink, #fff); box-shadow: 0 4px 16px #0004; cursor: pointer; }
#launcher:focus-visible { outline: 3px solid var(--mondo-accent-text, var(--mondo-accent, #0f6f67)); outline-offset: 3px; }
#launcher svg { width: 28px; height: 28px; }
@media print { :host([mode=bubble]) { display: none !important; } }
@media (forced-colors: active) { #launcher { border-color: ButtonText; } }`;

  /** @type {Map<string, Set<(detail: any) => void>>} */
  const heard = new Map();
  /** @type {MondoChat | null} */
  let current = null;

  /** @param {Element} element @param {string} name @param {unknown} [detail] */
  const emit = (element, name, detail) => {
    for (const hear of heard.get(name) ?? []) {
      // One listener's fault is not another's.
      try {
        hear(detail);
      } catch (fault) {
        reportError(fault);
      }
    }
    element.dispatchEvent(new CustomEvent(`mondo:${name}`, { detail, bubbles: true, composed: true }));
  };

  const LEFT_OPEN = `mondo:${server}:open`;
  /** Whether the panel was open on the page before, in this tab. */
  const isLeftOpen = () => {
    try {
      return sessionStorage.getItem(LEFT_OPEN) === '1';
    } catch {
      return false;
    }
  };
  /** @param {boolean} open */
  const leaveOpen = (open) => {
    try {
      sessionStorage.setItem(LEFT_OPEN, open ? '1' : '');
    } catch {
      // A sandboxed frame has no storage.
    }
  };

  /** Gives names in storage that belong to this server. */
  const kept = () => {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(`mondo:${server}:`));
    } catch {
      return [];
    }
  };

  class MondoChat extends HTMLElement {
    /** @type {Record<string, any>} */
    options = {};
    /** @type {any} what does the talking, once it is loaded */
    chat = null;
    /** @type {Promise<any> | undefined} */
    loading;

    connectedCallback() {
      current ??= this;
      if (this.shadowRoot) return;
      this.options = { ...this.dataset, ...this.options };
      for (const name of ['mode', 'side']) if (this.options[name]) this.setAttribute(name, this.options[name]);
      if (!this.hasAttribute('mode')) this.setAttribute('mode', 'inline');
      const root = this.attachShadow({ mode: 'open' });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(SHEET);
      root.adoptedStyleSheets = [sheet];
      if (this.getAttribute('mode') !== 'bubble') {
        // What the page has put here is shown until there is something better.
        root.append(document.createElement('slot'));
        this.load();
        return;
      }
      // The top layer lies above every z-index.
      this.popover = 'manual';
      this.showPopover?.();
      const launcher = document.createElement('button');
      launcher.id = 'launcher';
      launcher.part.add('launcher');
      launcher.type = 'button';
      const wanted = [this.options.locale, document.documentElement.lang, ...navigator.languages].map((tag) => tag?.toLowerCase() ?? '');
      const tags = Object.keys(OPEN);
      const traditional = (/** @type {string} */ tag) => /^(zh-(hant|tw|hk|mo)|yue)/.test(tag);
      const fits = (/** @type {string} */ tag) => (traditional(tag) ? 'zh-Hant' : tags.find((known) => known.slice(0, 2) === tag.slice(0, 2)));
      const locale = wanted.map(fits).find((tag) => tag) ?? 'en';
      launcher.lang = locale;
      launcher.setAttribute('aria-label', OPEN[locale]);
      launcher.setAttribute('aria-expanded', 'false');
      launcher.setAttribute('aria-haspopup', 'dialog');
      const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      svg.setAttribute('viewBox', '0 0 24 24');
      svg.setAttribute('aria-hidden', 'true');
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', 'M12 3c5 0 9 3.4 9 7.7s-4 7.7-9 7.7c-.9 0-1.8-.1-2.6-.3L4.5 21l.9-4.4C3.9 15.2 3 13 3 10.7 3 6.4 7 3 12 3z');
      path.setAttribute('fill', 'currentColor');
      svg.append(path);
      launcher.append(svg);
      launcher.onclick = () => this.load().then((chat) => chat?.toggle());
      root.append(launcher);
      const { nudgeAfter, nudgeOn } = this.options;
      // A pattern of addresses: * stands for anything, as in */pricing*.
      const parts = nudgeOn?.split('*').map((/** @type {string} */ part) => part.replace(/[^\w]/g, '\\$&'));
      const isPlace = !parts || new RegExp(`^${parts.join('.*')}$`).test(location.href);
      if ((nudgeAfter || nudgeOn) && isPlace && !kept().some((key) => localStorage.getItem(key)?.includes('"nudged":true')))
        setTimeout(() => this.load().then((chat) => chat?.nudge()), (Number(nudgeAfter) || 0) * 1000);
      // Somebody is waiting for a person: their reply must be seen.
      if (isLeftOpen()) this.load();
      else if (kept().some((key) => localStorage.getItem(key)?.includes('"live":true'))) setTimeout(() => this.load(), 1000);
    }

    disconnectedCallback() {
      // Moving the element is no end; it is back before this runs.
      queueMicrotask(() => {
        if (this.isConnected) return;
        this.chat?.stop();
        if (current === this) current = document.querySelector('mondo-chat');
      });
    }

    /** Fetches what is needed to talk, once. */
    load() {
      this.loading ??= import(`${files}chat.js`)
        .then((module) => module.start(this, { server, files, emit: emit.bind(null, this), isLeftOpen, leaveOpen }))
        .then((chat) => {
          this.chat = chat;
          emit(this, 'ready');
          return chat;
        })
        .catch((fault) => {
          this.loading = undefined;
          emit(this, 'error', { message: String(fault?.message ?? fault) });
        });
      return this.loading;
    }
  }
  if (!customElements.get('mondo-chat')) customElements.define('mondo-chat', MondoChat);

  /** @param {string} name */
  const pass = (name) => (/** @type {any} */ value) => current?.load().then((chat) => chat?.[name](value));
  /** @type {Record<string, (...given: any[]) => any>} */
  const verbs = {
    boot(options = {}) {
      if (current) return verbs.update(options);
      const chat = new MondoChat();
      chat.options = { mode: 'bubble', ...options };
      (options.target ? document.querySelector(options.target) : document.body ?? document.documentElement).append(chat);
    },
    update(options = {}) {
      if (!current) return;
      Object.assign(current.options, options);
      current.chat?.update();
    },
    shutdown() {
      current?.chat?.stop();
      current?.remove();
      current = null;
      leaveOpen(false);
      for (const key of kept()) localStorage.removeItem(key);
    },
    show: () => current?.removeAttribute('hidden'),
    hide: () => current?.setAttribute('hidden', ''),
    open: pass('open'),
    close: () => current?.chat?.close(),
    toggle: pass('toggle'),
    ask: pass('ask'),
    setUser: (user) => verbs.update({ user }),
    setLocale: (locale) => verbs.update({ locale }),
    on(name, hear) {
      const all = heard.get(name) ?? new Set();
      heard.set(name, all.add(hear));
      return () => all.delete(hear);
    },
  };
  /** @param {string} verb @param {any[]} given */
  const Mondo = (verb, ...given) => {
    if (!(verb in verbs)) throw new Error(`Mondo knows no ${verb}; it knows ${Object.keys(verbs).join(', ')}`);
    return verbs[verb](...given);
  };
  Mondo.version = VERSION;
  page.Mondo = Mondo;

  const start = () => {
    for (const [verb, ...given] of early?.q ?? []) Mondo(verb, ...given);
    const settings = { ...script?.dataset };
    if (script && settings.boot !== 'manual' && !document.querySelector('mondo-chat')) Mondo('boot', settings);
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start);
  else start();
})();

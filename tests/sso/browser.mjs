// As much of a browser as signing in needs: cookies, redirects, forms.

/** Text of HTML as it is meant. @param {string} text */
const plain = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<');

/** An attribute of a tag. @param {string} tag @param {string} name */
const attribute = (tag, name) => plain(new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

export class Browser {
  /** Cookies by server and name. @type {Map<string, Map<string, string>>} */
  #cookies = new Map();
  /** Where it is. */
  url = '';
  /** What is shown. */
  page = '';
  status = 0;

  /** @param {string} url @param {RequestInit} [more] */
  async fetch(url, more = {}) {
    const { host } = new URL(url);
    const own = this.#cookies.get(host) ?? new Map();
    this.#cookies.set(host, own);
    const cookie = [...own].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'accept-language': 'en', ...(cookie ? { cookie } : {}), .../** @type {Record<string, string>} */ (more.headers ?? {}) };
    const response = await fetch(url, { ...more, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', ...value] = pair.split('=');
      const isGone = /max-age=0|expires=thu, 01 jan 1970/i.test(line);
      if (isGone) own.delete(name);
      else own.set(name, value.join('='));
    }
    return response;
  }

  /** Goes to a page, and on where it leads. @param {string} url @param {RequestInit} [more] */
  async goes(url, more) {
    let response = await this.fetch(url, more);
    this.url = url;
    for (let hops = 0; response.status >= 300 && response.status < 400; hops += 1) {
      if (hops > 12) throw new Error(`no end of redirects at ${this.url}`);
      this.url = new URL(response.headers.get('location') ?? '', this.url).href;
      response = await this.fetch(this.url);
    }
    this.status = response.status;
    this.page = await response.text();
  }

  /** Fills the form that is shown, and sends it. @param {Record<string, string>} typed */
  async submits(typed) {
    const form = /<form[^>]*>/.exec(this.page)?.[0] ?? '';
    const hidden = [...this.page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')]);
    const body = new URLSearchParams([...hidden, ...Object.entries(typed)]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await this.goes(new URL(attribute(form, 'action') || this.url, this.url).href, { method: 'POST', headers, body: body.toString() });
  }

  /** Whether the provider asks something. @param {string} issuer */
  isAt(issuer) {
    return this.url.startsWith(`${issuer}/`);
  }
}

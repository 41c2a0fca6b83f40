// A member of staff without a browser: what one does at the desk, through the API.

/** @typedef {import('./server.mjs').Server} Server */

export class Colleague {
  /** @param {string} url @param {Record<string, string>} headers */
  constructor(url, headers) {
    this.url = url;
    this.headers = headers;
    this.away = new AbortController();
  }

  /** @param {Server} server @param {string} name */
  static async arrives(server, name) {
    const email = `${name.toLowerCase()}@example.com`;
    const password = await server.hire(email, name, 'agent');
    const response = await fetch(`${server.url}v1/staff/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0];
    const { csrf } = await response.json();
    return new Colleague(server.url, { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json' });
  }

  /** Opens the console, as far as the server can tell. */
  async attends() {
    const response = await fetch(`${this.url}v1/staff/news`, { headers: this.headers, signal: this.away.signal });
    this.news = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await this.hears('missed');
  }

  /** Waits for a piece of news. @param {string} kind */
  async hears(kind) {
    for (let text = ''; !text.includes(`event: ${kind}\n`) && !text.includes(`event:${kind}\n`); ) {
      const { value, done } = (await this.news?.read()) ?? { done: true };
      if (done) throw new Error(`the news ended before ${kind}`);
      text += value;
    }
  }

  leaves() {
    this.away.abort();
  }

  /** @param {string} path @param {object} body */
  async posts(path, body) {
    const response = await fetch(`${this.url}v1/staff/conversations/${path}`, { method: 'POST', headers: this.headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  }

  /** @param {string} id */
  async reads(id) {
    return (await fetch(`${this.url}v1/staff/conversations/${id}`, { headers: this.headers })).json();
  }
}

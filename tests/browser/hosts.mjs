// Sites of other origins that embed the widget: the demo pages, each with the headers that make it what it is.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';

const DEMOS = resolve(import.meta.dirname, '../../web/demo');

/** Headers of the pages that are served in a special way. @type {Record<string, (mondo: string) => Record<string, string>>} */
const HEADERS = {
  strict: (mondo) => ({ 'content-security-policy': `default-src 'self'; script-src ${mondo}; connect-src ${mondo}` }),
  isolated: () => ({ 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-opener-policy': 'same-origin' }),
};

/** Pages made here rather than shown to people. @type {Record<string, (mondo: string) => string>} */
const PAGES = {
  isolated: (mondo) => page(`<script async src="${mondo}/widget/v1/widget.js"></script>`),
  twice: (mondo) => page(`<script async src="${mondo}/widget/v1/widget.js"></script>`.repeat(2)),
  framed: () => page('<iframe sandbox="allow-scripts" src="/plain" width="500" height="700"></iframe>'),
  bare: () => page(''),
  pinned: () => page('<script src="{{address}}" integrity="{{integrity}}" crossorigin></script>'),
};

/** @param {string} body */
const page = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A host</title><body><h1>A host</h1>${body}</body></html>`;

/**
 * @param {string} mondo address of the server, with a slash at the end
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startHosts(mondo) {
  const origin = mondo.replace(/\/$/, '');
  const manifest = await (await fetch(`${mondo}widget/v1/manifest.json`)).json();
  const { address, integrity } = manifest.files['widget.js'];
  const server = createServer(async (request, response) => {
    const name = new URL(request.url ?? '/', mondo).pathname.slice(1);
    // Browsers ask for it by themselves.
    if (name === 'favicon.ico') return response.writeHead(204).end();
    if (!/^[a-z]+$/.test(name)) return response.writeHead(404).end();
    try {
      const text = PAGES[name]?.(origin) ?? (await readFile(join(DEMOS, `${name}.html`), 'utf8'));
      const filled = text.replaceAll('{{mondo}}', mondo).replace('{{address}}', origin + address).replace('{{integrity}}', integrity);
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...HEADERS[name]?.(origin) }).end(filled);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    // Another host name, so that it is another site and not only another port.
    url: `http://localhost:${port}/`,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done(undefined));
      }),
  };
}

// @ts-check
// Runs while the console is not open: shows what the server tells this browser, and leads to it.

const worker = /** @type {any} */ (self);

/** Returns the address of a path of ours; this file lies in the console. @param {string} path */
const at = (path) => new URL(`..${path}`, worker.location.href);

worker.addEventListener('push', (/** @type {any} */ event) => {
  const { title, body, tag, url, lang } = event.data?.json() ?? {};
  if (!title) return;
  event.waitUntil(worker.registration.showNotification(title, { body, tag, lang, icon: at('/assets/icon.svg').href, data: { url } }));
});

worker.addEventListener('notificationclick', (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(goTo(at(event.notification.data?.url ?? '/console').href));
});

/** Goes to the conversation in a console that is open, or opens one. @param {string} url */
async function goTo(url) {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const desk = windows.find((/** @type {any} */ one) => new URL(one.url).pathname === at('/console').pathname);
  if (!desk) return worker.clients.openWindow(url);
  await desk.focus();
  desk.postMessage({ open: url });
}

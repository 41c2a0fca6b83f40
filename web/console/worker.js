// @ts-check
// Runs while the console is not open: shows what the server tells this browser, and leads to it.

const worker = /** @type {any} */ (self);

worker.addEventListener('push', (/** @type {any} */ event) => {
  const { title, body, tag, url, lang } = event.data?.json() ?? {};
  if (!title) return;
  event.waitUntil(worker.registration.showNotification(title, { body, tag, lang, icon: '/assets/icon.svg', data: { url } }));
});

worker.addEventListener('notificationclick', (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(goTo(event.notification.data?.url ?? '/console'));
});

/** Goes to the conversation in a console that is open, or opens one. @param {string} url */
async function goTo(url) {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const desk = windows.find((/** @type {any} */ one) => new URL(one.url).pathname === '/console');
  if (!desk) return worker.clients.openWindow(url);
  await desk.focus();
  desk.postMessage({ open: url });
}

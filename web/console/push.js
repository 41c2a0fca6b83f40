// Messages to this browser while the console is not open: turned on by whoever wants them, in this browser alone.

import { act, trying, words } from './api.js';
import { at } from './base.js';

/** Under which name the server keeps this browser. */
const NAME = `mondo-console-push${at('')}`;

const button = document.getElementById('push');
const status = document.getElementById('push-status');

/** Whether this browser can be told anything: over HTTPS, or on the machine itself. */
const canBeTold = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** @param {string} text Base64 in the alphabet of addresses */
function bytes(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

const registered = async () => (await navigator.serviceWorker.getRegistration(at('/console/')))?.pushManager.getSubscription() ?? null;

async function show() {
  if (!button || !status) return;
  const isOn = canBeTold && localStorage.getItem(NAME) !== null && (await registered()) !== null;
  button.setAttribute('aria-pressed', String(isOn));
  button.textContent = (isOn ? words.pushOff : words.pushOn) ?? '';
  button.hidden = !canBeTold;
  status.textContent = (canBeTold ? (isOn ? words.pushIsOn : '') : words.pushCannot) ?? '';
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== 'granted') {
    if (status) status.textContent = words.noticesDenied ?? '';
    return;
  }
  const { key } = await act('GET', '/v1/staff/account/push');
  await navigator.serviceWorker.register(at('/console/worker.js'), { scope: at('/console/') });
  const registration = await ready();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  const { id } = await act('POST', '/v1/staff/account/push', subscription.toJSON());
  localStorage.setItem(NAME, id);
}

/** Waits for the worker of the console; this page itself lies beside its scope. @returns {Promise<ServiceWorkerRegistration>} */
async function ready() {
  for (;;) {
    const registration = await navigator.serviceWorker.getRegistration(at('/console/'));
    if (registration?.active) return registration;
    await new Promise((go) => setTimeout(go, 50));
  }
}

async function turnOff() {
  const id = localStorage.getItem(NAME);
  localStorage.removeItem(NAME);
  await (await registered())?.unsubscribe();
  // One that the server has forgotten already is gone as well.
  if (id) await act('DELETE', `/v1/staff/account/push/${encodeURIComponent(id)}`).catch(() => {});
}

button?.addEventListener('click', () =>
  trying(async () => {
    await (button.getAttribute('aria-pressed') === 'true' ? turnOff() : turnOn());
    if (Notification.permission !== 'denied') await show();
  }),
);
show();

// Sound and desktop notice of a new request: off until somebody turns them on, remembered by this browser.

/** @typedef {'sound' | 'notices'} Kind */

/** @param {Kind} kind */
const nameOf = (kind) => `mondo-console-${kind}`;

/** @type {AudioContext | null} */
let audio = null;

/** Two soft tones, made here: no file to fetch. */
function chime() {
  audio ??= new AudioContext();
  const start = audio.currentTime + 0.02;
  for (const [place, pitch] of [[0, 659.25], [0.16, 880]]) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.type = 'sine';
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, start + place);
    loudness.gain.exponentialRampToValueAtTime(0.12, start + place + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + place + 0.45);
    tone.connect(loudness).connect(audio.destination);
    tone.start(start + place);
    tone.stop(start + place + 0.5);
  }
  document.documentElement.dataset.chimes = String(Number(document.documentElement.dataset.chimes ?? 0) + 1);
}

export const alerts = {
  /** @param {Kind} kind */
  isOn(kind) {
    const wanted = localStorage.getItem(nameOf(kind)) === 'on';
    return kind === 'notices' ? wanted && 'Notification' in window && Notification.permission === 'granted' : wanted;
  },

  areDenied: () => !('Notification' in window) || Notification.permission === 'denied',

  /** Turns one on or off, and tells what it is now. @param {Kind} kind @param {boolean} on */
  async turn(kind, on) {
    localStorage.setItem(nameOf(kind), on ? 'on' : 'off');
    if (on && kind === 'sound') chime();
    if (on && kind === 'notices' && 'Notification' in window) await Notification.requestPermission();
    return this.isOn(kind);
  },

  /** Tells that somebody waits. @param {string} title @param {string} summary */
  tell(title, summary) {
    if (this.isOn('sound')) chime();
    if (this.isOn('notices') && document.hidden) new Notification(title, { body: summary, tag: 'mondo-queue' });
  },
};

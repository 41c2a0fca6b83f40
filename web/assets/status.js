// @ts-check
// Puts the moments of a status page into the reader's own time zone, and names it where the desk lives by another; without
// it they stand in the zone the visitor wrote from, or in UTC.

const locale = document.documentElement.lang;
const clock = /** @type {const} */ ({ hour: 'numeric', minute: '2-digit' });
const shapes = {
  day: new Intl.DateTimeFormat(locale, { weekday: 'short', month: 'short', day: 'numeric', ...clock }),
  clock: new Intl.DateTimeFormat(locale, clock),
  whole: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
};

for (const time of document.querySelectorAll('time')) {
  const moment = new Date(time.dateTime);
  const shape = /** @type {keyof typeof shapes} */ (time.dataset.shown ?? 'whole');
  if (!Number.isNaN(moment.getTime())) time.textContent = shapes[shape].format(moment);
}

// What is on one day for the reader stands in one line.
for (const line of document.querySelectorAll('.week li')) {
  const before = line.previousElementSibling;
  const [day, dayBefore] = [line, before].map((one) => new Date(one?.querySelector('time')?.dateTime ?? '').toDateString());
  const from = line.querySelector('time');
  if (!before || !from || day !== dayBefore) continue;
  from.textContent = shapes.clock.format(new Date(from.dateTime));
  before.append(', ', ...line.childNodes);
  line.remove();
}

const zone = document.querySelector('.zone');
if (zone instanceof HTMLElement) {
  const { words = '', desk } = zone.dataset;
  const now = new Date();
  const named = new Intl.DateTimeFormat(locale, { timeZoneName: 'longGeneric' }).formatToParts(now);
  zone.textContent = words.replace('{zone}', named.find(({ type }) => type === 'timeZoneName')?.value ?? '');
  try {
    zone.hidden = now.toLocaleString('en', { timeZone: desk }) === now.toLocaleString('en');
  } catch {
    // A zone that the browser does not know is another one.
  }
}

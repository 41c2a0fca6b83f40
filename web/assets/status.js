// @ts-check
// Puts the moments of a status page into the reader's own time zone; without it they stand in UTC.

const locale = document.documentElement.lang;
const short = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

for (const time of document.querySelectorAll('time')) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.getTime())) time.textContent = short.format(moment);
}

// @ts-check
// The words of the interface in the five locales, and which one a visitor gets.

/** @typedef {Pick<typeof import('../locales/en.json'), 'widget' | 'reply' | 'label'>} Words */
/** @typedef {'en' | 'zh-Hans' | 'zh-Hant' | 'ja' | 'ko'} Locale */

/** Each locale with its own name. @type {Record<Locale, string>} */
export const LOCALES = { en: 'English', 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文', ja: '日本語', ko: '한국어' };

/** Reads a BCP 47 tag. @param {string | null | undefined} tag @returns {Locale | null} */
export function localeOf(tag) {
  const parts = (tag ?? '').toLowerCase().split(/[-_]/);
  const traditional = parts.some((part) => ['hant', 'tw', 'hk', 'mo', 'yue'].includes(part)) && !parts.includes('hans');
  if (['zh', 'yue', 'cmn'].includes(parts[0])) return traditional ? 'zh-Hant' : 'zh-Hans';
  return parts[0] === 'en' || parts[0] === 'ja' || parts[0] === 'ko' ? parts[0] : null;
}

/** Gives the first locale that is served. @param {(string | null | undefined)[]} wanted */
export function firstServed(wanted) {
  return wanted.map(localeOf).find((locale) => locale !== null) ?? 'en';
}

/** @param {string} files where the files of the widget are @param {Locale} locale @returns {Promise<Words>} */
export async function fetchWords(files, locale) {
  const response = await fetch(`${files}words/${locale}.json`, { credentials: 'omit' });
  if (!response.ok) throw new Error(`the words of ${locale} did not come: status ${response.status}`);
  return response.json();
}

/** Puts values in the places of a sentence. @param {string} sentence @param {Record<string, string | number>} values */
export function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}


// @ts-check
// The conversation as a text file.

import { filled } from './words.js';

/** @typedef {import('./api.js').Message} Message */
/** @typedef {import('./words.js').Words} Words */

/**
 * @param {Message[]} messages in order
 * @param {Words} words
 * @param {string} name of the company
 * @param {string} locale
 */
export function transcriptOf(messages, words, name, locale) {
  const say = words.widget;
  const names = { visitor: say.you, bot: filled(say.bot, { name }), agent: filled(say.agent, { name }), system: say.system };
  const said = messages.map((message) => {
    const when = new Date(message.created).toLocaleString(locale);
    return `[${when}] ${names[message.author]}\n${message.text}\n`;
  });
  return `${filled(say.transcriptTitle, { name })}\n\n${said.join('\n')}`;
}

/** Hands a text to the visitor as a file. @param {string} text @param {string} file */
export function download(text, file) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

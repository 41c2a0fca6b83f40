// @ts-check
// Draws messages. Everything visitors, agents and articles say enters through textContent or checked nodes.

import { articleNodes } from './article.js';

/** @typedef {import('./api.js').Message} Message */
/** @typedef {import('./api.js').Reply} Reply */
/** @typedef {import('./api.js').Answer} Answer */
/** @typedef {import('./api.js').Option} Option */
/** @typedef {Record<string, string> & { examples: string[] }} Words */

/**
 * What a drawn message can ask of the page.
 * @typedef {object} Actions
 * @property {(option: Option) => void} choose
 * @property {() => void} person
 * @property {(message: string, rating: 'helpful' | 'not_helpful') => Promise<void>} rate
 * @property {(message: string) => string | undefined} ratingOf
 * @property {(article: string, language: string) => Promise<string>} readHtml
 */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

/**
 * @param {string} className
 * @param {string} text
 * @param {() => void} act
 */
export function button(className, text, act) {
  const node = make('button', className, text);
  node.type = 'button';
  node.addEventListener('click', act);
  return node;
}

/**
 * @param {Message} message
 * @param {Words} words
 * @param {Actions} actions
 */
export function drawMessage(message, words, actions) {
  const node = make('article', `message ${message.author}`);
  if (message.language) node.lang = message.language;
  const names = { visitor: words.you, bot: words.bot, agent: words.agent, system: words.system };
  const who = make('span', message.author === 'agent' ? 'who' : 'unseen', names[message.author]);
  const bubble = make('div', 'bubble');
  node.append(who, bubble);
  if (message.author === 'bot' && message.reply) {
    bubble.append(...drawReply(message, message.reply, words, actions));
  } else {
    bubble.append(make('p', '', message.text));
  }
  return node;
}

/**
 * @param {Message} message
 * @param {Reply} reply
 * @param {Words} words
 * @param {Actions} actions
 * @returns {Node[]}
 */
function drawReply(message, reply, words, actions) {
  const plainAnswer = reply.decision === 'answer' && !reply.offer_person;
  const sentence = make('p', '', reply.message);
  /** @type {Node[]} */
  const parts = [];
  if (reply.decision !== 'answer') parts.push(sentence);
  if (reply.answer) parts.push(drawAnswer(reply, reply.answer, words, actions));
  if (reply.options.length > 0) parts.push(drawOptions(reply.options, actions));
  if (reply.decision === 'answer' && !plainAnswer && !reply.answer?.label) parts.push(sentence);
  if (reply.offer_person && reply.decision === 'answer') {
    parts.push(button('quiet', words.person, actions.person));
  }
  if (reply.decision === 'clarify') parts.push(button('quiet', words.person, actions.person));
  if (reply.decision === 'answer') parts.push(drawThumbs(message.id, words, actions));
  if (reply.answer && reply.decision === 'answer' && reply.answer.follow_ups.length > 0) {
    const follow = make('div', 'follow');
    follow.append(make('span', '', words.next), drawOptions(reply.answer.follow_ups, actions));
    parts.push(follow);
  }
  return parts;
}

/**
 * @param {Reply} reply
 * @param {Answer} answer
 * @param {Words} words
 * @param {Actions} actions
 */
function drawAnswer(reply, answer, words, actions) {
  const card = make('div', 'card');
  if (answer.label) card.append(make('span', 'label', answer.label));
  const title = make('p', 'title', answer.title);
  const text = make('p', '', answer.text);
  const long = make('div', 'long');
  long.hidden = true;
  for (const node of [title, text, long]) node.lang = answer.language;

  const meta = make('div', 'meta');
  const source = make('a', '', `${words.source}: ${answer.title}`);
  source.href = answer.link;
  source.target = '_blank';
  source.rel = 'noopener';
  const tag = make('span', 'tag', languageName(answer.language));
  tag.lang = answer.language;
  meta.append(source, tag);
  // The article a visitor chose is certain, which says nothing about the bot.
  if (reply.decision === 'answer' && reply.confidence < 1) {
    meta.append(make('span', '', words.sure.replace('{percent}', String(Math.floor(reply.confidence * 100)))));
  }

  const more = button('quiet', words.more, async () => {
    if (long.childNodes.length === 0) {
      more.disabled = true;
      try {
        long.append(articleNodes(await actions.readHtml(answer.article, answer.language)));
      } catch {
        // The whole article is one click away on its own page.
        window.open(answer.link, '_blank', 'noopener');
        return;
      } finally {
        more.disabled = false;
      }
    }
    long.hidden = !long.hidden;
    more.textContent = long.hidden ? words.more : words.less;
    more.setAttribute('aria-expanded', String(!long.hidden));
  });
  more.setAttribute('aria-expanded', 'false');
  const tools = make('div', 'tools');
  tools.append(more);
  card.append(title, text, long, tools, meta);
  return card;
}

/** @param {string} code */
function languageName(code) {
  return { en: 'English', zh: '中文', ja: '日本語', ko: '한국어' }[code] ?? code;
}

/**
 * @param {Option[]} options
 * @param {Actions} actions
 */
function drawOptions(options, actions) {
  const list = make('ul', 'options');
  for (const option of options) {
    const item = make('li');
    item.append(button('', option.title, () => actions.choose(option)));
    list.append(item);
  }
  return list;
}

const THUMB = 'M3 10h4v11H3zM9 21V9.5L13.5 2c1.4.2 2.3 1.4 2 2.8L14.8 9H20c1.3 0 2.2 1.2 1.9 2.4l-2 8c-.2.9-1 1.6-2 1.6H9z';

/**
 * @param {string} message
 * @param {Words} words
 * @param {Actions} actions
 */
function drawThumbs(message, words, actions) {
  const group = make('div', 'tools');
  const thanks = make('span', 'status');
  thanks.setAttribute('role', 'status');
  const thumbs = /** @type {const} */ ([['helpful', words.helpful, 'up'], ['not_helpful', words.notHelpful, 'down']]).map(
    ([rating, label, direction]) => {
      const thumb = button(`thumb ${direction}`, '', async () => {
        try {
          await actions.rate(message, rating);
        } catch (error) {
          thanks.textContent = error instanceof Error && error.message ? error.message : words.offline;
          return;
        }
        for (const other of thumbs) other.setAttribute('aria-pressed', String(other === thumb));
        thanks.textContent = rating === 'helpful' ? words.thanks : words.thanksPerson;
        if (rating === 'not_helpful') thanks.append(' ', button('quiet', words.person, actions.person));
      });
      thumb.setAttribute('aria-pressed', String(actions.ratingOf(message) === rating));
      thumb.setAttribute('aria-label', label);
      thumb.title = label;
      const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      svg.setAttribute('viewBox', '0 0 24 24');
      svg.setAttribute('aria-hidden', 'true');
      const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      shape.setAttribute('d', THUMB);
      shape.setAttribute('fill', 'currentColor');
      svg.append(shape);
      thumb.append(svg);
      return thumb;
    },
  );
  group.append(...thumbs, thanks);
  return group;
}

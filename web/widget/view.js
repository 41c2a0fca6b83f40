// @ts-check
// Draws messages. Everything visitors, agents and articles say enters through textContent or checked nodes.

import { button, iconButton, make, setName } from './nodes.js';
import { filled } from './words.js';

/** @typedef {import('./api.js').Message} Message */
/** @typedef {import('./api.js').Reply} Reply */
/** @typedef {import('./api.js').Answer} Answer */
/** @typedef {import('./api.js').Option} Option */
/** @typedef {import('./words.js').Words} Words */

/**
 * What a drawn message can ask of the chat.
 * @typedef {object} Scene
 * @property {Words} words
 * @property {string} locale
 * @property {string} name of the company
 * @property {string} server
 * @property {(option: Option) => void} choose
 * @property {() => void} person
 * @property {(collect: string[]) => void} details
 * @property {(message: string, rating: 'helpful' | 'not_helpful', reason?: string) => Promise<void>} rate
 * @property {(message: string) => string | undefined} ratingOf
 * @property {(article: string, language: string) => Promise<string>} readHtml
 * @property {(attachments: import('./api.js').Attachment[]) => Promise<Node>} files
 */

const LANGUAGE_NAMES = { en: 'English', zh: '中文', ja: '日本語', ko: '한국어' };
/** What can be wrong with an answer, as the API names it. */
const REASONS = /** @type {const} */ (['wrong', 'unclear', 'not_detailed', 'other_question']);
const THUMB = 'M3 10h4v11H3zM9 21V9.5L13.5 2c1.4.2 2.3 1.4 2 2.8L14.8 9H20c1.3 0 2.2 1.2 1.9 2.4l-2 8c-.2.9-1 1.6-2 1.6H9z';

/** The tag of a text's language for fonts and screen readers; Chinese is written in the script of its reply, or of the page. @param {string} language @param {Scene} scene @param {Reply | null} [reply] */
const tagOf = (language, scene, reply) => (language === 'zh' ? (reply?.script ?? (scene.locale === 'zh-Hant' ? 'zh-Hant' : 'zh-Hans')) : language);

/**
 * @param {Message} message
 * @param {Scene} scene
 */
export function drawMessage(message, scene) {
  const say = scene.words.widget;
  const node = make('article', `message ${message.author}`);
  node.part.add('message', `message-${message.author}`);
  if (message.language) node.lang = tagOf(message.language, scene, message.reply);
  const { name } = scene;
  const names = { visitor: say.you, bot: filled(say.bot, { name }), agent: message.speaker ?? filled(say.agent, { name }), system: say.system };
  const who = make('span', message.author === 'agent' ? 'who' : 'unseen', names[message.author]);
  who.lang = scene.locale;
  const bubble = make('div', 'bubble');
  node.append(who, bubble);
  if (message.author === 'bot' && message.reply) bubble.append(...drawReply(message, message.reply, scene));
  else if (message.text) bubble.append(message.author === 'agent' ? linked(message.text) : make('p', '', message.text));
  if (message.author !== 'system') node.append(timeOf(message.created, scene.locale));
  if (message.attachments?.length) scene.files(message.attachments).then((list) => bubble.append(list));
  return node;
}

/** What an agent wrote, with its addresses as links; whatever else it holds is text. @param {string} text */
function linked(text) {
  const line = make('p');
  // A full stop or bracket at the end belongs to the sentence.
  for (const part of text.split(/(https?:\/\/[^\s<>"'、。，）」]*[^\s<>"'、。，）」.,;:!?)\]])/)) {
    if (!/^https?:\/\/\S/.test(part)) {
      line.append(part);
      continue;
    }
    const link = make('a', '', part);
    Object.assign(link, { href: part, target: '_blank', rel: 'noopener noreferrer nofollow' });
    line.append(link);
  }
  return line;
}

/** @param {string} moment @param {string} locale */
function timeOf(moment, locale) {
  const date = new Date(moment);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = make('time', 'when', date.toLocaleString(locale, isToday ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' }));
  time.dateTime = moment;
  time.lang = locale;
  return time;
}

/** Reasons for which a person is only offered: the bot lacks an answer, and no policy asks for one. */
const FOR_WANT = ['nothing_found', 'low_confidence', 'language_not_served'];

/**
 * @param {Message} message
 * @param {Reply} reply
 * @param {Scene} scene
 * @returns {Node[]}
 */
function drawReply(message, reply, scene) {
  const say = scene.words.widget;
  const isAnswer = reply.decision === 'answer';
  const sentence = make('p', '', saidTo(scene, reply));
  /** @type {Node[]} */
  const parts = [];
  if (reply.elsewhere) {
    const kind = make('p', '', reply.elsewhere.message);
    kind.lang = reply.elsewhere.code;
    kind.dir = 'auto';
    parts.push(kind);
  }
  if (!isAnswer) parts.push(sentence);
  if (reply.answer) parts.push(drawAnswer(reply, reply.answer, scene));
  if (isAnswer && reply.offer_person && !reply.answer?.label) parts.push(sentence);
  if (reply.options.length > 0) {
    parts.push(drawOptions(reply.options, scene));
    parts.push(button('quiet', say.noneOfThese, scene.person));
  }
  const isOffered = isAnswer || (reply.reason !== null && FOR_WANT.includes(reply.reason));
  if (isOffered && reply.offer_person) parts.push(button('quiet', say.person, scene.person));
  if (reply.decision === 'escalate' && !isOffered && reply.collect.length > 0) {
    parts.push(button('quiet', say.details, () => scene.details(reply.collect)));
  }
  if (isAnswer) parts.push(drawThumbs(message.id, scene));
  if (isAnswer && reply.answer && reply.answer.follow_ups.length > 0) {
    const follow = make('div', 'follow');
    follow.append(make('p', 'hint', say.next), drawOptions(reply.answer.follow_ups, scene));
    parts.push(follow);
  }
  return parts;
}

/** What was said before the page was switched to traditional characters gets the same sentence from the locale. @param {Scene} scene @param {Reply} reply */
function saidTo(scene, reply) {
  /** @type {Record<string, string>} */
  const sentences = scene.words.reply;
  return isTraditional(scene, reply) ? (sentences[reply.sentence] ?? reply.message) : reply.message;
}

/** @param {Scene} scene @param {Reply} reply */
const isTraditional = (scene, reply) => scene.locale === 'zh-Hant' && reply.language === 'zh';

/**
 * @param {Reply} reply
 * @param {Answer} answer
 * @param {Scene} scene
 */
function drawAnswer(reply, answer, scene) {
  const say = scene.words.widget;
  const card = make('div', 'card');
  if (answer.label) {
    /** @type {Record<string, string>} */
    const labels = scene.words.label;
    card.append(make('span', 'label', isTraditional(scene, reply) ? labels[answer.language] : answer.label));
  }
  const title = make('p', 'title', answer.title);
  const text = make('div', 'passage', answer.text);
  if (answer.passage) import('./article.js').then(({ fillPassage }) => fillPassage(text, answer, scene.server), () => {});
  const long = make('div', 'long');
  long.hidden = true;
  for (const node of [title, text, long]) node.lang = tagOf(answer.language, scene, reply);

  const meta = make('div', 'meta');
  const source = make('a', '', `${say.source}: ${answer.title}`);
  source.href = new URL(answer.link.slice(1), scene.server).href;
  source.target = '_blank';
  source.rel = 'noopener';
  source.append(make('span', 'unseen', ` (${say.newTab})`));
  const tag = make('span', 'tag', LANGUAGE_NAMES[/** @type {keyof typeof LANGUAGE_NAMES} */ (answer.language)] ?? answer.language);
  tag.lang = tagOf(answer.language, scene, reply);
  meta.append(source, tag);
  // The article a visitor chose is certain, which says nothing about the bot.
  if (reply.decision === 'answer' && reply.confidence < 1) {
    meta.append(make('span', '', filled(say.sure, { percent: Math.floor(reply.confidence * 100) })));
  }

  const more = button('quiet', say.more, async () => {
    if (long.childNodes.length === 0) {
      more.disabled = true;
      try {
        const [{ articleNodes }, html] = await Promise.all([import('./article.js'), scene.readHtml(answer.article, answer.language === 'zh' ? reply.script : answer.language)]);
        long.append(articleNodes(html, scene.server));
      } catch {
        // The whole article is one click away on its own page.
        source.click();
        return;
      } finally {
        more.disabled = false;
      }
    }
    long.hidden = !long.hidden;
    more.textContent = long.hidden ? say.more : say.less;
    more.setAttribute('aria-expanded', String(!long.hidden));
  });
  more.setAttribute('aria-expanded', 'false');
  const tools = make('div', 'tools');
  // What is shown whole has no rest.
  if (!answer.passage?.whole) tools.append(more);
  card.append(title, text, long, tools, meta);
  return card;
}

/**
 * @param {Option[]} options
 * @param {Scene} scene
 */
export function drawOptions(options, scene) {
  const list = make('ul', 'options');
  for (const option of options) {
    const item = make('li');
    item.append(button('option', option.title, () => scene.choose(option)));
    list.append(item);
  }
  return list;
}

/**
 * @param {string} message
 * @param {Scene} scene
 */
function drawThumbs(message, scene) {
  const say = scene.words.widget;
  const group = make('div', 'thumbs');
  const status = make('div', 'status');
  status.setAttribute('role', 'status');
  /** @param {'helpful' | 'not_helpful'} rating @param {string} [reason] */
  const rate = async (rating, reason) => {
    try {
      await scene.rate(message, rating, reason);
    } catch (error) {
      status.textContent = error instanceof Error && error.message ? error.message : say.offline;
      return false;
    }
    return true;
  };
  /** @type {HTMLButtonElement[]} */
  const thumbs = [];
  for (const [rating, name, direction] of /** @type {const} */ ([['helpful', say.helpful, 'up'], ['not_helpful', say.notHelpful, 'down']])) {
    const thumb = iconButton(`thumb ${direction}`, THUMB, async () => {
      if (!(await rate(rating))) return;
      for (const other of thumbs) other.setAttribute('aria-pressed', String(other === thumb));
      status.replaceChildren(make('span', '', rating === 'helpful' ? say.thanks : say.thanksPerson));
      if (rating === 'not_helpful') status.append(button('quiet', say.person, scene.person), drawReasons());
    });
    setName(thumb, name);
    thumb.setAttribute('aria-pressed', String(scene.ratingOf(message) === rating));
    thumbs.push(thumb);
  }
  const drawReasons = () => {
    const reasons = make('div', 'reasons');
    reasons.setAttribute('role', 'group');
    reasons.setAttribute('aria-label', say.why);
    reasons.append(make('span', '', say.why));
    for (const reason of REASONS) {
      const choice = button('quiet', say[`why_${reason}`], async () => {
        if (await rate('not_helpful', reason)) reasons.replaceChildren(make('span', '', say.thanks));
      });
      reasons.append(choice);
    }
    return reasons;
  };
  const row = make('div', 'tools');
  row.append(...thumbs);
  group.append(row, status);
  return group;
}

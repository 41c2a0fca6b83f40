// @ts-check
// Turns the long answer of an article into nodes. The server has sanitised the HTML; building the nodes from a list of
// known elements keeps the page safe even if it had not.

import { make } from './nodes.js';

const KNOWN = new Set(['P', 'OL', 'UL', 'LI', 'STRONG', 'EM', 'DEL', 'CODE', 'PRE', 'BLOCKQUOTE', 'BR', 'HR', 'H1', 'H2', 'H3', 'H4', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD', 'SUP', 'DETAILS', 'SUMMARY']);

/**
 * @param {string} html
 * @param {string} server that links are relative to
 * @returns {DocumentFragment}
 */
export function articleNodes(html, server) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  copyChildren(parsed.body, fragment, server);
  return fragment;
}

/**
 * @param {Node} from
 * @param {Node} to
 * @param {string} server
 */
function copyChildren(from, to, server) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      to.appendChild(document.createTextNode(child.textContent ?? ''));
    } else if (child instanceof Element) {
      const copy = copyOf(child, server);
      copyChildren(child, copy, server);
      if (copy !== to) to.appendChild(copy);
    }
  }
}

/**
 * @param {Element} element
 * @param {string} server
 * @returns {Node}
 */
function copyOf(element, server) {
  if (element.tagName === 'A') {
    const link = document.createElement('a');
    const target = reached(element.getAttribute('href') ?? '', server);
    if (['http:', 'https:', 'mailto:'].includes(target.protocol)) link.href = target.href;
    link.target = '_blank';
    link.rel = 'noopener';
    return link;
  }
  if (element.tagName === 'IMG') return pictureOf(element, server);
  // An unknown element gives its text and nothing else.
  if (!KNOWN.has(element.tagName)) return document.createDocumentFragment();
  const copy = document.createElement(element.tagName);
  if (copy instanceof HTMLOListElement) copy.start = Number(element.getAttribute('start')) || 1;
  return copy;
}

/** Resolves a link of an article; our own pages lie wherever the server does, beneath a path or not. @param {string} link @param {string} server */
const reached = (link, server) => new URL(link.replace(/^\/(?=help\/)/, ''), server);

/** @param {Element} element @param {string} server */
function pictureOf(element, server) {
  const picture = document.createElement('img');
  const target = reached(element.getAttribute('src') ?? '', server);
  picture.alt = element.getAttribute('alt') ?? '';
  picture.loading = 'lazy';
  for (const side of /** @type {const} */ (['width', 'height'])) picture[side] = Number(element.getAttribute(side)) || picture[side];
  if (['http:', 'https:'].includes(target.protocol)) picture.src = target.href;
  return picture;
}

/**
 * Shows the part of an article that answers, under its heading; other sections that may be meant open when pressed.
 * @param {HTMLElement} place
 * @param {import('./api.js').Answer} answer
 * @param {string} server
 */
export function fillPassage(place, answer, server) {
  if (!answer.passage) return;
  const heading = make('p', 'heading', answer.passage.heading ?? '');
  heading.hidden = !answer.passage.heading;
  place.classList.add('filled');
  place.replaceChildren(heading, articleNodes(answer.passage.html, server));
  for (const other of answer.also) {
    const part = make('details');
    part.append(make('summary', '', other.heading ?? answer.title), articleNodes(other.html, server));
    place.append(part);
  }
}

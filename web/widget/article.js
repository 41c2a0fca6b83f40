// @ts-check
// Turns the long answer of an article into nodes. The server has sanitised the HTML; building the nodes from a list of
// known elements keeps the page safe even if it had not.

const KNOWN = new Set(['P', 'OL', 'UL', 'LI', 'STRONG', 'EM', 'DEL', 'CODE', 'PRE', 'BLOCKQUOTE', 'BR', 'HR', 'H1', 'H2', 'H3', 'H4', 'TABLE', 'THEAD', 'TBODY', 'TR', 'TH', 'TD']);

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
    const target = new URL(element.getAttribute('href') ?? '', server);
    if (['http:', 'https:', 'mailto:'].includes(target.protocol)) link.href = target.href;
    link.target = '_blank';
    link.rel = 'noopener';
    return link;
  }
  // An unknown element gives its text and nothing else.
  if (!KNOWN.has(element.tagName)) return document.createDocumentFragment();
  const copy = document.createElement(element.tagName);
  if (copy instanceof HTMLOListElement) copy.start = Number(element.getAttribute('start')) || 1;
  return copy;
}

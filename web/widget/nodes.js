// @ts-check
// Makes nodes. Texts enter through textContent alone.

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

/** A button with a picture; its name is for those who do not see it. @param {string} className @param {string} shape @param {() => void} act */
export function iconButton(className, shape, act) {
  const node = button(className, '', act);
  node.append(icon(shape));
  return node;
}

/** @param {string} shape path data on a field of 24 */
export function icon(shape) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', shape);
  path.setAttribute('fill', 'currentColor');
  svg.append(path);
  return svg;
}

/** @param {Element} node @param {string} name */
export function setName(node, name) {
  node.setAttribute('aria-label', name);
  if (node instanceof HTMLElement) node.title = name;
}

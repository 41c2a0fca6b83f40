// @ts-check
// Brand colours that stay what they are and stay readable: what is filled with the colour keeps it, with black or white on
// it; what is written in it is moved towards black or white until it can be read.

/** The contrast WCAG 2.2 AA asks of text. */
const ENOUGH = 4.5;

/** @typedef {[number, number, number]} Colour */

/** Reads any colour the browser knows; nothing when it knows none. @param {string} text @returns {Colour | null} */
export function readColour(text) {
  const six = /^#([0-9a-f]{6})$/i.exec(text) ?? /^#([0-9a-f]{6})$/i.exec(text.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3'));
  if (!six) return null;
  const number = parseInt(six[1], 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** @param {Colour} colour */
function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {Colour} one @param {Colour} other */
export function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Moves a colour towards black or white until it can be read on a ground. @param {Colour} colour @param {Colour} ground @returns {Colour} */
export function readableOn(colour, ground) {
  const end = luminance(ground) > 0.18 ? 0 : 255;
  for (let step = 0; step <= 20; step += 1) {
    const moved = /** @type {Colour} */ (colour.map((part) => Math.round(part + ((end - part) * step) / 20)));
    if (contrast(moved, ground) >= ENOUGH) return moved;
  }
  return [end, end, end];
}

/** The contrast WCAG 2.2 AA asks of what is no text. */
const ENOUGH_FOR_SHAPES = 3;

/** @type {Colour} */
const WHITE = [255, 255, 255];
/** @type {Colour} */
const BLACK = [0, 0, 0];
/** Grounds and surfaces of the themes, as in chat.css. @type {{ ground: Colour, surface: Colour, share: number }[]} */
const [LIGHT, DARK] = [
  { ground: [244, 246, 245], surface: WHITE, share: 0.12 },
  { ground: [15, 21, 20], surface: [24, 33, 31], share: 0.25 },
];

/** @param {Colour} one @param {Colour} other @param {number} share of the first */
const mixed = (one, other, share) => /** @type {Colour} */ (other.map((part, place) => Math.round(part + (one[place] - part) * share)));

/** @param {Colour} colour */
const written = (colour) => `rgb(${colour.join(' ')})`;

/**
 * Gives the style sheet for a brand colour, or nothing when it is no colour.
 * @param {string} text such as #ffcc00
 */
export function brandSheet(text) {
  const brand = readColour(text);
  if (!brand) return '';
  /** @param {typeof LIGHT} theme */
  const variables = ({ ground, surface, share }) => {
    const ink = contrast(brand, WHITE) >= contrast(brand, BLACK) ? WHITE : BLACK;
    const wash = mixed(brand, surface, share);
    const line = [wash, surface, ground].reduce(readableOn, brand);
    const edge = contrast(brand, ground) < ENOUGH_FOR_SHAPES ? written(line) : 'transparent';
    return `--mondo-accent: ${written(brand)}; --mondo-accent-ink: ${written(ink)}; --mondo-accent-text: ${written(line)}; --mondo-edge: ${edge}; --mondo-wash: ${written(wash)};`;
  };
  const [light, dark] = [variables(LIGHT), variables(DARK)];
  return `:host { ${light} } :host([theme=dark]) { ${dark} } @media (prefers-color-scheme: dark) { :host(:not([theme=light])) { ${dark} } }`;
}

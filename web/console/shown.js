// What is shown at the desk, in one place.

/** What the queue is narrowed to. @typedef {{ filter: string, order: string, language: string, priority: string, tag: string }} Narrowed */

/** @type {{ open: string | null, queue: Narrowed, used: object | null, acts: object[] }} */
export const shown = { open: null, queue: { filter: 'all', order: '', language: '', priority: '', tag: '' }, used: null, acts: [] };

/** @param {string} id @returns {HTMLElement} */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export const places = { queue: place('queue'), conversation: place('conversation'), suggestions: place('suggestions'), ticket: place('ticket'), visitor: place('visitor') };

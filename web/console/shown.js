// What is shown at the desk, in one place.

/** @type {{ open: string | null, filter: string, used: object | null }} */
export const shown = { open: null, filter: 'all', used: null };

/** @param {string} id @returns {HTMLElement} */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export const places = { queue: place('queue'), conversation: place('conversation'), suggestions: place('suggestions'), ticket: place('ticket') };

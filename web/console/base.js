// @ts-check
// Where this server lies. A path of ours begins at its door, such as /console; `at` puts before it what lies in front of the
// door, as it does where the server is reached at https://www.example.com/support. Nothing else knows.

/** What every address of ours begins with, without a slash at the end; mostly nothing. */
const BASE = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');

/** Returns the address of a path of ours. @param {string} path */
export const at = (path) => BASE + path;

/** Returns the path of ours that an address of this page is. @param {string} address */
export const within = (address) => address.slice(BASE.length);

// Asks the browser for passkeys: JSON from the server in, JSON for the server out. Bytes travel as Base64 in the alphabet
// of addresses.

/** @param {string} text */
function bytes(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

/** @param {ArrayBuffer | null} buffer */
function written(buffer) {
  if (!buffer) return null;
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/** @param {{ id: string }[] | undefined} list */
const known = (list) => (list ?? []).map((entry) => ({ ...entry, id: bytes(entry.id) }));

/** Whether this browser can have passkeys here: over HTTPS, or on the machine itself. */
export const canHavePasskeys = 'PublicKeyCredential' in window && window.isSecureContext;

/**
 * Makes a passkey.
 * @param {any} options of the server
 */
export async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
  const made = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey }));
  const response = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  return {
    id: made.id,
    attestation: written(response.attestationObject),
    client_data: written(response.clientDataJSON),
    transports: response.getTransports?.() ?? [],
  };
}

/**
 * Shows a passkey.
 * @param {any} options of the server
 */
export async function showPasskey(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const shown = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({ publicKey }));
  const response = /** @type {AuthenticatorAssertionResponse} */ (shown.response);
  return {
    id: shown.id,
    authenticator_data: written(response.authenticatorData),
    client_data: written(response.clientDataJSON),
    signature: written(response.signature),
    user_handle: written(response.userHandle),
  };
}

// A real provider on a port of its own; its people and their groups are the test's.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/** How keys for each algorithm are made. */
const KEYS = {
  RS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', undefined],
};

/**
 * @typedef {object} Person
 * @property {string} name
 * @property {string} email
 * @property {boolean} email_verified
 * @property {string[]} groups
 */

/** A fresh private key with a name of its own. @param {keyof typeof KEYS} algorithm */
function freshKey(algorithm) {
  const [kind, options] = KEYS[algorithm];
  const { privateKey } = generateKeyPairSync(/** @type {any} */ (kind), options);
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', kid: randomUUID() };
}

/**
 * Starts it.
 * @param {object} wanted
 * @param {number} wanted.port 0 for any
 * @param {keyof typeof KEYS} wanted.algorithm by which tokens are signed
 * @param {string} wanted.client where mondo is
 * @param {Record<string, Person>} wanted.people by what they type to sign in
 */
export async function startProvider({ port, algorithm, client, people }) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (!address || typeof address !== 'object') throw new Error('no address');
  const issuer = `http://127.0.0.1:${address.port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'mondo',
        client_secret: 'a secret: with & and +',
        redirect_uris: [`${client}/v1/staff/sso/callback`],
        post_logout_redirect_uris: [`${client}/console/sign-in`],
        id_token_signed_response_alg: algorithm,
      },
    ],
    // One key of each kind, as providers have them; a signing key is found by the algorithm.
    jwks: { keys: Object.keys(KEYS).map((kind) => freshKey(/** @type {keyof typeof KEYS} */ (kind))) },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    cookies: { keys: [randomUUID()] },
    ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 300, Session: 3600, Grant: 3600 },
    findAccount: async (_context, id) => {
      const person = people[id];
      return person && { accountId: id, claims: async () => ({ sub: id, ...person }) };
    },
  });
  server.on('request', provider.callback());
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { issuer, port: address.port, stop };
}

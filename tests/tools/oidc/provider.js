// An OpenID Connect provider on a free port of this machine.
//
// Prints its issuer as the first line. Each line on stdin replaces its signing keys by new ones; the
// answer is a line on stdout. Clients are programs (client credentials) whose access tokens are JSON
// Web Tokens with the claims that a directory would give them: roles, organisation, pathways.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import Provider from 'oidc-provider';

const AUDIENCE = 'api://vwis';
const SECRET = 'a secret of tests, and of nothing else';
const CLIENTS = {
  analyst: { roles: ['analyst'] },
  viewer: { roles: ['viewer'], organisation: 'R0A' },
  board: { roles: ['board'], pathways: ['lung', 'breast'] },
  nobody: { roles: ['Everybody'] },
};

function key(alg) {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() };
}

function provider(issuer) {
  return new Provider(issuer, {
    jwks: { keys: [key('RS256'), key('ES256')] },
    clients: Object.keys(CLIENTS).map((client_id) => ({
      client_id,
      client_secret: SECRET,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (ctx, resource) => ({
          scope: '',
          audience: resource,
          accessTokenTTL: 3600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: ctx.oidc.client.clientId === 'board' ? 'ES256' : 'RS256' } },
        }),
      },
    },
    extraTokenClaims: (ctx, token) => CLIENTS[token.clientId],
    ttl: { ClientCredentials: 3600 },
  });
}

let current;
const server = createServer((request, response) => current.callback()(request, response));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  current = provider(issuer);
  console.log(JSON.stringify({ issuer, audience: AUDIENCE, secret: SECRET }));
  const lines = createInterface({ input: process.stdin });
  lines.on('line', () => {
    current = provider(issuer);
    console.log('rotated');
  });
  // Whoever started it is gone.
  lines.on('close', () => process.exit(0));
});

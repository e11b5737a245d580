// An OpenID Connect provider on a free port of this machine.
//
// Prints its issuer as the first line. Each line on stdin replaces its signing keys by new ones; the
// answer is a line on stdout. Most clients are programs (client credentials) whose access tokens are JSON
// Web Tokens with the claims that a directory would give them: roles, organisation, pathways.
// `pages` signs people in (authorization code, PKCE); whoever is at its sign-in page says who they are
// by `?as=NAME`, or refuses by `?as=`.

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

const PEOPLE = {
  ada: { roles: ['analyst'], preferred_username: 'ada@trust.example' },
  vera: { roles: ['viewer'], organisation: 'R0A', preferred_username: 'vera@trust.example' },
  boris: { roles: ['board'], pathways: ['lung', 'breast'], preferred_username: 'boris@trust.example' },
  nobody: { roles: ['Everybody'], preferred_username: 'nobody@trust.example' },
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
    clients: [
      ...Object.keys(CLIENTS).map((client_id) => ({
        client_id,
        client_secret: SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      {
        client_id: 'pages',
        client_secret: SECRET,
        // A native client may return to any port of this machine.
        application_type: 'native',
        grant_types: ['authorization_code'],
        redirect_uris: ['http://127.0.0.1/signed-in'],
        response_types: ['code'],
      },
    ],
    cookies: { keys: [SECRET] },
    claims: {
      openid: ['sub', 'roles', 'organisation', 'pathways'],
      profile: ['preferred_username'],
    },
    // As Entra ID does: the id token has the claims, and nobody is asked for them.
    conformIdTokenClaims: false,
    findAccount: (ctx, id) => PEOPLE[id] && { accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) },
    loadExistingGrant: async (ctx) => {
      const { client, session, provider } = ctx.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
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
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      ClientCredentials: 3600,
      Grant: 3600,
      IdToken: 3600,
      Interaction: 600,
      Session: 3600,
    },
  });
}

// The page at which somebody signs in.
async function interaction(request, response, who) {
  const result = who
    ? // Of a native client it is always asked whether it is meant.
      { login: { accountId: who }, consent: {} }
    : { error: 'access_denied', error_description: 'they did not want to' };
  await current.interactionFinished(request, response, result);
}

let current;
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname.startsWith('/interaction/') && searchParams.has('as')) {
    interaction(request, response, searchParams.get('as')).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  } else {
    current.callback()(request, response);
  }
});
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

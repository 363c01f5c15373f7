// POST /oauth/revoke (RFC 7009). Either token of a session ends the whole session: a login whose access token was
// revoked must not live on by its refresh token, nor the other way round.
import type Router from '@koa/router';
import { readClientCredentials } from '../clients/client-credentials.ts';
import type { FirstPartyClient } from '../config.ts';
import { sha256 } from '../digest.ts';
import { readForm } from '../http/body.ts';
import { HttpError } from '../http/http-error.ts';
import { actorOf } from '../http/request-context.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import { parseToken } from '../oauth/token-format.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Tokens } from '../tokens/tokens.ts';

export function mountRevocation(
  router: Router,
  clients: readonly FirstPartyClient[],
  resolver: CredentialResolver,
  sessions: Sessions,
  tokens: Tokens,
): void {
  router.post('/oauth/revoke', async (ctx) => {
    const form = await readForm(ctx);
    const credentials = readClientCredentials(ctx.headers, form);
    if (credentials === 'malformed') {
      throw new HttpError(400, 'Authenticate the client by exactly one method.', { code: 'invalid_request' });
    }
    // The first-party clients are public (RFC 8252 §8.4): what they show is their id, and the token itself.
    const client =
      credentials === 'missing' || credentials.method !== 'none'
        ? undefined
        : clients.find((c) => c.client_id === credentials.clientId);
    if (client === undefined) {
      throw new HttpError(401, 'The client is unknown: give its client_id.', { code: 'invalid_client' });
    }
    const token = form['token'];
    if (token === undefined || token === '') {
      throw new HttpError(400, 'The parameter token is missing.', { code: 'invalid_request' });
    }
    if (parseToken(token) !== undefined) {
      // Personal and organization tokens belong to no client: whoever holds one may end it, as a leak report does.
      await tokens.revokeByDigest([sha256(token)], 'revoked', { ...actorOf(ctx), credential: 'the token itself' });
    }
    const found = await resolver.findSessionOf(token);
    if (found !== undefined) {
      if (found.clientId !== client.client_id) {
        throw new HttpError(400, 'This token was not issued to this client.', { code: 'invalid_grant' });
      }
      const actor = { ...actorOf(ctx), credential: `session:${found.sessionId}` };
      await sessions.end(found.sessionId, 'revoked_by_client', actor);
    }
    ctx.status = 200; // RFC 7009 §2.2: also for tokens that mean nothing
    ctx.body = '';
  });
}

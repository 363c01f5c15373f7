// POST /api/users/me/tokens in the fast lane: a new personal token for somebody who has signed in. Whatever doesn't plainly
// come to one is left to the route (my-token-routes.ts), which judges it from the beginning.
import type { Clock } from '../clock.ts';
import { type Ask, askOne } from '../database/merged-statements.ts';
import type { FastEndpoint } from '../fast-lane/fast-lane.ts';
import type { PlainRequest } from '../fast-lane/plain-request.ts';
import { bearerOf } from '../http/bearer.ts';
import type { createClientAddress } from '../http/client-address.ts';
import { apiError } from '../http/error-responses.ts';
import { userAgentOf } from '../http/request-context.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import type { Question, Standing } from '../introspection/standing.ts';
import { recordUse } from '../introspection/use-as-told.ts';
import type { Tokens } from '../tokens/tokens.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import { OWN_SERVICE } from './own-uses.ts';
import { createPersonalToken } from './schemas.ts';
import { issued } from './token-answers.ts';

export interface NewTokenDependencies {
  readonly addressOf: ReturnType<typeof createClientAddress>;
  readonly ask: Ask<Question, Standing>;
  readonly clock: Clock;
  readonly resolver: CredentialResolver;
  readonly tokens: Tokens;
  readonly usage: UsageRecorder;
}

const METHOD = 'POST';
const PATH = '/api/users/me/tokens';

export function createNewTokenEndpoint(dependencies: NewTokenDependencies): FastEndpoint {
  const { addressOf, ask, clock, resolver, tokens, usage } = dependencies;

  return {
    method: METHOD,
    path: PATH,
    describe: apiError,
    isLogged: true,
    answer(request, reply) {
      const plain = readPlain(request);
      if (plain === undefined) reply.decline();
      else reply.settleOrDecline(() => make(request, plain, reply.requestId), 201);
    },
  };

  /** Of an access token that was seen before: others cost a verification. */
  function readPlain({ headers, body }: PlainRequest) {
    const credential = headers['content-type'] === 'application/json' && bearerOf(headers['authorization'] ?? '');
    const recognized = credential ? resolver.recognize(credential) : undefined;
    if (recognized?.use !== 'access_token') return undefined;
    const { data: wanted } = createPersonalToken.safeParse(parseOrNothing(body));
    return wanted && { recognized, wanted };
  }

  async function make(
    request: PlainRequest,
    { recognized, wanted: { name, expiresInDays } }: NonNullable<ReturnType<typeof readPlain>>,
    requestId: string,
  ): Promise<string | undefined> {
    const standing = await askOne(ask, { credential: recognized.key });
    const now = clock.now();
    const caller = await resolver.conclude(recognized, standing, now);
    if (caller.use !== 'access_token') return undefined;
    const { id: sessionId, personId, organizationId } = caller.session;
    const address = addressOf(request);
    const userAgent = userAgentOf(request.headers);
    const actor = { requestId, address, userAgent, personId, credential: `session:${sessionId}` };
    const token = await tokens.createAtOnce({ name, expiresInDays, organizationId, personId, sessionId, actor });
    if (token === undefined) return undefined;
    recordUse(usage, caller, { service: OWN_SERVICE, method: METHOD, route: PATH, address, userAgent }, now);
    return JSON.stringify(issued(token));
  }
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

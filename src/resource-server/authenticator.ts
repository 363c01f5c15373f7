// The way in: an authenticator asks TeamDay Identity at every request what its Bearer credential stands for, now.

import { rememberAnswers } from './answer-cache.ts';
import { isMistyped } from './bearer.ts';
import { authenticateByKey, authenticateBySecret } from './client-authentication.ts';
import { type Ask, createIntrospectionClient } from './introspection-client.ts';
import { type Authenticator, createJudgement } from './judgement.ts';
import { joinCallsOfOneTurn } from './one-turn.ts';
import { type AuthenticatorOptions, checkOptions } from './options.ts';
import { describeResource } from './protected-resource.ts';
import { createFaultReporter } from './report-fault.ts';

export type { IdentityUnavailable } from './identity-unavailable.ts';
export type { Authenticator, BearerRequest, Call } from './judgement.ts';
export type { AuthenticatorOptions } from './options.ts';
export type { Organization, Person, Principal, RateLimit } from './principal.ts';
export type { Refusal } from './refusal.ts';
export type { Requirement } from './requirement.ts';

const DEFAULT_TIMEOUT_MS = 1_500;

/** @throws TypeError that names everything wrong with the options */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  checkOptions(options);
  const { issuer, clientId, clientSecret, privateKey, resource, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const authentication =
    privateKey === undefined
      ? authenticateBySecret(clientId, clientSecret ?? '')
      : authenticateByKey(clientId, privateKey, issuer);
  const endpoint = options.introspectionEndpoint ?? `${issuer}/oauth/introspect`;
  const ask = createIntrospectionClient({ issuer, endpoint, authentication, timeoutMs });
  const joined = joinCallsOfOneTurn((question) => JSON.stringify(question), ask);
  return createJudgement({
    ask: withoutMistyped(rememberAnswers(options.cacheSeconds ?? 0, joined)),
    audiences: resource === undefined ? [issuer] : [issuer, resource],
    onFault: options.onFault ?? createFaultReporter(),
    protectedResource: resource === undefined ? undefined : describeResource({ ...options, resource }, issuer),
  });
}

function withoutMistyped(ask: Ask): Ask {
  return async (question) => (isMistyped(question.token) ? { active: false } : await ask(question));
}

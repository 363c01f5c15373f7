// From a request to a principal or a refusal, whoever answers what the credential stands for.
import type { ActiveIntrospection } from '../oauth/introspection.ts';
import { readBearer } from './bearer.ts';
import { IdentityUnavailable } from './identity-unavailable.ts';
import type { Ask, Question } from './introspection-client.ts';
import { type Principal, principalIn } from './principal.ts';
import type { ProtectedResource } from './protected-resource.ts';
import { createRefusals, type Refusal } from './refusal.ts';
import { checkRequirement, type Requirement, refusalOf } from './requirement.ts';

/** A fetch Request, or as much of it as is needed. */
export interface BearerRequest {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
}

export interface Call extends Requirement {
  /** The route's pattern, `/api/v1/agents/:id`: never the address with its ids and query. For the audit log. */
  readonly route?: string | undefined;
  /** The IP address of whoever sent the request, as far as the service can tell. For "last used" and the audit log. */
  readonly clientAddress?: string | undefined;
}

export interface Authenticator {
  /**
   * Who sent the request and may do what the route asks for, or why not.
   * @throws TypeError for a requirement that is none: no service named, for example
   */
  authenticate(request: BearerRequest, call: Call): Promise<Principal | Refusal>;
  /** Where `resource` was configured. */
  readonly protectedResource: ProtectedResource | undefined;
}

interface JudgementOptions {
  readonly ask: Ask;
  /** What an access token may be addressed to (RFC 9068 §4), any of it. */
  readonly audiences: readonly string[];
  readonly onFault: (fault: IdentityUnavailable) => void;
  readonly protectedResource: ProtectedResource | undefined;
}

export function createJudgement({ ask, audiences, onFault, protectedResource }: JudgementOptions): Authenticator {
  const refusals = createRefusals(protectedResource?.url);

  async function judge(question: Question, requirement: Requirement): Promise<Principal | Refusal> {
    const { token } = question;
    const answer = await ask(question);
    if (!answer.active) return refusals.invalidToken(token, answer.inactive_reason);
    const principal = principalIn(answer);
    if (principal === undefined || !isAddressedTo(answer, audiences)) return refusals.invalidToken(token);
    if (answer.rate_limit?.exceeded) return refusals.rateLimit(answer.rate_limit);
    return refusalOf(principal, requirement, refusals) ?? principal;
  }

  return {
    protectedResource,
    async authenticate({ method, headers }, call) {
      checkRequirement(call);
      const bearer = readBearer(headers.get('authorization'));
      if (bearer.kind === 'none') return refusals.noToken();
      const { token } = bearer;
      if (bearer.kind === 'rubbish') return refusals.invalidToken(token);
      const { service, route, clientAddress } = call;
      const userAgent = headers.get('user-agent') ?? undefined;
      try {
        return await judge({ token, service, method, route, clientAddress, userAgent }, call);
      } catch (error) {
        if (!(error instanceof IdentityUnavailable)) throw error;
        onFault(error);
        return refusals.unavailable(error);
      }
    },
  };
}

/** Only access tokens are addressed to somebody. One that is meant for another service is refused here. */
function isAddressedTo(answer: ActiveIntrospection, audiences: readonly string[]): boolean {
  if (answer.token_use !== 'access_token') return true;
  return [answer.aud ?? []].flat().some((audience) => audiences.includes(audience));
}

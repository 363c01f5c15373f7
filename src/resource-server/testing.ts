// For a service's own tests: an authenticator that knows the credentials a test made up, and asks nobody. What it lets
// in and how it refuses is decided by the same code as in production.
import type { ActiveIntrospection, IntrospectionResponse } from '../oauth/introspection.ts';
import type { Role } from '../oauth/roles.ts';
import { epochSeconds } from './clock.ts';
import { IdentityUnavailable } from './identity-unavailable.ts';
import type { Ask, Question } from './introspection-client.ts';
import { type Authenticator, createJudgement } from './judgement.ts';
import { describeResource, type ProtectedResourceOptions } from './protected-resource.ts';

/**
 * What a made-up credential stands for: a principal by `person` or `organization`, a token that was good once, one that
 * used up its rate limit, or the identity service being away.
 */
export type FakeCredential = ActiveIntrospection | 'expired' | 'revoked' | 'over_limit' | 'unavailable';

export interface FakeAuthenticator extends Authenticator {
  /** What would have been asked, in order: with service, route, client address and user agent. */
  readonly questions: readonly Question[];
}

const ISSUER = 'https://identity.example';
const WINDOW = { limit: 1000, remaining: 0, reset: 42 };

/** @param credentials token -> what it stands for; a test may add and remove some on the way */
export function createFakeAuthenticator(
  credentials: Readonly<Record<string, FakeCredential>>,
  options: Partial<ProtectedResourceOptions> = {},
): FakeAuthenticator {
  const questions: Question[] = [];
  const ask: Ask = async (question) => {
    questions.push(question);
    const { token } = question;
    return answerFor(Object.hasOwn(credentials, token) ? credentials[token] : undefined);
  };
  const { resource } = options;
  const judgement = createJudgement({
    ask,
    audiences: [ISSUER],
    onFault: () => {},
    protectedResource: resource === undefined ? undefined : describeResource({ ...options, resource }, ISSUER),
  });
  return { ...judgement, questions };
}

function answerFor(credential: FakeCredential | undefined): IntrospectionResponse {
  switch (credential) {
    case undefined:
      return { active: false };
    case 'expired':
    case 'revoked':
      return { active: false, inactive_reason: credential };
    case 'over_limit':
      return { ...person(), rate_limit: { ...WINDOW, exceeded: true } };
    case 'unavailable':
      throw new IdentityUnavailable('A test said that the identity service is away.');
    default:
      return credential;
  }
}

interface FakePerson {
  readonly id?: string;
  readonly email?: string;
  readonly organizationId?: string;
  readonly role?: Role;
  /** Makes it a sign-in with these scopes, instead of a personal access token that may all its person may. */
  readonly scopes?: readonly string[];
}

/** A person: with a personal access token, or signed in at the command with the `scopes` given. */
export function person(given: FakePerson = {}): ActiveIntrospection {
  const { id = 'user_ada', email = 'ada@acme.example', organizationId = 'org_acme', role = 'member', scopes } = given;
  const common = { ...issued(), sub: id, username: email, org_id: organizationId, role };
  if (scopes === undefined) return { ...common, token_use: 'personal_access_token', scope: 'all', jti: 'tok_fake' };
  const session = { client_id: 'teamday-cli', sid: 'ses_fake', jti: 'fake', aud: ISSUER };
  return { ...common, ...session, token_use: 'access_token', scope: scopes.join(' ') };
}

interface FakeOrganization {
  readonly id?: string;
  /** Services it may use; all of them unless told. */
  readonly scopes?: readonly string[];
}

/** An organization, with one of its tokens. */
export function organization({ id = 'org_acme', scopes = ['all'] }: FakeOrganization = {}): ActiveIntrospection {
  return {
    ...issued(),
    token_use: 'organization_token',
    sub: id,
    org_id: id,
    scope: scopes.join(' '),
    jti: 'tok_fake',
  };
}

const LIFETIME = 900;

function issued() {
  const iat = epochSeconds();
  return { active: true, token_type: 'Bearer', iss: ISSUER, iat, exp: iat + LIFETIME } as const;
}

import type { Accounts } from '../accounts/accounts.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import type { Invitations } from '../members/invitations.ts';
import type { Members } from '../members/members.ts';
import type { Policies } from '../members/policies.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { SignIns } from '../sign-ins/sign-ins.ts';
import type { Credentials } from '../tokens/credentials.ts';
import type { TokenPolicy } from '../tokens/token-policy.ts';
import type { Tokens } from '../tokens/tokens.ts';
import type { Trail } from '../trail/trail.ts';

/** What the routes under /api are built on. */
export interface ApiDependencies {
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly invitations: Invitations;
  readonly members: Members;
  readonly policies: Policies;
  readonly resolver: CredentialResolver;
  readonly sessions: Sessions;
  readonly signIns: SignIns;
  readonly tokenPolicy: TokenPolicy;
  readonly tokens: Tokens;
  readonly trail: Trail;
}

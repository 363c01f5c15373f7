import type { Accounts } from '../accounts/accounts.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { TokenPolicy } from '../tokens/token-policy.ts';
import type { Tokens } from '../tokens/tokens.ts';

/** What the routes under /api are built on. */
export interface ApiDependencies {
  readonly accounts: Accounts;
  readonly resolver: CredentialResolver;
  readonly sessions: Sessions;
  readonly tokenPolicy: TokenPolicy;
  readonly tokens: Tokens;
}

// Everything that routes are built on: built in server.ts, handed to app.tsx.
import type { Accounts } from './accounts/accounts.ts';
import type { SetUp } from './accounts/set-up.ts';
import type { Background } from './background.ts';
import type { ResourceServerAuthentication } from './clients/resource-server-authentication.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import type { Ask } from './database/merged-statements.ts';
import type { DeviceLogins } from './device/device-logins.ts';
import type { LimitLogins } from './http/login-limit.ts';
import type { RateCounters } from './http/rate-counter.ts';
import type { RequestLimits } from './introspection/request-limits.ts';
import type { CredentialResolver } from './introspection/resolve-credential.ts';
import type { Question, Standing } from './introspection/standing.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { LeakReports } from './leaks/leak-reports.ts';
import type { Invitations } from './members/invitations.ts';
import type { Members } from './members/members.ts';
import type { Policies } from './members/policies.ts';
import type { Metrics } from './metrics.ts';
import type { BrowserSessions } from './sessions/browser-sessions.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { ChangePassword } from './sign-ins/password-change.ts';
import type { SignIns } from './sign-ins/sign-ins.ts';
import type { Credentials } from './tokens/credentials.ts';
import type { TokenPolicy } from './tokens/token-policy.ts';
import type { Tokens } from './tokens/tokens.ts';
import type { Trail } from './trail/trail.ts';

export interface Services {
  readonly accounts: Accounts;
  /** How a client and a credential stand now. */
  readonly ask: Ask<Question, Standing>;
  readonly background: Background;
  readonly browserSessions: BrowserSessions;
  readonly changePassword: ChangePassword;
  readonly clock: Clock;
  readonly config: Config;
  readonly counters: RateCounters;
  /** Those of an organization, as its admins see them. */
  readonly credentials: Credentials;
  readonly database: Database;
  readonly deviceLogins: DeviceLogins;
  readonly invitations: Invitations;
  readonly keys: KeyRing;
  readonly leakReports: LeakReports;
  readonly limitLogins: LimitLogins;
  readonly members: Members;
  readonly metrics: Metrics;
  readonly policies: Policies;
  readonly requestLimits: RequestLimits;
  readonly resolver: CredentialResolver;
  readonly resourceServerAuthentication: ResourceServerAuthentication;
  readonly sessions: Sessions;
  readonly setUp: SetUp;
  readonly signIns: SignIns;
  readonly tokenPolicy: TokenPolicy;
  readonly tokens: Tokens;
  readonly trail: Trail;
}

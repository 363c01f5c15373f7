// Everything that routes are built on: built in server.ts, handed to app.tsx.
import type { Accounts } from './accounts/accounts.ts';
import type { SetUp } from './accounts/set-up.ts';
import type { Background } from './background.ts';
import type { ResourceServerAuthentication } from './clients/resource-server-authentication.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import type { DeviceLogins } from './device/device-logins.ts';
import type { RateCounters } from './http/rate-counter.ts';
import type { CredentialResolver } from './introspection/resolve-credential.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { LeakReports } from './leaks/leak-reports.ts';
import type { Metrics } from './metrics.ts';
import type { BrowserSessions } from './sessions/browser-sessions.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { TokenPolicy } from './tokens/token-policy.ts';
import type { Tokens } from './tokens/tokens.ts';

export interface Services {
  readonly accounts: Accounts;
  readonly background: Background;
  readonly browserSessions: BrowserSessions;
  readonly clock: Clock;
  readonly config: Config;
  readonly counters: RateCounters;
  readonly database: Database;
  readonly deviceLogins: DeviceLogins;
  readonly keys: KeyRing;
  readonly leakReports: LeakReports;
  readonly metrics: Metrics;
  readonly resolver: CredentialResolver;
  readonly resourceServerAuthentication: ResourceServerAuthentication;
  readonly sessions: Sessions;
  readonly setUp: SetUp;
  readonly tokenPolicy: TokenPolicy;
  readonly tokens: Tokens;
}

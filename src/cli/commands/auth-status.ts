// `teamday auth status`: who you are, as the server says now, and by which credential.
import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import type { Credential } from '../credentials.ts';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import type { Profile } from '../profile.ts';
import type { Terminal } from '../terminal.ts';
import { timeLeft } from '../time-left.ts';

const METHODS = {
  oauth: 'OAuth',
  personal_access_token: 'Personal Access Token',
  organization_token: 'Organization API Token',
} as const;

export function addStatusCommand(auth: Command, io: Io, terminal: Terminal): void {
  auth
    .command('status')
    .summary('show who you are and by which credential')
    .description('Ask the server who you are, and show which credential is used and where it comes from.')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('teamday auth status', 'teamday auth status --json'))
    .action(async () => await status(io, terminal));
}

async function status(io: Io, terminal: Terminal): Promise<void> {
  const client = new ApiClient(io);
  const profile = await client.profile();
  const { credential } = client;
  const method = credential.kind === 'session' ? 'oauth' : credential.tokenKind;
  const ends = endsOf(io, credential, profile);
  const { user, organization, organizations } = profile;
  const { server, source } = credential;
  terminal.result({ authenticated: true, method, source, server, user, organization, organizations, ...ends }, () => {
    terminal.success('Authenticated');
    terminal.say();
    if (user !== undefined) terminal.say(`User: ${user.email}`);
    terminal.say(`Organization: ${organization.name}`);
    terminal.say(`Method: ${METHODS[method]}`);
    for (const [name, label] of LABELS) if (name in ends) terminal.say(`${label}: ${validity(io, ends[name])}`);
    terminal.say(`Source: ${source}`);
    terminal.say(`Server: ${server}`);
  });
}

/** When what ends: ISO 8601, `null` for never. Only what the credential consists of is there. */
type Ends = Partial<Record<'accessTokenExpiresAt' | 'refreshTokenExpiresAt' | 'tokenExpiresAt', string | null>>;

const LABELS = [
  ['accessTokenExpiresAt', 'Access Token'],
  ['refreshTokenExpiresAt', 'Refresh Token'],
  ['tokenExpiresAt', 'Token'],
] as const;

function endsOf(io: Io, credential: Credential, profile: Profile): Ends {
  if (credential.kind === 'token') return { tokenExpiresAt: profile.tokenExpiresAt ?? null };
  const accessTokenExpiresAt = io.clock.iso(credential.session.expiresAt);
  const { sessionExpiresAt: refreshTokenExpiresAt } = profile;
  return refreshTokenExpiresAt === undefined
    ? { accessTokenExpiresAt }
    : { accessTokenExpiresAt, refreshTokenExpiresAt };
}

function validity(io: Io, end: string | null | undefined): string {
  return end ? `Valid (expires in ${timeLeft(io.clock.parse(end) - io.clock.now())})` : 'Valid (does not expire)';
}

// `teamday auth status`: who you are, as the server says now, and by which credential.
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import type { Credential } from '../credentials.ts';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import type { Profile } from '../profile.ts';
import type { Terminal } from '../terminal.ts';
import { timeLeft } from '../time-left.ts';
import { withClient } from '../with-client.ts';

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
  await withClient(io, terminal, async (client) => {
    const { credential } = client;
    if (credential.kind === 'token' && credential.tokenKind === 'organization_token') {
      await organizationTokenStatus(client, terminal);
    } else {
      await personStatus(client, io, terminal);
    }
  });
}

async function personStatus(client: ApiClient, io: Io, terminal: Terminal): Promise<void> {
  const { user, organization, organizations, ...profile } = await client.profile();
  const { credential } = client;
  const { server, source } = credential;
  const method = credential.kind === 'session' ? 'oauth' : credential.tokenKind;
  const ends = endsOf(io, credential, profile);
  const token = profile.token && { id: profile.token.id, name: profile.token.name };
  const facts = { authenticated: true, method, source, server, user, organization, organizations, token, ...ends };
  terminal.result(facts, () => {
    terminal.success('Authenticated');
    terminal.say();
    terminal.say(`User: ${user.email}`);
    terminal.say(`Organization: ${organization.name}`);
    terminal.say(`Method: ${METHODS[method]}`);
    if (token !== undefined) terminal.say(`Name: ${token.name}`);
    for (const [name, label] of LABELS) if (name in ends) terminal.say(`${label}: ${validity(io, ends[name])}`);
    terminal.say(`Source: ${source}`);
    terminal.say(`Server: ${server}`);
  });
}

/** It is no person, so all the server tells is whether it takes it: 403 for "you, but not here", 401 for "not you". */
async function organizationTokenStatus(client: ApiClient, terminal: Terminal): Promise<void> {
  const answer = await client.request('GET', '/api/users/me');
  if (answer.status !== 403) throw client.refusal(answer);
  const { server, source } = client.credential;
  terminal.result({ authenticated: true, method: 'organization_token', source, server }, () => {
    terminal.success('Authenticated');
    terminal.say();
    terminal.say(`Method: ${METHODS.organization_token}`);
    terminal.say('Token: Valid (when it expires is shown in Organization Settings → Org Tokens)');
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

function endsOf(io: Io, credential: Credential, profile: Pick<Profile, 'sessionExpiresAt' | 'token'>): Ends {
  if (credential.kind === 'token') return { tokenExpiresAt: profile.token?.expiresAt ?? null };
  const accessTokenExpiresAt = io.clock.iso(credential.session.expiresAt);
  const { sessionExpiresAt: refreshTokenExpiresAt } = profile;
  return refreshTokenExpiresAt === undefined
    ? { accessTokenExpiresAt }
    : { accessTokenExpiresAt, refreshTokenExpiresAt };
}

function validity(io: Io, end: string | null | undefined): string {
  return end ? `Valid (expires in ${timeLeft(io.clock.parse(end) - io.clock.now())})` : 'Valid (does not expire)';
}

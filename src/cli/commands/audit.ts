// `teamday audit --token ID --since "1 week ago"`: what a credential did, and what was done to it.
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import {
  type AuditTrail,
  organizationTrail,
  ownTokenTrail,
  type Person,
  refuseUnknown,
  type TrailQuery,
  type TrailRecord,
  type TrailToken,
  type TrailUsage,
  tokenNotFound,
  WHOLE_ID,
} from '../audit-trail.ts';
import { usageError } from '../errors.ts';
import { examples, JSON_OPTION } from '../help.ts';
import type { Io } from '../io.ts';
import { momentOf } from '../moments.ts';
import { type Column, tableOf } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { listTokens, tokenById } from '../tokens.ts';
import { withClient } from '../with-client.ts';

interface Options {
  readonly token?: string;
  readonly session?: string;
  readonly user?: string;
  readonly action?: string;
  readonly since?: string;
  readonly until?: string;
}

export function addAuditCommand(program: Command, io: Io, terminal: Terminal): void {
  program
    .command('audit')
    .summary('show what a token did, and who did what')
    .description(
      'Show the audit log: of one of your tokens, or, to admins, of anything in the organization. With --token or ' +
        '--session also what it was used for: services, routes and addresses, as the services told.\n\n' +
        'Times are typed as people say them, in your time zone; a day counts whole. What is shown is in UTC.',
    )
    .option(
      '--token <id>',
      'what this token did and what was done to it; of one in your list the beginning of the id is enough, of any other ' +
        "(revoked, another person's, the organization's) give it whole",
    )
    .option('--session <id>', 'the same of a sign-in (admins)')
    .option('--user <id or e-mail>', 'what this person did, and what was done to them (admins)')
    .option('--action <name>', 'only acts of this name, such as token.revoked (admins)')
    .option('--since <time>', 'not before: "1 week ago", yesterday, 2026-11-22 (default: all that is kept)')
    .option('--until <time>', 'not after (default: now)')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples('teamday audit --token tok_4Fk2 --since "1 week ago"', 'teamday audit --user ada@acme.example --json'),
    )
    .action(async (options: Options) => await audit(io, terminal, options));
}

const OF_PERSONS = 'Browser sign-ins and failed ones belong to a person: ask with --user.';

async function audit(io: Io, terminal: Terminal, options: Options): Promise<void> {
  const { token, session, user, action } = options;
  if (token !== undefined && session !== undefined) throw usageError('Give --token or --session, not both');
  const times = await timesOf(io, options);
  await withClient(io, terminal, async (client) => {
    const id = token === undefined ? undefined : await wholeId(client, token);
    const trail = await find(client, { token: id, session, user, action, ...times });
    terminal.result({ ...times, ...trail.raw }, () => {
      if (trail.token !== null) sayToken(terminal, trail.token);
      if (session !== undefined) terminal.say(`Session: ${session}`);
      if (trail.usage !== undefined) sayUsage(io, terminal, trail.usage, times);
      sayRecords(io, terminal, trail.records, times);
      if (trail.records.length === 0 && user === undefined && token === undefined) terminal.say(OF_PERSONS);
    });
    if (trail.isCut) terminal.warn('There is more than is shown. Narrow it down: --since, --until, --action');
  });
}

interface Times {
  readonly since?: string;
  readonly until?: string;
}

async function timesOf(io: Io, options: Options): Promise<Times> {
  const since = options.since === undefined ? undefined : await momentOf('since', options.since, io.clock);
  const until = options.until === undefined ? undefined : await momentOf('until', options.until, io.clock);
  if (since !== undefined && since > io.clock.now())
    throw usageError(`--since is in the future: ${io.clock.iso(since)}`);
  if (since !== undefined && until !== undefined && since > until) {
    throw usageError(`--since is after --until: ${io.clock.iso(since)} and ${io.clock.iso(until)}`);
  }
  return {
    ...(since === undefined ? {} : { since: io.clock.iso(since) }),
    ...(until === undefined ? {} : { until: io.clock.iso(until) }),
  };
}

async function wholeId(client: ApiClient, id: string): Promise<string> {
  if (WHOLE_ID.test(id)) return id;
  return tokenById(await listTokens(client), id)?.id ?? id;
}

/** An admin is told more of a token than its owner, so the organization's log is asked first where that is possible. */
async function find(client: ApiClient, query: TrailQuery): Promise<AuditTrail> {
  const { token, since, until, ...more } = query;
  const { organization } = await client.profile();
  const isAdmin = organization.role === 'admin' && client.credential.kind === 'session';
  const isOwn = token !== undefined && Object.values(more).every((value) => value === undefined);
  if (!isOwn) {
    const found = await organizationTrail(client, organization.id, query);
    if (found.records.length === 0) await refuseUnknown(client, organization.id, query, isAdmin);
    return found;
  }
  const ofOrganization = isAdmin ? await organizationTrail(client, organization.id, query) : undefined;
  if (ofOrganization?.token) return ofOrganization;
  const own = await ownTokenTrail(client, token, { since, until });
  if (own === undefined) throw tokenNotFound(token, isAdmin);
  return own;
}

function sayToken(terminal: Terminal, token: TrailToken): void {
  const { revokedAt, revokeReason, expiresAt, lastUsedAt, lastUsedAddress, replaces, replacedBy } = token;
  const from = lastUsedAddress === null ? '' : ` from ${lastUsedAddress}`;
  terminal.say(`Token: ${token.name} (${token.id})`);
  terminal.say(`Preview: ${token.tokenPreview}`);
  terminal.say(token.owner === null ? 'Owner: the organization' : `Owner: ${nameOf(token.owner)}`);
  if (token.owner === null) terminal.say(`Created by: ${nameOf(token.createdBy)}`);
  terminal.say(`Created: ${minute(token.createdAt)} UTC`);
  terminal.say(`Expires: ${expiresAt === null ? 'Never' : `${minute(expiresAt)} UTC`}`);
  terminal.say(`Revoked: ${revokedAt === null ? 'No' : `${minute(revokedAt)} UTC (${revokeReason})`}`);
  if (replaces !== null) terminal.say(`Replaces: ${replaces}`);
  if (replacedBy !== null) terminal.say(`Replaced by: ${replacedBy}`);
  terminal.say(`Last used: ${lastUsedAt === null ? 'Never' : `${minute(lastUsedAt)} UTC${from}`}`);
}

const USAGE: readonly Column<TrailUsage>[] = [
  { title: 'Service', width: 10, of: ({ service }) => service },
  { title: 'Method', width: 6, below: true, of: ({ method }) => method ?? '-' },
  { title: 'Route', width: 16, below: true, of: ({ route }) => route ?? '-' },
  { title: 'Address', width: 13, of: ({ address }) => address ?? '-' },
  { title: 'Requests', width: 8, of: ({ requests }) => String(requests) },
  { title: 'First', width: 16, of: ({ firstAt }) => minute(firstAt) },
  { title: 'Last', width: 16, of: ({ lastAt }) => minute(lastAt) },
];

function sayUsage(io: Io, terminal: Terminal, usage: readonly TrailUsage[], times: Times): void {
  terminal.say();
  terminal.say(`What it was used for${during(times)}:`, 'bold');
  if (usage.length === 0) terminal.say('No service has told of any use (uses appear up to a minute later).');
  else for (const line of tableOf(USAGE, usage, io.stdout.columns)) terminal.say(line);
}

const RECORDS: readonly Column<TrailRecord>[] = [
  { title: 'Time', width: 16, of: ({ at }) => minute(at) },
  { title: 'Action', width: 13, of: ({ action }) => action },
  { title: 'Outcome', width: 7, of: ({ outcome }) => outcome },
  { title: 'By', width: 12, givesWay: true, of: ({ actor }) => (actor === null ? '-' : (actor.name ?? actor.id)) },
  { title: 'With', width: 12, below: true, of: ({ credential }) => credential ?? '-' },
  { title: 'On', width: 12, below: true, of: ({ target }) => target },
  { title: 'Address', width: 13, of: ({ address }) => address ?? '-' },
];

function sayRecords(io: Io, terminal: Terminal, records: readonly TrailRecord[], times: Times): void {
  terminal.say();
  terminal.say(`Audit records${during(times)}:`, 'bold');
  if (records.length === 0) terminal.say('There are none.');
  else for (const line of tableOf(RECORDS, records, io.stdout.columns)) terminal.say(line);
}

function during({ since, until }: Times): string {
  const from = since === undefined ? '' : ` since ${minute(since)} UTC`;
  return until === undefined ? from : `${from} until ${minute(until)} UTC`;
}

function nameOf({ id, name, email }: Person): string {
  return email == null ? (name ?? id) : `${name ?? id} <${email}>`;
}

/** YYYY-MM-DD HH:MM of an ISO 8601 time. */
function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

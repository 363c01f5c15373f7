// Credentials that somebody found where they should not be: those that are real are revoked at once, their owners are
// told by mail, the finder is told nothing about any of them, not even by how long the answer takes.
import { setTimeout as sleep } from 'node:timers/promises';
import { mailTextsFor } from '../../views/mails/mail-texts.ts';
import { type Contact, findAdminContacts, findContact } from '../accounts/account-store.ts';
import type { Actor } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queryable } from '../database/database.ts';
import { sha256 } from '../digest.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { parseToken } from '../oauth/token-format.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { previewOf } from '../tokens/token.ts';
import type { RevokedToken } from '../tokens/token-store.ts';
import type { Tokens } from '../tokens/tokens.ts';

/** Every answer takes at least this long: more than a hundred revocations need. */
const ANSWER_AFTER_MS = 400;

export interface LeakReports {
  /** Revokes those that are real. When it resolves, none of them is active anywhere. */
  report(credentials: readonly string[], actor: Actor): Promise<void>;
}

export interface LeakReportDependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly resolver: CredentialResolver;
  readonly sessions: Sessions;
  readonly settingsUrl: string;
  readonly tokens: Tokens;
}

export function createLeakReports({
  clock,
  database,
  resolver,
  sessions,
  settingsUrl,
  tokens,
}: LeakReportDependencies): LeakReports {
  return {
    async report(credentials, actor) {
      await Promise.all([
        revokeAll([...new Set(credentials.map((text) => text.trim()))], actor),
        sleep(ANSWER_AFTER_MS),
      ]);
    },
  };

  async function revokeAll(credentials: readonly string[], actor: Actor): Promise<void> {
    const wellFormed = credentials.filter((text) => parseToken(text) !== undefined);
    await tokens.revokeLeaked(wellFormed.map(sha256), actor, tellOwners);
    for (const text of credentials) await endSessionOf(text, actor);
  }

  async function tellOwners(transaction: Queryable, token: RevokedToken): Promise<void> {
    const creator = await findContact(transaction, token.createdBy);
    const admins = token.kind === 'organization' ? await findAdminContacts(transaction, token.organizationId) : [];
    const owners = new Map(
      [...admins, ...(creator === undefined ? [] : [creator])].map((owner) => [owner.email, owner]),
    );
    const about = { name: token.name, preview: previewOf(token), organization: token.organizationId };
    for (const owner of owners.values())
      await write(transaction, owner, mailTextsFor(owner.locale).leaked(about, settingsUrl));
  }

  /** A refresh token, or an access token: the sign-in behind it ends. */
  async function endSessionOf(text: string, actor: Actor): Promise<void> {
    const found = await resolver.findSessionOf(text);
    if (found === undefined || !(await sessions.end(found.sessionId, 'leaked', actor))) return;
    const owner = await findContact(database, found.personId);
    if (owner !== undefined) await write(database, owner, mailTextsFor(owner.locale).leakedSession(settingsUrl));
  }

  async function write(on: Queryable, owner: Contact, mail: { subject: string; text: string }): Promise<void> {
    await enqueueMail(on, { to: owner.email, ...mail }, clock.now());
  }
}

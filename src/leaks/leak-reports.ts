// Credentials that somebody found where they should not be: those that are real are revoked at once, their owners are
// told by mail, the finder is told nothing about any of them, not even by how long the answer takes.
import { setTimeout as sleep } from 'node:timers/promises';
import { mailTextsFor } from '../../views/mails/mail-texts.ts';
import { type Contact, findAdminContacts, findContact } from '../accounts/account-store.ts';
import type { Actor } from '../audit/audit-log.ts';
import { type Clock, monotonicMs } from '../clock.ts';
import type { Queryable } from '../database/database.ts';
import { sha256 } from '../digest.ts';
import type { CredentialResolver } from '../introspection/resolve-credential.ts';
import { enqueueMail } from '../mail/outbox.ts';
import { parseToken } from '../oauth/token-format.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { previewOf } from '../tokens/token.ts';
import type { RevokedToken } from '../tokens/token-store.ts';
import type { Tokens } from '../tokens/tokens.ts';

/** Answers are given at full steps of this: how many revocations there were can't be told from the time they took. */
const STEP_MS = 400;

export interface LeakReports {
  /** Revokes those that are real, wherever in the texts they stand. When it resolves, none of them is active anywhere. */
  report(texts: readonly string[], actor: Actor): Promise<void>;
}

export interface LeakReportDependencies {
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly resolver: CredentialResolver;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
}

export function createLeakReports({
  clock,
  publicUrl,
  resolver,
  sessions,
  tokens,
}: LeakReportDependencies): LeakReports {
  return {
    async report(texts, actor) {
      const startedAt = monotonicMs();
      await revokeAll(
        texts.map((text) => text.trim()),
        actor,
      );
      const took = monotonicMs() - startedAt;
      await sleep(Math.ceil(took / STEP_MS) * STEP_MS - took);
    },
  };

  async function revokeAll(texts: readonly string[], actor: Actor): Promise<void> {
    const tokensIn = new Set(texts.flatMap(tokensOf));
    await tokens.revokeByDigest([...tokensIn].map(sha256), 'leaked', actor, tellOwners);
    for (const text of new Set(texts)) await endSessionOf(text, actor);
  }

  async function tellOwners(transaction: Queryable, token: RevokedToken): Promise<void> {
    const creator = await findContact(transaction, token.createdBy, token.organizationId);
    const admins = token.kind === 'organization' ? await findAdminContacts(transaction, token.organizationId) : [];
    const owners = new Map(
      [...admins, ...(creator === undefined ? [] : [creator])].map((owner) => [owner.email, owner]),
    );
    const about = { ...token, preview: previewOf(token), organization: token.organizationId };
    for (const owner of owners.values())
      await write(transaction, owner, mailTextsFor(owner.locale).leaked(about, publicUrl));
  }

  /** A refresh token, or an access token: the sign-in behind it ends. */
  async function endSessionOf(text: string, actor: Actor): Promise<void> {
    const found = await resolver.findSessionOf(text);
    if (found === undefined) return;
    await sessions.end(found.sessionId, 'leaked', actor, async (transaction) => {
      const owner = await findContact(transaction, found.personId);
      if (owner !== undefined) await write(transaction, owner, mailTextsFor(owner.locale).leakedSession(publicUrl));
    });
  }

  async function write(on: Queryable, owner: Contact, mail: { subject: string; text: string }): Promise<void> {
    await enqueueMail(on, { to: owner.email, ...mail }, clock.now());
  }
}

// Every place where a token could begin, so that nothing written before or after one hides it.
const TOKENS = /(?=((?:td|otk)_[A-Za-z0-9_-]{43}))/g;

function tokensOf(text: string): string[] {
  return [...text.matchAll(TOKENS)].flatMap(([, token]) =>
    token !== undefined && parseToken(token) !== undefined ? [token] : [],
  );
}

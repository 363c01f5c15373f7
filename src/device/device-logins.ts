// Use cases of a CLI's login (RFC 8628): asking for it, polling at its pace, approving or denying it, and redeeming the
// device code for a session, once. The wire is ../oidc's, the pages are ../web's.
import { type KeyObject, randomBytes } from 'node:crypto';
import { type Actor, type AuditRecord, recordAct, recordActs } from '../audit/audit-log.ts';
import { after, type Clock, DAY, SECOND } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { BUSY, mergeActs } from '../database/merged-acts.ts';
import { askOne, mergeLookups, mergeStatements } from '../database/merged-statements.ts';
import { newId, sha256 } from '../digest.ts';
import type { BrowserSession } from '../sessions/browser-sessions.ts';
import type { Device, LiveSession } from '../sessions/session.ts';
import { endSession, findLiveSessions, insertCliSessions } from '../sessions/session-store.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { DeviceAuthorization } from './device-authorization.ts';
import * as store from './device-authorization-store.ts';
import { userCodeDigest } from './user-code.ts';

/** RFC 8628 §3.5: what slow_down adds. */
const SLOW_DOWN_SECONDS = 5;
/** A poll this much early is on time: clocks and networks are not that exact. */
const POLL_SLACK_MS = 500;

export interface DeviceLoginSettings {
  readonly pollIntervalSeconds: number;
  readonly sessionLifetimeDays: number;
  /** How long a device code that was just redeemed yields the same session again. */
  readonly retrySeconds: number;
}

interface NewDeviceLogin {
  readonly deviceCode: string;
  /** Normalized. */
  readonly userCode: string;
  readonly clientId: string;
  readonly scope: string;
  readonly device: Device;
  readonly expiresAt: Date;
}

export interface DeviceLogins {
  /** False: there is a login with that user code already. */
  open(login: NewDeviceLogin): Promise<boolean>;
  findByDeviceCode(deviceCode: string): Promise<DeviceAuthorization | undefined>;
  /** @param userCode normalized */
  findByUserCode(userCode: string): Promise<DeviceAuthorization | undefined>;
  /** Notes a poll of a pending login. False: too soon; the interval is now 5 s longer, which is remembered. */
  poll(deviceCode: string): Promise<boolean>;
  /** False when somebody or the clock was first, or the person is no member of that organization, or signed out. */
  approve(userCode: string, by: BrowserSession, organizationId: string, actor: Actor): Promise<boolean>;
  deny(userCode: string, by: BrowserSession, actor: Actor): Promise<boolean>;
  /**
   * Exchanges an approved device code for its session. Exactly one session comes of it, however many ask at once: those
   * who ask again within moments get the same one (their first answer may have been lost).
   * Undefined when it can't be: not approved, the person no longer allowed, or used before; then the session that was
   * made of it is ended, for somebody has the code who shouldn't.
   */
  redeem(deviceCode: string, clientId: string, actor: Actor): Promise<LiveSession | undefined>;
  /**
   * The same in the plain case, together with all who ask for it at the moment: the first redemption of an approved code.
   * Undefined: anything else, which `redeem` judges.
   */
  redeemAtOnce(deviceCode: string, clientId: string, actor: Actor): Promise<LiveSession | undefined>;
}

interface NewApproval extends store.Approval {
  readonly actor: Actor;
}

interface Redemption {
  readonly deviceCodeDigest: Buffer;
  readonly clientId: string;
  readonly actor: Actor;
}

export function createDeviceLogins(
  database: Database,
  clock: Clock,
  sessions: Sessions,
  userCodeKey: KeyObject,
  settings: DeviceLoginSettings,
): DeviceLogins {
  const digestOf = (userCode: string) => userCodeDigest(userCode, userCodeKey);

  const insert = mergeStatements(async (logins: readonly store.NewDeviceAuthorization[]) => {
    const inserted = new Set(
      (await store.insertDeviceAuthorizations(database, logins)).map((one) => one.toString('hex')),
    );
    return logins.map(({ userCodeDigest: digest }) => inserted.delete(digest.toString('hex')));
  });

  const findByUserCode = mergeLookups((digests) => store.findByUserCodes(database, digests));

  const approvals = mergeActs(database, async (transaction, asked: readonly NewApproval[], locking) => {
    const now = clock.now();
    const approved = await store.approve(transaction, asked, now, locking);
    const isDone = ({ sessionId }: NewApproval) => approved.has(sessionId);
    await recordActs(
      transaction,
      now,
      asked.filter(isDone).map(({ sessionId, organizationId, actor }) => ({
        action: 'login.approved',
        target: `session:${sessionId}`,
        organizationId,
        actor,
      })),
    );
    return asked.map((approval) => isDone(approval) || (locking === 'skips' ? BUSY : false));
  });

  /**
   * The session, or `none` when the code was used before, was not approved, or whoever approved it may no longer act
   * there: then it is used up all the same, and nothing that happens later can bring it back.
   */
  const redemptions = mergeActs(database, async (transaction, asked: readonly Redemption[], locking) => {
    const now = clock.now();
    const redeemed = await store.redeem(transaction, asked, now, locking);
    if (redeemed.length === 0) return asked.map(() => (locking === 'skips' ? BUSY : 'none'));
    const expiresAt = after(now, settings.sessionLifetimeDays * DAY);
    const made = redeemed.map((login) => ({ ...login, id: login.sessionId, refreshId: randomBytes(16), expiresAt }));
    await insertCliSessions(transaction, made, now);
    const alive = new Map(
      (
        await findLiveSessions(
          transaction,
          made.map(({ id }) => id),
          now,
        )
      ).map((session) => [session.id, session]),
    );
    const records = made.map(({ id, personId, organizationId, device, deviceCodeDigest }): AuditRecord => {
      const actor = asked.find((one) => one.deviceCodeDigest.equals(deviceCodeDigest))?.actor;
      return {
        action: alive.has(id) ? 'session.created' : 'session.refused',
        target: `session:${id}`,
        organizationId,
        actor: { ...actor, personId, credential: 'device_code' },
        details: { kind: 'cli', device: device.name ?? null },
      };
    });
    for (const { id } of made) if (!alive.has(id)) await endSession(transaction, id, 'no_longer_allowed', now);
    await recordActs(transaction, now, records);
    return asked.map(({ deviceCodeDigest }) => {
      const login = made.find((one) => one.deviceCodeDigest.equals(deviceCodeDigest));
      if (login === undefined) return locking === 'skips' ? BUSY : 'none';
      return alive.get(login.id) ?? 'none';
    });
  });

  return {
    open: ({ deviceCode, userCode, ...login }) =>
      askOne(insert, {
        ...login,
        deviceCodeDigest: sha256(deviceCode),
        userCodeDigest: digestOf(userCode),
        pollIntervalSeconds: settings.pollIntervalSeconds,
        createdAt: clock.now(),
      }),

    findByDeviceCode: (deviceCode) => store.findByDeviceCode(database, sha256(deviceCode)),
    findByUserCode: (userCode) => findByUserCode(digestOf(userCode).toString('hex')),

    async poll(deviceCode) {
      const digest = sha256(deviceCode);
      if (await store.notePoll(database, digest, clock.now(), POLL_SLACK_MS)) return true;
      await store.lengthenInterval(database, digest, SLOW_DOWN_SECONDS);
      return false;
    },

    approve: (userCode, { id: browserSessionId, personId, authenticatedAt }, organizationId, actor) =>
      approvals.carryOut({
        userCodeDigest: digestOf(userCode),
        personId,
        browserSessionId,
        organizationId,
        sessionId: newId('ses_'),
        authenticatedAt,
        actor,
      }),

    deny: (userCode, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (!(await store.deny(transaction, digestOf(userCode), by.personId, now))) return false;
        await recordAct(transaction, now, { action: 'login.denied', target: `person:${by.personId}`, actor });
        return true;
      }),

    async redeem(deviceCode, clientId, actor) {
      const digest = sha256(deviceCode);
      const created = await redemptions.alone({ deviceCodeDigest: digest, clientId, actor });
      if (created !== 'none') return created;
      const retriedId = await store.redeemedSince(
        database,
        digest,
        after(clock.now(), -settings.retrySeconds * SECOND),
      );
      if (retriedId !== undefined) return await sessions.findLive(retriedId);
      const authorization = await store.findByDeviceCode(database, digest);
      if (authorization?.state === 'redeemed') await sessions.end(authorization.sessionId, 'device_code_reused', actor);
      return undefined;
    },

    async redeemAtOnce(deviceCode, clientId, actor) {
      const redeemed = await redemptions.together({ deviceCodeDigest: sha256(deviceCode), clientId, actor });
      return redeemed === BUSY || redeemed === 'none' ? undefined : redeemed;
    },
  };
}

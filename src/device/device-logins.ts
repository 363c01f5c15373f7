// Use cases of a CLI's login (RFC 8628): asking for it, polling at its pace, approving or denying it, and redeeming the
// device code for a session, once. The wire is ../oidc's, the pages are ../web's.
import { type KeyObject, randomBytes } from 'node:crypto';
import { type Actor, recordAct } from '../audit/audit-log.ts';
import { after, type Clock, DAY, SECOND } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { mergeLookups } from '../database/merged-statements.ts';
import { newId, sha256 } from '../digest.ts';
import type { BrowserSession } from '../sessions/browser-sessions.ts';
import type { Device, LiveSession } from '../sessions/session.ts';
import { endSession, findLiveSession, holdPerson, holdSession, insertCliSession } from '../sessions/session-store.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { createApproveAtOnce } from './approve-at-once.ts';
import type { DeviceAuthorization } from './device-authorization.ts';
import * as store from './device-authorization-store.ts';
import { createOpenAtOnce } from './open-at-once.ts';
import { createPollAtOnce, type PollAtOnce } from './poll-at-once.ts';
import { createRedeemAtOnce, type RedeemAtOnce } from './redeem-at-once.ts';
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
  redeem(deviceCode: string, actor: Actor): Promise<LiveSession | undefined>;
  /** The plain case of a poll. */
  readonly pollAtOnce: PollAtOnce;
  /** The plain case of a redemption. */
  readonly redeemAtOnce: RedeemAtOnce;
}

export function createDeviceLogins(
  database: Database,
  clock: Clock,
  sessions: Sessions,
  userCodeKey: KeyObject,
  settings: DeviceLoginSettings,
): DeviceLogins {
  const digestOf = (userCode: string) => userCodeDigest(userCode, userCodeKey);
  const openAtOnce = createOpenAtOnce(database);
  const approveAtOnce = createApproveAtOnce(database, clock);
  const findByUserCode = mergeLookups((digests) => store.findByUserCodes(database, digests));

  return {
    open: ({ deviceCode, userCode, ...login }) =>
      openAtOnce({
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

    async approve(userCode, by, organizationId, actor) {
      const { id: browserSessionId, personId, authenticatedAt } = by;
      const approval = { personId, organizationId, sessionId: newId('ses_'), authenticatedAt };
      const digest = digestOf(userCode);
      if (await approveAtOnce({ ...approval, userCodeDigest: digest, browserSessionId, actor })) return true;
      return await database.transaction(async (transaction) => {
        const now = clock.now();
        const person = await holdPerson(transaction, personId);
        if (person === undefined || !(await holdSession(transaction, by.id, now))) return false;
        if (!(await store.approve(transaction, digest, approval, now))) return false;
        await recordAct(transaction, now, {
          action: 'login.approved',
          target: `session:${approval.sessionId}`,
          organizationId,
          actor,
        });
        return true;
      });
    },

    deny: (userCode, by, actor) =>
      database.transaction(async (transaction) => {
        const now = clock.now();
        if (!(await store.deny(transaction, digestOf(userCode), by.personId, now))) return false;
        await recordAct(transaction, now, { action: 'login.denied', target: `person:${by.personId}`, actor });
        return true;
      }),

    pollAtOnce: createPollAtOnce(database, clock, POLL_SLACK_MS),
    redeemAtOnce: createRedeemAtOnce(database, clock, settings.sessionLifetimeDays),

    async redeem(deviceCode, actor) {
      const digest = sha256(deviceCode);
      const created = await createSession(digest, actor);
      if (created !== undefined) return created;
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
  };

  /**
   * Undefined when the code was used before, was not approved, or whoever approved it may no longer act there: then it is
   * used up all the same, and nothing that happens later can bring it back.
   */
  function createSession(deviceCodeDigest: Buffer, actor: Actor): Promise<LiveSession | undefined> {
    return database.transaction(async (transaction) => {
      const now = clock.now();
      const login = await store.redeem(transaction, deviceCodeDigest, now);
      if (login?.state !== 'redeemed') return undefined;
      const { sessionId: id, personId, organizationId } = login;
      const expiresAt = after(now, settings.sessionLifetimeDays * DAY);
      await insertCliSession(transaction, { ...login, id, refreshId: randomBytes(16), expiresAt }, now);
      const session = await findLiveSession(transaction, id, now);
      if (session === undefined) await endSession(transaction, id, 'no_longer_allowed', now);
      await recordAct(transaction, now, {
        action: session === undefined ? 'session.refused' : 'session.created',
        target: `session:${id}`,
        organizationId,
        actor: { ...actor, personId, credential: 'device_code' },
        details: { kind: 'cli', device: login.device.name ?? null },
      });
      return session;
    });
  }
}

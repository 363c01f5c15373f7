// Logins that devices ask for at the same moment, in one statement.
import { byteaText, type Database } from '../database/database.ts';
import { askOne, mergeStatements } from '../database/merged-statements.ts';
import type { Device } from '../sessions/session.ts';

export interface NewDeviceAuthorization {
  readonly deviceCodeDigest: Buffer;
  readonly userCodeDigest: Buffer;
  readonly clientId: string;
  readonly scope: string;
  readonly device: Device;
  readonly pollIntervalSeconds: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const OPEN = `
  INSERT INTO device_authorizations (device_code_digest, user_code_digest, client_id, scope, device_name, device_system,
                                     address, user_agent, created_at, expires_at, poll_interval)
  SELECT * FROM jsonb_to_recordset($1) AS (
    device_code_digest bytea, user_code_digest bytea, client_id text, scope text, device_name text, device_system text,
    address text, user_agent text, created_at timestamptz, expires_at timestamptz, poll_interval int)
  ON CONFLICT (user_code_digest) DO NOTHING RETURNING device_code_digest AS digest`;

/** False: its user code is somebody else's. */
export function createOpenAtOnce(database: Database): (login: NewDeviceAuthorization) => Promise<boolean> {
  const ask = mergeStatements(async (logins: readonly NewDeviceAuthorization[]) => {
    const { rows } = await database.query<{ digest: Buffer }>(OPEN, [JSON.stringify(logins.map(rowOf))]);
    const opened = new Set(rows.map(({ digest }) => digest.toString('hex')));
    return logins.map(({ deviceCodeDigest }) => opened.has(deviceCodeDigest.toString('hex')));
  });
  return (login) => askOne(ask, login);
}

function rowOf({ device, ...login }: NewDeviceAuthorization) {
  return {
    device_code_digest: byteaText(login.deviceCodeDigest),
    user_code_digest: byteaText(login.userCodeDigest),
    client_id: login.clientId,
    scope: login.scope,
    device_name: device.name,
    device_system: device.system,
    address: device.address,
    user_agent: device.userAgent,
    created_at: login.createdAt,
    expires_at: login.expiresAt,
    poll_interval: login.pollIntervalSeconds,
  };
}

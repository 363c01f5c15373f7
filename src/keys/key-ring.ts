// The server's keys. One encryption key, kept outside the database; from it, by HKDF, a key for each use, and under it
// the signing keys that the database holds encrypted. Owns the signing_keys table.
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { recordAct } from '../audit/audit-log.ts';
import type { Database, Queryable } from '../database/database.ts';
import { KeyProblem, loadEncryptionKey } from './encryption-key.ts';

export interface KeyRing {
  /** Private ES256 JWKs, the one that signs first. */
  readonly signingKeys: readonly JWK[];
  /** HMAC key of refresh tokens. Like the others a KeyObject: making one at each use would cost more than the HMAC. */
  readonly refreshTokenKey: KeyObject;
  /** HMAC key of user codes. */
  readonly userCodeKey: KeyObject;
  /** HMAC key of the forms' anti-forgery tokens. */
  readonly formKey: KeyObject;
  /** HMAC key of the links of invitations. */
  readonly invitationKey: KeyObject;
  /** Key of the provider's cookies. */
  readonly cookieKey: Buffer;
  /** HMAC key of the audit log's seals. */
  readonly auditKey: KeyObject;
}

interface KeySource {
  readonly encryptionKey: Buffer | undefined;
  readonly dataDir: string;
}

/**
 * Opens the server's keys; at the very first start makes them.
 * @throws KeyProblem when they are missing or were changed
 */
export async function openKeyRing(database: Database, source: KeySource, now: Date): Promise<KeyRing> {
  const encryptionKey = loadEncryptionKey(
    source.encryptionKey,
    source.dataDir,
    (await storedKeys(database)).length > 0,
  );
  const wrappingKey = derive(encryptionKey, 'signing-keys');
  const signingKeys = await database.transaction(async (transaction) => {
    await transaction.query('LOCK TABLE signing_keys IN EXCLUSIVE MODE'); // the first of several instances makes the key
    const stored = await storedKeys(transaction);
    if (stored.length > 0) return stored.map((row) => unwrap(row.private_key_encrypted, row.kid, wrappingKey));
    return [await createSigningKey(transaction, wrappingKey, now)];
  });
  return {
    signingKeys,
    refreshTokenKey: createSecretKey(derive(encryptionKey, 'refresh-tokens')),
    userCodeKey: createSecretKey(derive(encryptionKey, 'user-codes')),
    formKey: createSecretKey(derive(encryptionKey, 'forms')),
    invitationKey: createSecretKey(derive(encryptionKey, 'invitations')),
    cookieKey: derive(encryptionKey, 'cookies'),
    auditKey: createSecretKey(derive(encryptionKey, 'audit-seals')),
  };
}

interface StoredKey {
  kid: string;
  private_key_encrypted: Buffer;
}

async function storedKeys(on: Queryable): Promise<readonly StoredKey[]> {
  return (
    await on.query<StoredKey>('SELECT kid, private_key_encrypted FROM signing_keys ORDER BY created_at DESC, kid')
  ).rows;
}

async function createSigningKey(transaction: Queryable, wrappingKey: Buffer, now: Date): Promise<JWK> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const bare = privateKey.export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(bare);
  const jwk: JWK = { ...bare, kid, use: 'sig', alg: 'ES256' };
  await transaction.query('INSERT INTO signing_keys (kid, private_key_encrypted, created_at) VALUES ($1, $2, $3)', [
    kid,
    wrap(JSON.stringify(jwk), kid, wrappingKey),
    now,
  ]);
  await recordAct(transaction, now, { action: 'signing_key.created', target: `signing_key:${kid}`, actor: {} });
  return jwk;
}

/** AES-256-GCM, the key's id as associated data, so that rows can't be swapped. nonce 12 | ciphertext | tag 16. */
function wrap(text: string, kid: string, key: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(kid));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

function unwrap(wrapped: Buffer, kid: string, key: Buffer): JWK {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, 12)).setAAD(Buffer.from(kid));
    decipher.setAuthTag(wrapped.subarray(-16));
    const text = Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]).toString('utf8');
    return JSON.parse(text) as JWK;
  } catch {
    throw new KeyProblem(
      `The encryption key is not the one this database's keys were encrypted with (signing key ${kid} can't be opened). ` +
        'Set ENCRYPTION_KEY, or put DATA_DIR/encryption.key back, as it was when the database was made.',
    );
  }
}

function derive(key: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `teamday-identity ${use} 1`, 32));
}

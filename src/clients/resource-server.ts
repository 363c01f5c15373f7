// Services that may introspect: registering them, and finding them for authentication. Owns the resource_servers table.
import type { JSONWebKeySet } from 'jose';
import { type Actor, recordAct } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import { type Database, UniqueViolation } from '../database/database.ts';
import { mergeLookups } from '../database/merged-lookup.ts';
import { newSecret, sha256 } from '../digest.ts';
import { Secret } from '../oauth/secret.ts';

export interface ResourceServer {
  readonly id: string;
  /** Names from config/services.json. */
  readonly services: readonly string[];
  /** SHA-256 of its secret; null: it authenticates by private_key_jwt with one of `jwks`. */
  readonly secretDigest: Buffer | null;
  readonly jwks: JSONWebKeySet | null;
}

export interface ResourceServers {
  find(id: string): Promise<ResourceServer | undefined>;
  /** Registers a service and gives it a secret, unless it brings its public keys. False when the id is taken. */
  create(
    id: string,
    services: readonly string[],
    jwks: JSONWebKeySet | undefined,
    actor: Actor,
  ): Promise<{ secret: Secret | undefined } | false>;
}

/** What a client id may be made of. */
export const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;

export function createResourceServers(database: Database, clock: Clock): ResourceServers {
  const lookUp = mergeLookups(
    async (ids: readonly string[]) =>
      (
        await database.query<ResourceServer>(
          'SELECT id, services, secret_digest AS "secretDigest", jwks FROM resource_servers WHERE id = any($1)',
          [ids],
        )
      ).rows,
    { ofKey: (id) => id, ofRow: ({ id }) => id },
  );

  return {
    async find(id) {
      return CLIENT_ID.test(id) ? await lookUp(id) : undefined;
    },

    async create(id, services, jwks, actor) {
      const secret = jwks === undefined ? newSecret() : undefined;
      try {
        await database.transaction(async (transaction) => {
          const now = clock.now();
          await transaction.query(
            'INSERT INTO resource_servers (id, services, secret_digest, jwks, created_at) VALUES ($1, $2, $3, $4, $5)',
            [
              id,
              services,
              secret === undefined ? null : sha256(secret),
              jwks === undefined ? null : JSON.stringify(jwks),
              now,
            ],
          );
          await recordAct(transaction, now, {
            action: 'resource_server.created',
            target: `resource_server:${id}`,
            actor,
            details: { services: services.join(' ') },
          });
        });
      } catch (error) {
        if (error instanceof UniqueViolation) return false;
        throw error;
      }
      return { secret: secret === undefined ? undefined : new Secret(secret) };
    },
  };
}

// Services that may introspect: registering and removing them. Owns the resource_servers table; how they stand at each
// introspection is read by ../introspection.
import type { JSONWebKeySet } from 'jose';
import { type Actor, recordAct } from '../audit/audit-log.ts';
import type { Clock } from '../clock.ts';
import { type Database, UniqueViolation } from '../database/database.ts';
import { newSecret, sha256 } from '../digest.ts';
import { Secret } from '../oauth/secret.ts';

export interface ResourceServer {
  readonly id: string;
  /** Names from config/services.json. */
  readonly services: readonly string[];
  /** SHA-256 of its secret; null: it authenticates by private_key_jwt with one of `jwks`. */
  readonly secretDigest: Buffer | null;
  readonly jwks: JSONWebKeySet | null;
  /** It is told why a genuine token is inactive. */
  readonly tellsReasons: boolean;
  /** Its introspections count as requests, and tell the limit. */
  readonly countsRequests: boolean;
}

type NewResourceServer = Pick<ResourceServer, 'id' | 'services' | 'tellsReasons' | 'countsRequests'> & {
  /** Its public keys, where it authenticates by private_key_jwt; it gets no secret then. */
  readonly jwks?: JSONWebKeySet | undefined;
};

export interface ResourceServers {
  /** False when the id is taken. */
  create(server: NewResourceServer, actor: Actor): Promise<{ secret: Secret | undefined } | false>;
  /** From here on it can't introspect. False when there is none of this id. */
  remove(id: string, actor: Actor): Promise<boolean>;
}

/** What a client id may be made of. */
export const CLIENT_ID = /^[A-Za-z0-9._-]{1,64}$/;

export function createResourceServers(database: Database, clock: Clock): ResourceServers {
  return {
    async create({ id, services, jwks, tellsReasons, countsRequests }, actor) {
      const secret = jwks === undefined ? newSecret() : undefined;
      try {
        await database.transaction(async (transaction) => {
          const now = clock.now();
          await transaction.query(
            `INSERT INTO resource_servers (id, services, secret_digest, jwks, tells_reasons, counts_requests, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)`,
            [
              id,
              services,
              secret === undefined ? null : sha256(secret),
              jwks === undefined ? null : JSON.stringify(jwks),
              tellsReasons,
              countsRequests,
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

    remove: (id, actor) =>
      database.transaction(async (transaction) => {
        const { count } = await transaction.query('DELETE FROM resource_servers WHERE id = $1', [id]);
        if (count === 0) return false;
        const target = `resource_server:${id}`;
        await recordAct(transaction, clock.now(), { action: 'resource_server.removed', target, actor });
        return true;
      }),
  };
}

import type { ResourceServer } from '../clients/resource-server.ts';
import type { LiveSession } from '../sessions/session.ts';
import type { LiveToken } from '../tokens/token.ts';

/** What something is asked by: `c`, a client's id · `t`, a token's digest in hex · `s`, a session's id · `r`, a refresh id in hex. */
export type Kind = 'c' | 't' | 's' | 'r';

export interface CredentialKey<K extends Kind = Exclude<Kind, 'c'>> {
  readonly kind: K;
  readonly id: string;
}

export interface Question {
  readonly client?: string;
  readonly credential?: CredentialKey | undefined;
}

/** A token's row, whatever has become of it. */
export interface TokenStanding {
  readonly kind: 'token';
  readonly token: LiveToken;
  /** Revoked, or its owner left, was disabled, or the organization was closed. */
  readonly ended: boolean;
  /** Its first use retires the token it replaces. */
  readonly retiresReplaced: boolean;
}

/** A session that is alive but for its expiry, which the caller judges. */
export interface SessionStanding {
  readonly kind: 'session';
  readonly session: LiveSession;
}

/** What there is of what was asked about. */
export interface Standing {
  readonly client: ResourceServer | undefined;
  readonly credential: TokenStanding | SessionStanding | undefined;
}

/** Of something that there is no question about. */
export const NO_STANDING: Standing = { client: undefined, credential: undefined };

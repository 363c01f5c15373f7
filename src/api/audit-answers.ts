// The shapes in which audit records, tokens and their usage are answered, and the cursor between two pages.
import type { Position, ReadRecord } from '../audit/record-store.ts';
import { fromEpochMs } from '../clock.ts';
import { HttpError } from '../http/http-error.ts';
import { previewOf } from '../tokens/token.ts';
import { type CredentialTrail, MOST_USAGE, type TrailPage } from '../trail/trail.ts';
import type { TokenFacts } from '../trail/trail-store.ts';
import type { Usage } from '../usage/usage-store.ts';
import { CURSOR_RULE } from './paging.ts';

export function pageAnswer({ records, next }: TrailPage) {
  return { records: records.map(recordAnswer), nextCursor: next === undefined ? null : cursorOf(next) };
}

export function credentialAnswer<Facts extends TokenFacts | undefined>(trail: CredentialTrail & { token: Facts }) {
  const { token, usage } = trail;
  return {
    ...pageAnswer(trail),
    token: token === undefined ? null : tokenAnswer(token),
    usage: usage.map(usageAnswer),
    usageTruncated: usage.length === MOST_USAGE,
  };
}

export function recordAnswer(record: ReadRecord) {
  const { actorId, actorName, personId, personName, organizationId, ...rest } = record;
  const { id, at, action, outcome, credential, target, address, userAgent, requestId, details } = rest;
  return {
    id,
    at,
    action,
    outcome,
    actor: actorId === null ? null : { id: actorId, name: actorName },
    person: personId === null ? null : { id: personId, name: personName },
    credential,
    target,
    organizationId,
    address,
    userAgent,
    requestId,
    details,
  };
}

function tokenAnswer(token: TokenFacts) {
  const { digest: _digest, ownerId, ownerName, ownerEmail, createdBy, createdByName, ...rest } = token;
  return {
    ...rest,
    tokenPreview: previewOf(token),
    owner: ownerId === null ? null : { id: ownerId, name: ownerName, email: ownerEmail },
    createdBy: { id: createdBy, name: createdByName },
  };
}

function usageAnswer({ service, method, route, address, requests, firstAt, lastAt }: Usage) {
  return { service, method: method || null, route: route || null, address: address || null, requests, firstAt, lastAt };
}

export function cursorOf({ at, id }: Position): string {
  return Buffer.from(`${at.getTime()} ${id}`).toString('base64url');
}

/** @throws HttpError 400 */
export function positionOf(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  const [, at, id] = /^(\d{1,14}) (\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined) throw new HttpError(400, CURSOR_RULE);
  return { at: fromEpochMs(Number(at)), id: Number(id) };
}

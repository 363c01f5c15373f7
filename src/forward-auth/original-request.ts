// What the gateway tells of the request it asks about, for the record of a token's uses: believed only where the gateway
// is one of the proxies that the configuration trusts.
import type { IncomingMessage } from 'node:http';

interface OriginalRequest {
  readonly method: string | undefined;
  /** A pattern: ids are taken out of the path, and there is no query. */
  readonly route: string | undefined;
}

/** @param inAddress path and query that the gateway put into our address, if it is one that does */
export function originalRequest({ method, headers }: IncomingMessage, inAddress: string | undefined): OriginalRequest {
  if (inAddress !== undefined) return { method, route: patternOf(inAddress) };
  const first = (...names: string[]) => names.map((name) => headers[name]).find((value) => typeof value === 'string');
  const originalMethod = first('x-forwarded-method', 'x-original-method');
  const path = first('x-forwarded-uri', 'x-original-uri');
  return {
    method: originalMethod !== undefined && /^[A-Z]{1,20}$/.test(originalMethod) ? originalMethod : undefined,
    route: path === undefined ? undefined : patternOf(path),
  };
}

const MAX_PARTS = 8;

/** `/api/agents/char_8f2/run?x=1` -> `/api/agents/:id/run`: what could be an id or a secret is neither kept nor counted apart. */
function patternOf(address: string): string {
  const [path = ''] = address.split(/[?#]/, 1);
  const parts = path.split('/').slice(1);
  const kept = parts
    .slice(0, MAX_PARTS)
    .map((part) => (/^(?:v\d{1,3}|[a-z][a-z.-]{0,30}|)$/i.test(part) ? part : ':id'));
  return `/${[...kept, ...(parts.length > MAX_PARTS ? ['…'] : [])].join('/')}`;
}

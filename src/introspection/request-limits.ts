// How many requests a credential may stand behind: counted where services ask about it, per credential.
import type { Config } from '../config.ts';
import type { RateCounter, RateCounters } from '../http/rate-counter.ts';
import type { RateLimit } from '../oauth/introspection.ts';
import type { Resolution } from './resolve-credential.ts';

export interface RequestLimits {
  /** Counts one request. Undefined where this kind of credential has no limit. */
  count(resolution: Resolution): Promise<RateLimit | undefined>;
}

export function createRequestLimits(
  counters: RateCounters,
  limits: Config['settings']['requestLimits'],
): RequestLimits {
  const counterOf = (kind: keyof typeof limits): { counter: RateCounter; limit: number } | undefined => {
    const { points, seconds } = limits[kind];
    return points === 0
      ? undefined
      : { counter: counters.counter(`requests-${kind}`, { points, seconds }), limit: points };
  };
  const ofPersonal = counterOf('personalAccessToken');
  const ofOrganization = counterOf('organizationToken');
  const ofSession = counterOf('accessToken');

  return {
    async count(resolution) {
      switch (resolution.use) {
        case 'personal_access_token':
          return await take(ofPersonal, resolution.token.id);
        case 'organization_token':
          return await take(ofOrganization, resolution.token.id);
        case 'access_token':
          return await take(ofSession, resolution.session.id);
        default:
          return undefined;
      }
    },
  };
}

async function take(
  from: { counter: RateCounter; limit: number } | undefined,
  id: string,
): Promise<RateLimit | undefined> {
  if (from === undefined) return undefined;
  const { remaining, resetSeconds, exceeded } = await from.counter.take(id);
  return { limit: from.limit, remaining, reset: resetSeconds, ...(exceeded ? { exceeded } : {}) };
}

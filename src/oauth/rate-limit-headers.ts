import type { RateLimit } from './introspection.ts';

/**
 * What a client is told of its limit: the fields of draft-ietf-httpapi-ratelimit-headers, and the three that the
 * draft's first revisions had, which are what most clients read.
 */
export function rateLimitHeaders(rateLimit: RateLimit | undefined): Readonly<Record<string, string>> {
  if (rateLimit === undefined) return {};
  const { limit, remaining, reset } = rateLimit;
  return {
    'ratelimit-policy': `"default";q=${limit}`,
    ratelimit: `"default";r=${remaining};t=${reset}`,
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(reset),
  };
}

import type { RateLimit } from '../oauth/introspection.ts';

/**
 * What a client is told of its limit: the fields of draft-ietf-httpapi-ratelimit-headers, and the three that the draft's
 * first revisions had, which are what most clients read. As @teamday/resource-server sends them.
 */
export function rateLimitHeaders(limit: RateLimit | undefined): Record<string, string> {
  if (limit === undefined) return {};
  return {
    'ratelimit-policy': `"default";q=${limit.limit}`,
    ratelimit: `"default";r=${limit.remaining};t=${limit.reset}`,
    'ratelimit-limit': String(limit.limit),
    'ratelimit-remaining': String(limit.remaining),
    'ratelimit-reset': String(limit.reset),
  };
}

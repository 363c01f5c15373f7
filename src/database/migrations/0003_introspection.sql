-- Up Migration

ALTER TABLE resource_servers
  ADD COLUMN tells_reasons boolean NOT NULL DEFAULT false,
  ADD COLUMN counts_requests boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN resource_servers.tells_reasons IS 'Introspection tells it why a genuine token is inactive: expired or revoked.';
COMMENT ON COLUMN resource_servers.counts_requests IS 'Its introspections count as requests, and are told the rate limit.';

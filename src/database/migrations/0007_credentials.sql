-- Up Migration

-- An organization's credentials of both kinds in the order of its overview, revoked ones too: those are counted when an
-- incident is worked off.
CREATE INDEX tokens_in_organization ON tokens (organization_id, created_at, id);

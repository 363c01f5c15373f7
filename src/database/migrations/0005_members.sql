-- Up Migration

-- Invitations to an organization. What becomes of one is written once; sending it again ends it and makes another.
CREATE TABLE invitations (
  id               text PRIMARY KEY CHECK (id ~ '^inv_[0-9A-Za-z]{20}$'),
  organization_id  text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  email            text NOT NULL,
  role             text NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
  invited_by       text NOT NULL REFERENCES people ON DELETE CASCADE,
  created_at       timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  ended_at         timestamptz,
  end_reason       text,
  accepted_by      text,
  CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  CHECK ((end_reason IS NOT DISTINCT FROM 'accepted') = (accepted_by IS NOT NULL))
);
CREATE UNIQUE INDEX invitations_pending_key ON invitations (organization_id, email) WHERE ended_at IS NULL;
CREATE INDEX invitations_by_creation ON invitations (organization_id, created_at);
CREATE INDEX invitations_by_inviter ON invitations (invited_by) WHERE ended_at IS NULL;
CREATE INDEX invitations_expiry ON invitations (expires_at);
COMMENT ON COLUMN invitations.id IS 'The link is derived from it by a key kept outside the database: the row alone opens nothing.';

-- A mail with a link to an invitation is composed when it is sent, so that the link is never stored.
ALTER TABLE outgoing_mails
  ADD COLUMN invitation_id text REFERENCES invitations ON DELETE CASCADE,
  ALTER COLUMN subject DROP NOT NULL,
  ALTER COLUMN body DROP NOT NULL,
  ADD CHECK ((subject IS NULL) = (body IS NULL)),
  ADD CHECK ((invitation_id IS NULL) = (body IS NOT NULL));
COMMENT ON COLUMN outgoing_mails.invitation_id IS 'Which invitation it carries; then subject and body are null.';

-- When people last signed in, in a browser: sessions are removed some time after their end.
CREATE TABLE last_sign_ins (
  person_id  text PRIMARY KEY REFERENCES people ON DELETE CASCADE,
  at         timestamptz NOT NULL
) WITH (fillfactor = 80);
INSERT INTO last_sign_ins (person_id, at)
  SELECT person_id, max(authenticated_at) FROM sessions WHERE kind = 'browser' GROUP BY person_id;

-- What an organization's admins demand beyond what the operator does.
ALTER TABLE organizations
  ADD COLUMN personal_token_max_days integer CHECK (personal_token_max_days BETWEEN 1 AND 365),
  ADD COLUMN requires_token_expiry boolean NOT NULL DEFAULT false,
  ADD COLUMN sign_in_methods text[] NOT NULL DEFAULT '{password}' CHECK (cardinality(sign_in_methods) > 0);
COMMENT ON COLUMN organizations.personal_token_max_days IS 'The longest that a new personal token may live; null: as the operator allows.';
COMMENT ON COLUMN organizations.requires_token_expiry IS 'No new organization token without an end.';

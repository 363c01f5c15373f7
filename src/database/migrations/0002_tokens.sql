-- Up Migration

-- Personal (td_) and organization (otk_) tokens. Revoked ones stay: audit answers about them.
CREATE TABLE tokens (
  id                    text PRIMARY KEY CHECK (id ~ '^tok_'),
  kind                  text NOT NULL CHECK (kind IN ('personal', 'organization')),
  digest                bytea NOT NULL CONSTRAINT tokens_digest_key UNIQUE CHECK (octet_length(digest) = 32),
  name                  text NOT NULL CHECK (name <> ''),
  organization_id       text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  person_id             text REFERENCES people ON DELETE CASCADE,
  created_by            text NOT NULL,
  scopes                text[],
  created_at            timestamptz NOT NULL,
  expires_at            timestamptz,
  replaces              text,
  replaced_by           text,
  retires_replaced      boolean NOT NULL DEFAULT false,
  revoked_at            timestamptz,
  revoke_reason         text,
  last_used_at          timestamptz,
  last_used_address     text,
  last_used_user_agent  text,
  CHECK ((kind = 'personal') = (person_id IS NOT NULL)),
  CHECK ((kind = 'organization') = (scopes IS NOT NULL)),
  CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL)),
  CHECK (NOT retires_replaced OR replaces IS NOT NULL)
) WITH (fillfactor = 85);
CREATE INDEX tokens_of_person ON tokens (person_id, created_at) WHERE kind = 'personal' AND revoked_at IS NULL;
CREATE INDEX tokens_of_organization ON tokens (organization_id, created_at) WHERE kind = 'organization' AND revoked_at IS NULL;
CREATE INDEX tokens_by_creation ON tokens (created_by, created_at);
CREATE INDEX tokens_by_expiry ON tokens (expires_at) WHERE revoked_at IS NULL;
COMMENT ON COLUMN tokens.digest IS 'SHA-256 of the whole token. Its first 8 hex digits are the preview.';
COMMENT ON COLUMN tokens.created_by IS 'The person who made it, kept when they leave.';
COMMENT ON COLUMN tokens.expires_at IS 'Null: never. A rotated token''s is brought forward to the end of its grace period.';
COMMENT ON COLUMN tokens.retires_replaced IS 'Its first use revokes the token it replaces.';
COMMENT ON COLUMN tokens.last_used_at IS 'As resource servers told it, written in the background, at most once a minute; in no index: updates stay heap-only.';

-- Which expiry notices were written: 30, 7 and 1 days before, once each.
CREATE TABLE token_notices (
  token_id     text NOT NULL REFERENCES tokens ON DELETE CASCADE,
  days_before  integer NOT NULL,
  written_at   timestamptz NOT NULL,
  PRIMARY KEY (token_id, days_before)
);

ALTER TABLE people ADD COLUMN locale text NOT NULL DEFAULT 'en' CHECK (locale IN ('en', 'cs'));
COMMENT ON COLUMN people.locale IS 'Of the browser they last signed in with; mails are written in it.';

-- Mails that wait to be sent, written in the transaction of what they tell of. Never one that holds a secret.
CREATE TABLE outgoing_mails (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient        text NOT NULL,
  subject          text NOT NULL,
  body             text NOT NULL,
  created_at       timestamptz NOT NULL,
  attempts         integer NOT NULL DEFAULT 0,
  next_attempt_at  timestamptz NOT NULL
);
CREATE INDEX outgoing_mails_due ON outgoing_mails (next_attempt_at);

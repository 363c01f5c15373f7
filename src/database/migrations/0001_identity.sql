-- Up Migration

CREATE TABLE organizations (
  id          text PRIMARY KEY CHECK (id ~ '^org_[A-Za-z0-9_-]{1,64}$'),
  name        text NOT NULL CHECK (name <> ''),
  created_at  timestamptz NOT NULL,
  closed_at   timestamptz
);
COMMENT ON COLUMN organizations.closed_at IS 'From here on nobody acts for it: no credential of it is active.';

CREATE TABLE people (
  id                   text PRIMARY KEY CHECK (id ~ '^user_[A-Za-z0-9_-]{1,64}$'),
  email                text NOT NULL,
  name                 text NOT NULL CHECK (name <> ''),
  password_hash        text,
  password_changed_at  timestamptz,
  created_at           timestamptz NOT NULL,
  disabled_at          timestamptz,
  CONSTRAINT people_email_key UNIQUE (email),
  CONSTRAINT people_email_is_lower_case CHECK (email = lower(email))
);
COMMENT ON COLUMN people.password_hash IS 'Argon2id in PHC form; null: cannot sign in by password.';

CREATE TABLE memberships (
  person_id        text NOT NULL REFERENCES people ON DELETE CASCADE,
  organization_id  text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  role             text NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
  created_at       timestamptz NOT NULL,
  PRIMARY KEY (person_id, organization_id)
);
CREATE INDEX memberships_organization ON memberships (organization_id);

-- A sign-in: a browser's or a CLI's. One row, however often it refreshes.
CREATE TABLE sessions (
  id                text PRIMARY KEY,
  kind              text NOT NULL CHECK (kind IN ('browser', 'cli')),
  person_id         text NOT NULL REFERENCES people ON DELETE CASCADE,
  organization_id   text REFERENCES organizations ON DELETE CASCADE,
  client_id         text,
  scope             text,
  secret_digest     bytea CONSTRAINT sessions_secret_digest_key UNIQUE CHECK (octet_length(secret_digest) = 32),
  refresh_id        bytea CONSTRAINT sessions_refresh_id_key UNIQUE CHECK (octet_length(refresh_id) = 16),
  generation        integer CHECK (generation >= 0),
  rotated_at        timestamptz,
  device_name       text,
  device_system     text,
  address           text,
  user_agent        text,
  authenticated_at  timestamptz NOT NULL,
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  ended_at          timestamptz,
  end_reason        text,
  CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  CHECK ((kind = 'browser') = (secret_digest IS NOT NULL)),
  CHECK ((kind = 'browser') = (refresh_id IS NULL AND generation IS NULL AND client_id IS NULL AND scope IS NULL)),
  CHECK (kind = 'browser' OR organization_id IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_organization ON sessions (organization_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
COMMENT ON COLUMN sessions.organization_id IS 'The current organization. A browser''s may be null: of none yet.';
COMMENT ON COLUMN sessions.secret_digest IS 'SHA-256 of a browser''s cookie.';
COMMENT ON COLUMN sessions.refresh_id IS 'Random; refresh tokens are derived from it, the generation and a key kept outside the database. Never shown but inside them.';
COMMENT ON COLUMN sessions.generation IS 'Of the refresh token that is current. Rotation changes this and rotated_at, neither indexed: updates stay heap-only.';

-- A pending CLI login (RFC 8628).
CREATE TABLE device_authorizations (
  device_code_digest  bytea PRIMARY KEY CHECK (octet_length(device_code_digest) = 32),
  user_code_digest    bytea NOT NULL CONSTRAINT device_authorizations_user_code_key UNIQUE CHECK (octet_length(user_code_digest) = 32),
  client_id           text NOT NULL,
  scope               text NOT NULL,
  device_name         text,
  device_system       text,
  address             text NOT NULL,
  user_agent          text,
  created_at          timestamptz NOT NULL,
  expires_at          timestamptz NOT NULL,
  poll_interval       integer NOT NULL CHECK (poll_interval > 0),
  polled_at           timestamptz,
  decision            text CHECK (decision IN ('approved', 'denied')),
  decided_at          timestamptz,
  person_id           text REFERENCES people ON DELETE CASCADE,
  organization_id     text REFERENCES organizations ON DELETE CASCADE,
  authenticated_at    timestamptz,
  session_id          text,
  redeemed_at         timestamptz,
  CHECK ((decision IS NULL) = (decided_at IS NULL)),
  CHECK ((decision IS NULL) = (person_id IS NULL)),
  CHECK ((decision IS NOT DISTINCT FROM 'approved') = (session_id IS NOT NULL AND organization_id IS NOT NULL AND authenticated_at IS NOT NULL)),
  CHECK (redeemed_at IS NULL OR decision = 'approved')
);
CREATE INDEX device_authorizations_expiry ON device_authorizations (expires_at);
COMMENT ON COLUMN device_authorizations.device_code_digest IS 'SHA-256.';
COMMENT ON COLUMN device_authorizations.user_code_digest IS 'HMAC-SHA-256 under a key kept outside the database: a user code is short enough to be guessed from a bare digest.';
COMMENT ON COLUMN device_authorizations.poll_interval IS 'Seconds; grows by 5 with each slow_down.';
COMMENT ON COLUMN device_authorizations.session_id IS 'Reserved at approval, the session''s id from redemption on.';

-- Services that may introspect.
CREATE TABLE resource_servers (
  id             text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9._-]{1,64}$'),
  services       text[] NOT NULL,
  secret_digest  bytea CHECK (octet_length(secret_digest) = 32),
  jwks           jsonb,
  created_at     timestamptz NOT NULL,
  CHECK ((secret_digest IS NULL) <> (jwks IS NULL))
);
COMMENT ON COLUMN resource_servers.secret_digest IS 'SHA-256 of the client secret; null where it authenticates by private_key_jwt.';

-- RFC 7523 client assertions that were used: each serves once.
CREATE TABLE used_client_assertions (
  digest      bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  expires_at  timestamptz NOT NULL
);
CREATE INDEX used_client_assertions_expiry ON used_client_assertions (expires_at);

CREATE TABLE signing_keys (
  kid                    text PRIMARY KEY,
  private_key_encrypted  bytea NOT NULL,
  created_at             timestamptz NOT NULL
);
COMMENT ON COLUMN signing_keys.private_key_encrypted IS 'JWK, AES-256-GCM under the encryption key: nonce 12, ciphertext, tag 16.';

-- One-time links that set up an empty production server.
CREATE TABLE set_up_links (
  digest      bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  expires_at  timestamptz NOT NULL
);

CREATE TABLE audit_records (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at               timestamptz NOT NULL,
  action           text NOT NULL,
  organization_id  text,
  actor_id         text,
  credential       text,
  target           text NOT NULL,
  address          text,
  user_agent       text,
  request_id       text,
  details          jsonb NOT NULL
);
COMMENT ON TABLE audit_records IS 'Append-only; written in the transaction of the act itself.';
COMMENT ON COLUMN audit_records.credential IS 'What the actor showed: session:<id>, resource_server:<id>, command.';
COMMENT ON COLUMN audit_records.target IS 'What was acted on: session:<id>, person:<id>, …';

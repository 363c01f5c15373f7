-- Up Migration

-- What credentials were used for, as the services told it: a row for each way of using one, and hour.
CREATE TABLE credential_usage (
  credential       text NOT NULL,
  hour             timestamptz NOT NULL,
  organization_id  text NOT NULL,
  service          text NOT NULL,
  method           text NOT NULL,
  route            text NOT NULL,
  address          text NOT NULL,
  requests         bigint NOT NULL CHECK (requests > 0),
  first_at         timestamptz NOT NULL,
  last_at          timestamptz NOT NULL,
  PRIMARY KEY (credential, hour, organization_id, service, method, route, address)
);
CREATE INDEX credential_usage_hour ON credential_usage (hour);
COMMENT ON COLUMN credential_usage.credential IS 'token:<id> or session:<id>.';
COMMENT ON COLUMN credential_usage.organization_id IS 'The one it acted for: a session may change it.';
COMMENT ON COLUMN credential_usage.service IS 'A service of the asking resource server, or that server''s client id.';
COMMENT ON COLUMN credential_usage.route IS 'Empty: not told. (other): more ways in one hour than are kept apart. So also method and address.';

ALTER TABLE sessions ADD COLUMN last_used_at timestamptz, ADD COLUMN last_used_address text;
COMMENT ON COLUMN sessions.last_used_at IS 'Of its access token, as resource servers told it: written in the background, at most once a minute; in no index.';

ALTER TABLE audit_records
  ADD COLUMN outcome text NOT NULL DEFAULT 'success' CHECK (outcome IN ('success', 'denied', 'failure')),
  ADD COLUMN person_id text GENERATED ALWAYS AS (
    CASE WHEN target LIKE 'person:%' THEN substr(target, 8) ELSE details ->> 'personId' END) STORED;
COMMENT ON COLUMN audit_records.person_id IS 'Whom the act was about; actor_id is who did it.';

-- Searches walk these from the newest record on.
CREATE INDEX audit_records_time ON audit_records (organization_id, at, id);
CREATE INDEX audit_records_target ON audit_records (organization_id, target, at, id);
CREATE INDEX audit_records_credential ON audit_records (organization_id, credential, at, id);
CREATE INDEX audit_records_actor ON audit_records (organization_id, actor_id, at, id);
CREATE INDEX audit_records_person ON audit_records (organization_id, person_id, at, id);
CREATE INDEX audit_records_action ON audit_records (organization_id, action, at, id);

-- Each organization's records are a chain, and those of no organization one more: 'server'.
CREATE TABLE audit_chains (
  chain      text PRIMARY KEY,
  seq        bigint NOT NULL DEFAULT 0,
  hash       bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(hash) = 32),
  base_seq   bigint NOT NULL DEFAULT 0,
  base_hash  bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(base_hash) = 32),
  sealed_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON COLUMN audit_chains.seq IS 'Number and hash of the last record: the head.';
COMMENT ON COLUMN audit_chains.base_seq IS 'Number and hash of the last record that was removed when its time was over; an audit.pruned record says the same.';
COMMENT ON COLUMN audit_chains.sealed_seq IS 'Of its last seal.';

CREATE TABLE audit_links (
  chain      text NOT NULL,
  seq        bigint NOT NULL,
  record_id  bigint NOT NULL CONSTRAINT audit_links_record_key UNIQUE,
  hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (chain, seq)
);
COMMENT ON COLUMN audit_links.hash IS 'SHA-256 of the hash before it and the record''s audit_text.';

-- What the server has vouched for, by an HMAC under a key that is not in the database.
CREATE TABLE audit_seals (
  chain      text NOT NULL,
  seq        bigint NOT NULL,
  hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
  sealed_at  timestamptz NOT NULL,
  mac        bytea NOT NULL CHECK (octet_length(mac) = 32),
  PRIMARY KEY (chain, seq)
);

-- The last seals of all chains together, so that none can be taken away with its chain. One row, the last round's.
CREATE TABLE audit_seal_round (
  number     bigint PRIMARY KEY,
  digest     bytea NOT NULL CHECK (octet_length(digest) = 32),
  sealed_at  timestamptz NOT NULL,
  mac        bytea NOT NULL CHECK (octet_length(mac) = 32)
);

-- A field as length and text, so that no two records have the same text; null is '-'.
CREATE FUNCTION audit_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-');
$$;

-- The record as it is hashed: the same under every setting of time zone, date style and locale.
CREATE FUNCTION audit_text(chain text, seq bigint, r audit_records) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'audit 1'
      || audit_field(chain) || audit_field(seq::text) || audit_field(r.id::text)
      || audit_field((extract(epoch FROM r.at) * 1000000)::bigint::text)
      || audit_field(r.action) || audit_field(r.outcome) || audit_field(r.organization_id)
      || audit_field(r.actor_id) || audit_field(r.credential) || audit_field(r.target)
      || audit_field(r.address) || audit_field(r.user_agent) || audit_field(r.request_id)
      || audit_field(r.details::text);
$$;

-- The record becomes the last of its chain. Whoever calls it holds the head's lock until the transaction ends.
CREATE FUNCTION audit_append(r audit_records) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  own text := coalesce(r.organization_id, 'server');
  head audit_chains;
BEGIN
  UPDATE audit_chains AS c
    SET seq = c.seq + 1, hash = sha256(c.hash || convert_to(audit_text(own, c.seq + 1, r), 'UTF8'))
    WHERE c.chain = own RETURNING c.* INTO STRICT head;
  INSERT INTO audit_links (chain, seq, record_id, hash) VALUES (own, head.seq, r.id, head.hash);
END
$$;

-- Notes which chains a transaction will add to.
CREATE FUNCTION audit_note_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own text := coalesce(NEW.organization_id, 'server');
  noted text := coalesce(current_setting('teamday.audit_chains', true), '');
BEGIN
  IF NOT own = ANY (string_to_array(noted, ' ')) THEN
    PERFORM set_config('teamday.audit_chains', noted || ' ' || own, true);
  END IF;
  RETURN NULL;
END
$$;

-- At commit: the heads of all noted chains are locked in one order, so that no two transactions wait for each other,
-- and each record is linked. The order of a chain is the order of commits, and nothing that was rolled back is in it.
CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  noted text := coalesce(current_setting('teamday.audit_chains', true), '');
  next text;
BEGIN
  IF noted <> '' THEN
    FOR next IN SELECT DISTINCT unnest(string_to_array(substr(noted, 2), ' ')) COLLATE "C" AS chain ORDER BY chain LOOP
      PERFORM FROM audit_chains WHERE chain = next FOR UPDATE;
      IF NOT FOUND THEN
        INSERT INTO audit_chains (chain) VALUES (next) ON CONFLICT DO NOTHING;
        PERFORM FROM audit_chains WHERE chain = next FOR UPDATE;
      END IF;
    END LOOP;
    PERFORM set_config('teamday.audit_chains', '', true);
  END IF;
  PERFORM audit_append(NEW);
  RETURN NULL;
END
$$;

INSERT INTO audit_chains (chain) SELECT DISTINCT coalesce(organization_id, 'server') FROM audit_records;
DO $$
DECLARE
  r audit_records;
BEGIN
  FOR r IN SELECT * FROM audit_records ORDER BY id LOOP
    PERFORM audit_append(r);
  END LOOP;
END
$$;

CREATE TRIGGER audit_records_note AFTER INSERT ON audit_records FOR EACH ROW EXECUTE FUNCTION audit_note_chain();
CREATE CONSTRAINT TRIGGER audit_records_link AFTER INSERT ON audit_records
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_link();

-- Append-only, but for what has been kept long enough (audit-pruning.ts). A guard against mistakes: whoever may change
-- the schema can take it away, and is found out by the chain.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND coalesce(current_setting('teamday.audit_pruning', true), '') = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_records_append_only BEFORE UPDATE OR DELETE ON audit_records
  FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_records_no_truncate BEFORE TRUNCATE ON audit_records EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_links_append_only BEFORE UPDATE OR DELETE ON audit_links
  FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_links_no_truncate BEFORE TRUNCATE ON audit_links EXECUTE FUNCTION audit_refuse();

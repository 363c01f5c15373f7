-- Up Migration

-- How many tokens a person has made since then; `most` at most. VOLATILE: it sees what was committed while the statement that
-- calls it waited for the person, or held them.
CREATE FUNCTION tokens_made_since(person text, since timestamptz, most int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN (SELECT count(*) FROM (SELECT FROM tokens WHERE created_by = person AND created_at > since LIMIT most) made);
END
$$;

-- No less true than convert_to is, which Postgres calls stable: only so is it inlined, and not parsed anew for each field of
-- each record.
CREATE OR REPLACE FUNCTION audit_field(value text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-');
$$;

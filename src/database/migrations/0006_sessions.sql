-- Up Migration

-- Lists of the sign-ins that are alive, newest first. Rotation and use change none of these columns.
CREATE INDEX sessions_alive_of_person ON sessions (person_id, created_at DESC, id DESC) WHERE ended_at IS NULL;
CREATE INDEX sessions_alive_of_organization ON sessions (organization_id, created_at DESC, id DESC)
  WHERE ended_at IS NULL AND kind = 'cli';

-- What the platform keeps beside the layers; the same as in the GeoPackage (records.sql).
-- COLLATE "C": texts sort by their code points, on every server.
CREATE TABLE xg_meta (
  key text COLLATE "C" NOT NULL PRIMARY KEY,
  value text COLLATE "C" NOT NULL
);

-- How each layer's table was made; a layer of the store's own has its schema here only.
CREATE TABLE xg_layers (
  name text COLLATE "C" NOT NULL PRIMARY KEY,
  schema text COLLATE "C" NOT NULL
);

-- One event a changed row; `txn` is the first event of its transaction, `digest` the SHA-256 of
-- the version's body, `hash` that of all other columns, the hash before (`prev`) included. Times
-- are the texts that were hashed: UTC, milliseconds, Z.
CREATE TABLE xg_events (
  seq bigint NOT NULL PRIMARY KEY,
  txn bigint NOT NULL,
  at text COLLATE "C" NOT NULL,
  actor text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  layer text COLLATE "C" NOT NULL,
  feature_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  detail text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  prev text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL
);

CREATE INDEX xg_events_layer ON xg_events (layer, seq);

-- Every version whole, in canonical JSON; a delete is a version with the body null. No foreign key
-- to the events: one writer writes both, neither can be changed, and `verify` compares them.
CREATE TABLE xg_history (
  seq bigint NOT NULL PRIMARY KEY,
  layer text COLLATE "C" NOT NULL,
  feature_id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  at text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  UNIQUE (layer, feature_id, version)
);

CREATE TABLE xg_sheets (
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  at text COLLATE "C" NOT NULL,
  actor text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, key)
);

-- A row once written stays, whoever asks; ALWAYS: also for a session that plays a replica.
CREATE FUNCTION xg_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER xg_events_no_change BEFORE UPDATE OR DELETE ON xg_events
  FOR EACH ROW EXECUTE FUNCTION xg_refuse();

CREATE TRIGGER xg_events_no_truncate BEFORE TRUNCATE ON xg_events
  FOR EACH STATEMENT EXECUTE FUNCTION xg_refuse();

CREATE TRIGGER xg_history_no_change BEFORE UPDATE OR DELETE ON xg_history
  FOR EACH ROW EXECUTE FUNCTION xg_refuse();

CREATE TRIGGER xg_history_no_truncate BEFORE TRUNCATE ON xg_history
  FOR EACH STATEMENT EXECUTE FUNCTION xg_refuse();

ALTER TABLE xg_events ENABLE ALWAYS TRIGGER xg_events_no_change;
ALTER TABLE xg_events ENABLE ALWAYS TRIGGER xg_events_no_truncate;
ALTER TABLE xg_history ENABLE ALWAYS TRIGGER xg_history_no_change;
ALTER TABLE xg_history ENABLE ALWAYS TRIGGER xg_history_no_truncate;

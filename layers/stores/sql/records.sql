-- What the platform keeps beside the layers: every version, the chain of events, sheets' records.
-- None of these is registered in gpkg_contents: they are no layers.
CREATE TABLE xg_meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- How each layer's table was made; a layer of the store's own has its schema here only.
CREATE TABLE xg_layers (
  name TEXT NOT NULL PRIMARY KEY,
  schema TEXT NOT NULL
) WITHOUT ROWID;

-- One event a changed row; `txn` is the first event of its transaction, `digest` the SHA-256 of
-- the version's body, `hash` that of all other columns, the hash before (`prev`) included.
CREATE TABLE xg_events (
  seq INTEGER PRIMARY KEY NOT NULL,
  txn INTEGER NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  layer TEXT NOT NULL,
  feature_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  detail TEXT NOT NULL,
  digest TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE INDEX xg_events_layer ON xg_events (layer, seq);

-- Every version whole, in canonical JSON; a delete is a version with the body null.
CREATE TABLE xg_history (
  seq INTEGER PRIMARY KEY NOT NULL REFERENCES xg_events (seq),
  layer TEXT NOT NULL,
  feature_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (layer, feature_id, version)
);

-- A row once written stays. REPLACE would delete without firing a delete trigger, hence the third.
CREATE TRIGGER xg_events_no_update BEFORE UPDATE ON xg_events
BEGIN SELECT RAISE(ABORT, 'xg_events is append-only'); END;

CREATE TRIGGER xg_events_no_delete BEFORE DELETE ON xg_events
BEGIN SELECT RAISE(ABORT, 'xg_events is append-only'); END;

CREATE TRIGGER xg_events_no_replace BEFORE INSERT ON xg_events
WHEN EXISTS (SELECT 1 FROM xg_events WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'xg_events is append-only'); END;

CREATE TRIGGER xg_history_no_update BEFORE UPDATE ON xg_history
BEGIN SELECT RAISE(ABORT, 'xg_history is append-only'); END;

CREATE TRIGGER xg_history_no_delete BEFORE DELETE ON xg_history
BEGIN SELECT RAISE(ABORT, 'xg_history is append-only'); END;

CREATE TRIGGER xg_history_no_replace BEFORE INSERT ON xg_history
WHEN EXISTS (SELECT 1 FROM xg_history WHERE seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM xg_history
             WHERE layer = NEW.layer AND feature_id = NEW.feature_id AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'xg_history is append-only'); END;

CREATE TABLE xg_sheets (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) WITHOUT ROWID;

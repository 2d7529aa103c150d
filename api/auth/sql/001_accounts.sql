-- Who may sign in. Nobody is ever removed: the history names them.
CREATE TABLE users (
  name TEXT PRIMARY KEY NOT NULL,
  fold TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('clerk', 'planner', 'reviewer', 'admin', 'auditor')),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  password TEXT NOT NULL CHECK (password LIKE '$argon2id$%'),
  made_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- `digest` is the SHA-256 of the cookie or token; neither is stored itself. Times: Unix seconds.
CREATE TABLE sessions (
  digest BLOB PRIMARY KEY NOT NULL,
  name TEXT NOT NULL REFERENCES users (name),
  made_at REAL NOT NULL,
  seen_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_name ON sessions (name);

CREATE TABLE tokens (
  digest BLOB PRIMARY KEY NOT NULL,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL REFERENCES users (name),
  label TEXT NOT NULL,
  gis INTEGER NOT NULL CHECK (gis IN (0, 1)),
  made_at REAL NOT NULL,
  expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_name ON tokens (name);

-- `subject` is the SHA-256 of a name or address: a password typed as a name must not lie here.
CREATE TABLE attempts (
  number INTEGER PRIMARY KEY NOT NULL,
  subject BLOB NOT NULL,
  at REAL NOT NULL
) STRICT;

CREATE INDEX attempts_subject ON attempts (subject, at);
CREATE INDEX attempts_at ON attempts (at);

CREATE TABLE locks (
  subject BLOB PRIMARY KEY NOT NULL,
  until REAL NOT NULL,
  level INTEGER NOT NULL CHECK (level > 0)
) STRICT, WITHOUT ROWID;

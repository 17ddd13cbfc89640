-- A proposed version that scores beside the active one without writing, and the difference day by day.

CREATE TABLE shadow (
    version INTEGER PRIMARY KEY REFERENCES definition (version),
    since INTEGER NOT NULL
) STRICT;

CREATE TABLE shadow_day (
    version INTEGER NOT NULL REFERENCES definition (version),
    day TEXT NOT NULL,
    at INTEGER NOT NULL,
    active_version INTEGER NOT NULL,
    leads INTEGER NOT NULL,
    qualified INTEGER NOT NULL,
    active_qualified INTEGER NOT NULL,
    gained INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    gained_leads TEXT NOT NULL,
    lost_leads TEXT NOT NULL,
    PRIMARY KEY (version, day)
) STRICT, WITHOUT ROWID;

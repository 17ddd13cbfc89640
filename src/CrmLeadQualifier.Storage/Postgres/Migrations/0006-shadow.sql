-- A proposed version that scores beside the active one without writing, and the difference day by day.

CREATE TABLE shadow (
    version integer PRIMARY KEY REFERENCES definition (version),
    since bigint NOT NULL
);

CREATE TABLE shadow_day (
    version integer NOT NULL REFERENCES definition (version),
    day text NOT NULL,
    at bigint NOT NULL,
    active_version integer NOT NULL,
    leads integer NOT NULL,
    qualified integer NOT NULL,
    active_qualified integer NOT NULL,
    gained integer NOT NULL,
    lost integer NOT NULL,
    gained_leads text NOT NULL,
    lost_leads text NOT NULL,
    PRIMARY KEY (version, day)
);

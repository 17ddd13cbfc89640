-- What a signature was given after, and that it was taken back before the other role's; how often an account was asked for in vain.

ALTER TABLE signature ADD COLUMN note TEXT;
ALTER TABLE signature ADD COLUMN withdrawn_at INTEGER;
ALTER TABLE signature ADD COLUMN withdrawn_by TEXT;

ALTER TABLE account ADD COLUMN failed_sign_ins INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN sign_in_failed_at INTEGER;

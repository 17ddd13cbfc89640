-- What a signature was given after, and that it was taken back before the other role's; how often an account was asked for in vain.

ALTER TABLE signature ADD COLUMN note text;
ALTER TABLE signature ADD COLUMN withdrawn_at bigint;
ALTER TABLE signature ADD COLUMN withdrawn_by text;

ALTER TABLE account ADD COLUMN failed_sign_ins integer NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN sign_in_failed_at bigint;

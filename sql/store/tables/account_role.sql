CREATE TABLE IF NOT EXISTS smsengage.account_role (
	role regrole NOT NULL,
	kind text COLLATE "C" NOT NULL CONSTRAINT account_role_kind_check CHECK (kind IN ('read', 'masked', 'ingest', 'block', 'admin')),
	account text COLLATE "C" NOT NULL,
	role_name text COLLATE "C" NOT NULL,
	cluster bigint NOT NULL,
	CONSTRAINT account_role_pkey PRIMARY KEY (account, role, kind)
);

COMMENT ON TABLE smsengage.account_role IS 'Which roles act for which accounts, and in what. The grant functions fill it.';
COMMENT ON COLUMN smsengage.account_role.role IS 'The role; its members have the same right';
COMMENT ON COLUMN smsengage.account_role.kind IS 'read: rows as they are; masked: the masked views; ingest: submit(); block: blocks reported there hold for every account if their policy says so; admin: all of these, and policies, keywords, segments';
COMMENT ON COLUMN smsengage.account_role.account IS 'The account; * for all of them; empty: what has no account';
COMMENT ON COLUMN smsengage.account_role.role_name IS 'Name of the role when it was granted';
COMMENT ON COLUMN smsengage.account_role.cluster IS 'System identifier of the server then: elsewhere, as after a dump and restore, the row holds for a role of that name only';

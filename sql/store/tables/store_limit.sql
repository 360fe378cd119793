CREATE TABLE IF NOT EXISTS smsengage.store_limit (
	name text COLLATE "C" CONSTRAINT store_limit_pkey PRIMARY KEY,
	value bigint,
	everyone boolean NOT NULL,
	note text,
	CONSTRAINT store_limit_name_check CHECK (name IN ('past_months', 'new_partitions', 'new_names', 'rejected_bytes')),
	CONSTRAINT store_limit_value_check CHECK (value >= CASE name WHEN 'new_partitions' THEN 1 ELSE 0 END AND (name <> 'past_months' OR value <= 12000))
);

COMMENT ON TABLE smsengage.store_limit IS 'What one call, account or day may take of the store. For the owner to edit: UPDATE store_limit SET value = NULL is no limit.';
COMMENT ON COLUMN smsengage.store_limit.name IS 'Name of the limit';
COMMENT ON COLUMN smsengage.store_limit.value IS 'The limit; NULL: none';
COMMENT ON COLUMN smsengage.store_limit.everyone IS 'Whether it holds for every call; else for those of roles that do not own the store (submit()), and for the inbox';
COMMENT ON COLUMN smsengage.store_limit.note IS 'What it is';

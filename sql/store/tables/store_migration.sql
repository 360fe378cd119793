CREATE TABLE IF NOT EXISTS smsengage.store_migration (
	migration text COLLATE "C" CONSTRAINT store_migration_pkey PRIMARY KEY
);

COMMENT ON TABLE smsengage.store_migration IS 'The changes of its tables that this store has, by migrate() or as it was made with them.';
COMMENT ON COLUMN smsengage.store_migration.migration IS 'File in sql/store/migrations that has the change';

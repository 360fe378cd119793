-- The role that the loaders connect as: it reads, and nothing else.  Run by the
-- owner of the store, who must be allowed to create roles.
CREATE ROLE dashboard LOGIN;
ALTER ROLE dashboard SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA smsengage TO dashboard;

-- Views run with the rights of who reads them, so their tables are granted as
-- well; partitions are not, as they are read through their table.
DO $$
DECLARE
	relation regclass;
BEGIN
	FOR relation IN
		SELECT c.oid FROM pg_class c
		WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
	LOOP
		EXECUTE format('GRANT SELECT ON %s TO dashboard', relation);
	END LOOP;
END
$$;

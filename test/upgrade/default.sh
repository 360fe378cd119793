# Another default of a column, one of an argument, and one more.
edit sql/store/tables/block_policy.sql 's/user_deletable boolean NOT NULL DEFAULT true/user_deletable boolean NOT NULL DEFAULT false/'
migration block_policy_default <<'SQL'
-- rows stay as they are
DO $$
BEGIN
	ALTER TABLE smsengage.block_policy ALTER COLUMN user_deletable SET DEFAULT false;
END
$$;
SQL
edit sql/report/cost.sql "s/^\(CREATE FUNCTION smsengage.cost_report(.*zone text DEFAULT \)'UTC'/\1'Europe\/Berlin'/"

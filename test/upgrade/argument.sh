# A function that a view of the store calls gets one more argument; another
# becomes everybody's.
edit sql/report/cost.sql 's/^\(CREATE FUNCTION smsengage.cost_report(.*human boolean DEFAULT true\))/\1, with_tests boolean DEFAULT false)/'
edit sql/report/cost.sql 's/^COMMENT ON FUNCTION smsengage.cost_report(date, date, text, text, timestamptz, boolean)/COMMENT ON FUNCTION smsengage.cost_report(date, date, text, text, timestamptz, boolean, boolean)/'
edit sql/access/who_may.sql 's/store_migrations submit/store_migrations store_relations submit/'

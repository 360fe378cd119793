-- The store: what create_store(), migrate() and drop_store() do and refuse, and
-- what must hold for every object in it.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
\pset null '(null)'
SELECT smsengage_internal.store_exists();
SELECT smsengage.drop_store();
SELECT smsengage.drop_store(true);
SELECT * FROM smsengage.ingest('salesforce_ens', '{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1768039200}');
-- a role without the right to create is told so
CREATE ROLE store_stranger;
GRANT USAGE ON SCHEMA smsengage TO store_stranger;
SET ROLE store_stranger;
SELECT smsengage.create_store();
RESET ROLE;
SELECT smsengage_internal.store_exists();

SELECT smsengage.create_store();
SELECT smsengage.create_store();
-- migrate() repeated: nothing changes
CREATE FUNCTION picture() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(x, E'\n' ORDER BY x)) FROM (
		SELECT format('%s %s %s %s %s', c.oid, c.relname, c.relkind, c.relowner, c.relacl) || coalesce(CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END, '') || coalesce(c.reloptions::text, '') AS x FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace
		UNION ALL SELECT format('%s %s %s %s %s %s', a.attrelid, a.attname, a.atttypid, a.attnotnull, a.attcollation, col_description(a.attrelid, a.attnum)) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'smsengage'::regnamespace AND a.attnum > 0
		UNION ALL SELECT format('%s %s', k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k WHERE k.connamespace = 'smsengage'::regnamespace
		UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'smsengage'::regnamespace) s
$$;
SELECT picture() AS before \gset
SELECT smsengage.migrate(), smsengage.migrate();
SELECT picture() = :'before' AS unchanged;
-- what was lost comes back
DROP VIEW smsengage.transactional_event, smsengage."MessageEngagement";
ALTER TABLE smsengage.message DROP COLUMN state CASCADE;
COMMENT ON TABLE smsengage.event IS NULL;
SELECT smsengage.migrate();
SELECT count(*) FROM smsengage.transactional_event;
SELECT attname, attnotnull, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'smsengage.message'::regclass AND attname = 'state';
SELECT obj_description('smsengage.event'::regclass) IS NOT NULL AS described;

-- every table, view, column has a comment; so has every function and type of the extension
SELECT c.oid::regclass AS no_comment FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND coalesce(obj_description(c.oid, 'pg_class'), '') = '';
SELECT a.attrelid::regclass AS no_comment, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND coalesce(col_description(a.attrelid, a.attnum), '') = '';
SELECT p.oid::regprocedure AS no_comment FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND coalesce(obj_description(p.oid, 'pg_proc'), '') = '';
SELECT t.oid::regtype AS no_comment FROM pg_type t WHERE t.typnamespace = 'smsengage'::regnamespace AND t.typrelid = 0 AND t.typelem = 0 AND coalesce(obj_description(t.oid, 'pg_type'), '') = '';
-- views run with the rights of who reads them, and show plain types only
SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v' AND NOT coalesce(CASE WHEN c.relname LIKE '%\_masked' THEN 'security_barrier=true' ELSE 'security_invoker=true' END = ANY (c.reloptions), false)
	AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');
SELECT a.attrelid::regclass, a.attname, a.atttypid::regtype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v' AND a.attnum > 0 AND a.atttypid NOT IN ('text'::regtype, 'integer'::regtype, 'bigint'::regtype, 'smallint'::regtype, 'numeric'::regtype, 'boolean'::regtype, 'date'::regtype, 'timestamptz'::regtype);
-- the table of events needs nothing of the extension
SELECT a.attname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid IN ('smsengage.event'::regclass, 'smsengage.individual'::regclass, 'smsengage.event_identity'::regclass, 'smsengage.rejected_event'::regclass) AND a.attnum > 0 AND t.typnamespace <> 'pg_catalog'::regnamespace;
-- texts in keys and indexes compare byte by byte
SELECT DISTINCT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid, unnest(i.indcollation::oid[]) k WHERE c.relnamespace = 'smsengage'::regnamespace AND k NOT IN (0, '"C"'::regcollation)
	AND NOT EXISTS (SELECT FROM pg_class t WHERE t.oid = i.indrelid AND t.relispartition);

-- what a cluster asks for; every row is a violation
-- (key_events() gives event its message key, and makes that a part of its primary key)
WITH d(tab, col, grp) AS (SELECT ('smsengage.' || relation)::regclass, distribution_column, coalesce(together_with, relation) FROM smsengage_internal.store_distribution() WHERE how = 'distributed'),
k AS (SELECT d.*, a.attnum, a.atttypid, a.attcollation, a.attnotnull, t.typtype, t.typnamespace FROM d JOIN pg_attribute a ON a.attrelid = d.tab AND a.attname = d.col JOIN pg_type t ON t.oid = a.atttypid)
SELECT 'unique index without the distribution column' AS violation, i.indexrelid::regclass::text AS object FROM k JOIN pg_index i ON i.indrelid = k.tab WHERE (i.indisunique OR i.indisexclusion) AND NOT k.attnum = ANY (i.indkey::int2[]) AND k.tab <> 'smsengage.event'::regclass
UNION ALL SELECT 'distribution column nullable', tab::text FROM k WHERE NOT attnotnull AND k.tab <> 'smsengage.event'::regclass
UNION ALL SELECT 'distribution column is a domain or not built in', tab::text FROM k WHERE typtype = 'd' OR typnamespace <> 'pg_catalog'::regnamespace
UNION ALL SELECT 'distribution columns of one group differ in type or collation', string_agg(tab::text, ', ') FROM k GROUP BY grp HAVING count(DISTINCT (atttypid, attcollation)) > 1
UNION ALL SELECT 'trigger on a store table', tgrelid::regclass || '.' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT tgisinternal AND c.relnamespace = 'smsengage'::regnamespace
UNION ALL SELECT 'store table, partition, sequence or materialized view is a member of the extension', c.oid::regclass::text FROM pg_depend p JOIN pg_class c ON c.oid = p.objid
	WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_extension'::regclass AND p.deptype = 'e' AND c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'm')
UNION ALL SELECT 'view over a table is a member of the extension', c.oid::regclass::text FROM pg_depend p JOIN pg_class c ON c.oid = p.objid
	WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_extension'::regclass AND p.deptype = 'e' AND c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v'
	AND EXISTS (SELECT FROM pg_rewrite w JOIN pg_depend x ON x.classid = 'pg_rewrite'::regclass AND x.objid = w.oid AND x.refclassid = 'pg_class'::regclass JOIN pg_class t ON t.oid = x.refobjid AND t.relkind IN ('r', 'p') WHERE w.ev_class = c.oid)
UNION ALL SELECT 'sequence not bigint', s.seqrelid::regclass::text FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relnamespace = 'smsengage'::regnamespace AND s.seqtypid <> 'int8'::regtype
UNION ALL SELECT 'aggregate state is internal, or it has no combine function', a.aggfnoid::text FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND (a.aggcombinefn = 0 OR EXISTS (SELECT FROM pg_type t WHERE t.oid = a.aggtranstype AND t.typtype = 'p'))
UNION ALL SELECT 'SQL-language function with arguments that reads or writes a store table', p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND l.lanname = 'sql' AND p.pronargs > 0
	AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p') AND coalesce(p.prosrc, '') || coalesce(pg_get_function_sqlbody(p.oid), '') ~ ('smsengage\.' || c.relname || '\M(?!\()'))
UNION ALL SELECT 'foreign key', conname || ' on ' || conrelid::regclass FROM pg_constraint f WHERE f.contype = 'f' AND f.connamespace = 'smsengage'::regnamespace
UNION ALL SELECT 'function with the owner''s rights in the extension', p.oid::regprocedure::text FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.prosecdef
UNION ALL SELECT 'PL/pgSQL function without a pinned search_path', p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND l.lanname = 'plpgsql' AND p.prokind <> 'p' AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
	-- on the path of every single event: they qualify each name instead
	AND p.proname <> 'add_tallies'
-- from the sixth call of a session on, a report would be planned for any period
-- (messages_sent() asks for one number, which an index finds for any)
UNION ALL SELECT 'report that may be planned without its period', p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND l.lanname = 'plpgsql'
	AND p.prorettype = 'record'::regtype AND p.proretset AND (p.proargnames @> '{since,zone}' OR p.proargnames @> '{bounds}' OR p.proname ~ '(click|answer|message|sends)' AND p.proname <> 'messages_sent' AND p.proargnames @> '{since,until}') AND NOT coalesce(p.proconfig::text LIKE '%plan_cache_mode=%', false)
ORDER BY 1, 2;

-- DROP EXTENSION refuses while the store stands
\set VERBOSITY terse
DROP EXTENSION smsengage;
\set VERBOSITY default
-- drop_store() refuses while there is an event or a rejected one, and drops all of it
DO $$ BEGIN PERFORM smsengage.ingest('salesforce_ens', '17'); END $$;
SELECT smsengage.drop_store();
SELECT smsengage.drop_store(NULL);
CREATE VIEW public.mine AS SELECT count(*) FROM smsengage.event;
SELECT smsengage.drop_store(true);
SELECT count(*) FROM public.mine;
DROP VIEW public.mine;
SELECT smsengage.drop_store(true);
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'));
SELECT smsengage.create_store();
SELECT smsengage.drop_store();
-- who reads without rights gets nothing
SELECT smsengage.create_store();
SET ROLE store_stranger;
SELECT count(*) FROM smsengage.event;
SELECT count(*) FROM smsengage.message_engagement;
SELECT * FROM smsengage.ingest('salesforce_ens', '17');
SELECT smsengage.migrate();
SELECT smsengage.drop_store();
RESET ROLE;
SELECT smsengage.drop_store();
REVOKE USAGE ON SCHEMA smsengage FROM store_stranger;
DROP ROLE store_stranger;
DROP FUNCTION picture();

# What an owner may add to the tables of a store, and ingestion beside it: by
# whole pages (READ COMMITTED) and by SQL (REPEATABLE READ) the same payloads
# end in the same way, errors included, and leave the same rows. Each index is
# sound afterwards (amcheck), with the rows of updates that need no new entries.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest qw(quoted);
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', "autovacuum = off\nwal_level = logical\n");
$node->start;
my $version = $node->safe_psql('postgres', 'SHOW server_version_num');

$node->safe_psql('postgres', 'CREATE DATABASE pattern');
$node->safe_psql('pattern', q{
	CREATE EXTENSION smsengage;
	CREATE EXTENSION amcheck;
	SELECT smsengage.create_store(), smsengage_internal.make_partition('2026-01-01'), smsengage_internal.make_partition('2026-02-01');
	CREATE ROLE poor;
	GRANT USAGE ON SCHEMA smsengage TO poor;
	GRANT ALL ON ALL TABLES IN SCHEMA smsengage TO poor;
	GRANT USAGE ON ALL SEQUENCES IN SCHEMA smsengage TO poor;
	GRANT EXECUTE ON ALL ROUTINES IN SCHEMA smsengage, smsengage_internal TO poor;

	CREATE TABLE payload (no integer, p text);
	CREATE FUNCTION event(type text, at text, message text, recipient text, person text, more json DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS
	$$ SELECT jsonb_strip_nulls(jsonb_build_object('event_type', type, 'event_time', at, 'message_id', message, 'recipient', recipient, 'individual_id', person)) || more::jsonb $$;
	-- whole rows
	INSERT INTO payload SELECT 0, jsonb_agg(event('SENT', '2026-01-10T10:00:0' || i || 'Z', 'm' || i, '+1202555010' || i, 'ada' || i % 3,
			'{"sender_id": "55501", "keyword": "JOIN", "bulk_message": "spring", "channel": "SMS", "price": 0.25, "price_currency": "USD", "template": "t"}'))
		FROM generate_series(1, 5) i;
	-- new ones, with little in them
	INSERT INTO payload SELECT 1, jsonb_agg(event('SENT', '2026-01-11T10:00:0' || i || 'Z', 'n' || i, '+1202555011' || i, 'bob' || i, '{"price": 0.125}'))
		FROM generate_series(1, 3) i;
	-- of messages that are known; some fill what was missing
	INSERT INTO payload SELECT 2, jsonb_agg(event('DELIVERED', '2026-01-11T11:00:0' || i || 'Z', substr('mn', 1 + i % 2, 1) || 1 + i % 3, '+120255501' || i % 2 || 1 + i % 3, NULL, '{"bulk_message": "late", "price": 1.375, "sender_id": "55502"}'))
		FROM generate_series(0, 5) i;
	-- again; and one message id for another number
	INSERT INTO payload SELECT 3, p.p::jsonb || event('SENT', '2026-01-12T10:00:00Z', 'm1', '+12025550109', 'cleo', '{"message_key": "x", "sender_id": "55501"}') FROM payload p WHERE p.no = 0;
	-- another day for who is known, another number, another month
	INSERT INTO payload SELECT 4, jsonb_build_array(event('CLICK', '2026-01-20T10:00:00Z', NULL, '+12025550101', 'ada1', '{"link_name": "Sale", "sender_id": "55501"}'),
		event('CLICK', '2026-01-21T10:00:00Z', NULL, '+12025550102', 'ada1'), event('REPLY', '2026-02-01T10:00:00Z', NULL, '+12025550103', 'dora', '{"keyword": "MORE"}'));
	-- an earlier day for who is known
	INSERT INTO payload SELECT 5, jsonb_build_array(event('CLICK', '2026-01-05T10:00:00Z', NULL, '+12025550101', 'ada1'));
	-- many, where nothing is yet; the same again
	INSERT INTO payload SELECT 6 + again, jsonb_agg(event('DELIVERED', '2026-02-10T10:' || i || ':00Z', 'k' || i, '+120255501' || i, 'p' || i, '{"sender_id": "55501", "bulk_message": "many", "keyword": "K", "channel": "SMS"}'))
		FROM generate_series(10, 49) i, generate_series(0, 1) again GROUP BY again;

	CREATE TABLE given (no integer, directly boolean, ending text);
	-- errors end one payload; what was taken without SQL is told
	CREATE FUNCTION give(no integer, p text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		r record;
	BEGIN
		PERFORM set_config('own.by_sql', 'f', false);
		BEGIN
			SELECT * INTO r FROM smsengage.ingest('native', p, '5001');
			INSERT INTO given VALUES (no, current_setting('own.by_sql') = 'f', r.accepted || ' new, ' || r.duplicate || ' known');
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO given VALUES (no, NULL, SQLSTATE || ' ' || SQLERRM);
		END;
	END $$;
	GRANT ALL ON given, payload TO poor;
	-- which way was gone
	DO $do$ DECLARE f pg_proc := (SELECT p FROM pg_proc p WHERE p.oid = 'smsengage_internal.insert_by_sql'::regproc); arguments text := pg_get_function_arguments(f.oid); BEGIN
		EXECUTE format('ALTER FUNCTION %s RENAME TO do_insert_by_sql', f.oid::regprocedure);
		EXECUTE format($f$CREATE FUNCTION smsengage_internal.insert_by_sql(%s) RETURNS bigint[] LANGUAGE plpgsql AS $$
			BEGIN
				PERFORM set_config('own.by_sql', 't', false);
				RETURN smsengage_internal.do_insert_by_sql(%s);
			END $$$f$, arguments, array_to_string(f.proargnames, ', '));
	END $do$;
});

# All that ingestion leaves, without when it came.
# A number that was drawn for what SQL then did anew is a gap; so people go by
# their names.
my $contents = q{
	CREATE FUNCTION pg_temp.named(r jsonb) RETURNS text LANGUAGE sql AS
	$$ SELECT ((r - 'individual_no') || jsonb_build_object('person', (SELECT i.individual_id FROM smsengage.individual i WHERE i.individual_no = (r ->> 'individual_no')::bigint)))::text $$;
	CREATE FUNCTION pg_temp.named(tally text) RETURNS text LANGUAGE sql AS
	$$ SELECT string_agg((SELECT i.individual_id FROM smsengage.individual i WHERE i.individual_no = t.m[1]::bigint) || coalesce(t.m[2], ''), ',' ORDER BY 1) FROM regexp_matches(tally, '([0-9]+)(:[0-9]+)?', 'g') t(m) $$;
	SELECT 'given', no, ending FROM given ORDER BY no;
	SELECT pg_temp.named(to_jsonb(e) - 'received_at' - 'created_time'), e.tableoid::regclass FROM smsengage.event e ORDER BY e.event_time, e.event_key;
	SELECT pg_temp.named(to_jsonb(m)) FROM smsengage.message m ORDER BY m.message_key;
	SELECT scope, individual_id FROM smsengage.individual i ORDER BY 1, 2;
	SELECT pg_temp.named(to_jsonb(c)) FROM smsengage.contact_point c ORDER BY 1;
	SELECT (to_jsonb(o) - 'messages' - 'parts' - 'priced' - 'cost')::text, sum(messages), sum(parts), sum(priced), trim_scale(sum(cost)) FROM smsengage.outcome_tally o GROUP BY 1 HAVING sum(messages) <> 0 ORDER BY 1;
	SELECT s.account, s.event_type, s.dimension, s.value, t.cell_start, t.chunk, t.anonymous, t.level, pg_temp.named(t.tally::text), t.quarters FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
	SELECT * FROM smsengage.doctor() ORDER BY 1, 2, 3;
};
# bt_index_check() of all indexes it can look at, verify_heapam() of all tables
my $sound = q{
	SELECT count(bt_index_check(i.indexrelid, true)) > 0 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
		WHERE c.relnamespace IN ('smsengage'::regnamespace, 'public'::regnamespace) AND c.relkind = 'i' AND a.amname = 'btree' AND i.indisready;
	SELECT h.* FROM pg_class c, verify_heapam(c.oid) h WHERE c.relnamespace IN ('smsengage'::regnamespace, 'public'::regnamespace) AND c.relkind = 'r';
	SELECT * FROM (SELECT count(*) FROM smsengage.message) n(n) WHERE n <> (SELECT count(*) FROM smsengage.message m WHERE m.message_key IN (SELECT o.message_key FROM smsengage.message o));
};

# The lines that only one of two texts has.
sub differences
{
	my ($one, $other) = map { my %lines = map { $_ => 1 } split /\n/; \%lines } @_;
	my @all = (map({ "paged: $_" } grep { !$other->{$_} } sort keys %$one),
		map({ "by SQL: $_" } grep { !$one->{$_} } sort keys %$other));
	return map { substr($_, 0, 200) } @all[0 .. ($#all < 7 ? $#all : 7)];
}

# meets(NAME, SETUP, option...): SETUP before all payloads. directly: how many
# payloads go in without SQL (default: all that do not fail); fails: SQLSTATEs
# that must come up, by payload; role: who ingests.
my $case = 0;
sub meets
{
	my ($name, $setup, %option) = @_;
	my (%left, %directly, %failed);

	$case++;
	foreach my $way ('paged', 'by_sql')
	{
		my $isolation = $way eq 'paged' ? 'read committed' : 'repeatable read';
		my $database = "case_${case}_$way";
		my $role = $option{role} ? "SET ROLE $option{role};" : '';

		$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE pattern");
		my ($done, $out, $err) = $node->psql($database, "SET client_min_messages = error; $setup; RESET client_min_messages;
			SET default_transaction_isolation = '$isolation'; $role " . join(' ', map { "SELECT give(no, p) FROM payload WHERE no = $_;" } 0 .. 7), on_error_stop => 1);
		is("$done$err", '0', "$name, $way: is made");
		my $told = $node->safe_psql($database, "$contents SELECT '--'; SELECT count(*) FILTER (WHERE directly) FROM given; SELECT '--';
			SELECT string_agg(no || ' ' || left(ending, 5), ', ' ORDER BY no) FROM given WHERE ending !~ ' known\$'; SELECT '--'; $sound");
		($left{$way}, $directly{$way}, $failed{$way}, my $unsound) = map { s/\A\n|\n\z//gr } split /^--$/m, $told;
		is($unsound, 't', "$name, $way: tables and indexes are sound");
		$node->safe_psql('postgres', "DROP DATABASE $database");
	}
	ok($left{paged} eq $left{by_sql}, "$name: the same by pages and by SQL")
		or diag(join "\n", differences($left{paged}, $left{by_sql}));
	is($failed{paged}, $option{fails} // '', "$name: what fails");
	is($directly{paged}, $option{directly} // 8 - (() = $failed{paged} =~ /[0-9] /g), "$name: what is taken without SQL");
	is($directly{by_sql}, 0, "$name: SQL takes all of it where it is asked to");
	return;
}

meets('as it is', '');
meets('as it is, with SQL asked for', 'SET smsengage.direct = off', directly => 0);
# what views read cannot be altered
my $no_views = q{DO $$ DECLARE v text; BEGIN FOR v IN SELECT format('smsengage.%I', relname) FROM pg_class WHERE relkind = 'v' AND relnamespace = 'smsengage'::regnamespace AND relname IN (SELECT relation FROM smsengage.store_relation) LOOP EXECUTE 'DROP VIEW IF EXISTS ' || v || ' CASCADE'; END LOOP; END $$;};

# NOT NULL, CHECK
meets('NOT NULL of event', 'ALTER TABLE smsengage.event ALTER sender_id SET NOT NULL',
	fails => '1 23502, 4 23502, 5 23502');
meets('NOT NULL of a partition', 'ALTER TABLE smsengage.event_2026_01 ALTER keyword SET NOT NULL',
	fails => '1 23502, 2 23502, 3 23502, 4 23502, 5 23502');
meets('NOT NULL of message', 'ALTER TABLE smsengage.message ALTER bulk_message SET NOT NULL', fails => '1 23502, 3 23502');
meets('CHECK of event', q{ALTER TABLE smsengage.event ADD CHECK (length(individual_id) < 4)}, fails => '0 23514, 1 23514, 3 23514, 4 23514, 5 23514');
meets('CHECK of message, which updates break', q{ALTER TABLE smsengage.message ADD CHECK (bulk_message <> 'late')}, fails => '2 23514');
meets('CHECK of contact_point NOT VALID, for who is known', q{ALTER TABLE smsengage.contact_point ADD CHECK (last_day <> '2026-01-05') NOT VALID});
meets('CHECK of individual and of tallies', q{ALTER TABLE smsengage.individual ADD CHECK (individual_id <> 'bob2');
	ALTER TABLE smsengage.outcome_tally ADD CHECK (bulk_message <> 'many'); ALTER TABLE smsengage.series ADD CHECK (value <> 'late'); ALTER TABLE smsengage.engagement_tally ADD CHECK (level < 9)},
	fails => '1 23514, 2 23514, 6 23514, 7 23514');

# columns that are others
meets('a domain', $no_views . q{CREATE DOMAIN word AS text CHECK (length(value) < 4); ALTER TABLE smsengage.event ALTER keyword TYPE word},
	directly => 0, fails => '0 23514, 3 23514, 4 23514');
meets('type modifiers', $no_views . 'ALTER TABLE smsengage.event ALTER price TYPE numeric(10, 1); ALTER TABLE smsengage.message ALTER price TYPE numeric(10, 2)', directly => 0);
meets('another column with a default', q{ALTER TABLE smsengage.event ADD day date DEFAULT '2026-01-01'}, directly => 0);
meets('a generated column', q{ALTER TABLE smsengage.message ADD word text GENERATED ALWAYS AS (lower(bulk_message)) STORED}, directly => 0);
meets('a generated column that is another', $no_views . q{ALTER TABLE smsengage.message DROP send_time CASCADE;
	ALTER TABLE smsengage.message ADD send_time timestamptz GENERATED ALWAYS AS (last_time) STORED}, directly => 0);
meets('the generated column, made again', $no_views . q{ALTER TABLE smsengage.message DROP send_time CASCADE;
	ALTER TABLE smsengage.message ADD send_time timestamptz GENERATED ALWAYS AS (smsengage.send_time(state, first_time)) STORED});
meets('no generated column, but a plain one', q{ALTER TABLE smsengage.message ALTER send_time DROP EXPRESSION}, directly => 0);
meets('defaults', q{ALTER TABLE smsengage.individual ALTER scope SET DEFAULT 'x'}, directly => 0);
meets('numbers that are no identity', q{ALTER TABLE smsengage.individual ALTER individual_no DROP IDENTITY;
	CREATE SEQUENCE numbers START 100; ALTER TABLE smsengage.individual ALTER individual_no SET DEFAULT nextval('numbers')}, directly => 0);
meets('an identity that starts elsewhere', q{ALTER TABLE smsengage.individual ALTER individual_no SET START 1000 SET GENERATED ALWAYS RESTART});

# indexes
meets('a unique index that other messages meet', 'CREATE UNIQUE INDEX ON smsengage.message (message_id)', directly => 7);
meets('a unique index that other people meet', 'CREATE UNIQUE INDEX ON smsengage.contact_point (recipient)', directly => 5, fails => '4 23505, 6 23505, 7 23505');
meets('a unique index that other events meet', 'CREATE UNIQUE INDEX ON smsengage.event (event_time, individual_id)');
meets('unique indexes, partial and of an expression', q{CREATE UNIQUE INDEX ON smsengage.event (event_time, individual_no) WHERE bulk_message = 'many';
	CREATE UNIQUE INDEX ON smsengage.message (lower(message_id), recipient)});
meets('a unique constraint that is deferrable', 'ALTER TABLE smsengage.message ADD UNIQUE (message_id, recipient) DEFERRABLE INITIALLY DEFERRED', directly => 0, fails => '0 55000, 1 55000, 2 55000, 3 55000, 6 55000, 7 55000');
meets('an exclusion constraint', 'ALTER TABLE smsengage.message ADD EXCLUDE USING btree (message_id WITH =)', directly => 7);
meets('a primary key of other columns', 'ALTER TABLE smsengage.message DROP CONSTRAINT message_pkey, ADD PRIMARY KEY (message_id, recipient, message_key), ADD UNIQUE (message_key)', directly => 3);
meets('indexes of other kinds', q{
	CREATE INDEX ON smsengage.message USING brin (last_time);
	CREATE INDEX ON smsengage.message USING brin (sender_id, bulk_message);
	CREATE INDEX ON smsengage.message USING hash (recipient);
	CREATE INDEX ON smsengage.message USING gin (to_tsvector('simple', bulk_message));
	CREATE INDEX ON smsengage.message USING gist (tstzrange(first_time, last_time, '[]'));
	CREATE INDEX ON smsengage.message (bulk_message) INCLUDE (price);
	CREATE INDEX ON smsengage.contact_point USING brin (last_day);
	CREATE INDEX ON smsengage.event USING brin (event_time);
	CREATE INDEX ON smsengage.event USING gin (to_tsvector('simple', keyword));
	CREATE INDEX ON smsengage.outcome_tally USING brin (send_cell);
	CREATE INDEX ON smsengage.engagement_tally USING brin (cell_start);
	CREATE STATISTICS smsengage.own (dependencies) ON bulk_message, sender_id FROM smsengage.message;});

# triggers, rules, policies, what refers to a row
meets('triggers of a row', q{CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.bulk_message := upper(NEW.bulk_message); RETURN NEW; END $$;
	CREATE TRIGGER louder BEFORE INSERT OR UPDATE ON smsengage.message FOR EACH ROW EXECUTE FUNCTION louder()}, directly => 0);
meets('a trigger of a statement', q{CREATE TABLE seen (n bigint);
	CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen SELECT count(*) FROM n; RETURN NULL; END $$;
	CREATE TRIGGER watch AFTER INSERT ON smsengage.event REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION watch()}, directly => 0);
meets('a trigger of one partition', q{CREATE FUNCTION no_sale() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.link_name = 'Sale' THEN RETURN NULL; END IF; RETURN NEW; END $$;
	CREATE TRIGGER no_sale BEFORE INSERT ON smsengage.event_2026_01 FOR EACH ROW EXECUTE FUNCTION no_sale()}, directly => 2);
meets('a rule', q{CREATE TABLE told (recipient text);
	CREATE RULE tell AS ON INSERT TO smsengage.individual DO ALSO INSERT INTO public.told VALUES (NEW.individual_id)}, directly => 0, fails => '0 0A000, 1 0A000, 2 0A000, 3 0A000, 4 0A000, 5 0A000, 6 0A000, 7 0A000');
meets('a policy for everybody', q{ALTER TABLE smsengage.individual FORCE ROW LEVEL SECURITY; CREATE POLICY own ON smsengage.individual AS RESTRICTIVE USING (individual_id <> 'x')}, role => 'poor',
	directly => 0, fails => '0 42501, 1 42501, 2 42501, 3 42501, 4 42501, 5 42501, 6 42501, 7 42501');
meets('a table that refers to messages', q{CREATE TABLE note (message_key uuid REFERENCES smsengage.message)}, directly => 0);
meets('a table that inherits', 'CREATE TABLE more_people () INHERITS (smsengage.individual)', directly => 0);

# partitions
meets('a month by another name, and one elsewhere', q{CREATE SCHEMA archive; ALTER TABLE smsengage.event_2026_01 RENAME TO event_p2026_01; ALTER TABLE smsengage.event_2026_02 SET SCHEMA archive});
meets('a month whose columns are in another order', q{DROP TABLE smsengage.event_2026_01;
	DO $$ BEGIN EXECUTE 'CREATE TABLE january (' || (SELECT string_agg(format('%I %s %s', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' ELSE '' END), ', ' ORDER BY attnum DESC)
		FROM pg_attribute WHERE attrelid = 'smsengage.event'::regclass AND attnum > 0) || ')'; END $$;
	ALTER TABLE january ADD gone text; ALTER TABLE january DROP gone;
	DO $$ DECLARE c text; BEGIN FOR c IN SELECT format('ALTER TABLE january ALTER %I TYPE text COLLATE "C"', attname) FROM pg_attribute WHERE attrelid = 'smsengage.event'::regclass AND attcollation = '"C"'::regcollation LOOP EXECUTE c; END LOOP; END $$;
	ALTER TABLE smsengage.event ATTACH PARTITION january FOR VALUES FROM ('2026-01-01 00:00Z') TO ('2026-02-01 00:00Z')});
meets('a month of several partitions', q{DROP TABLE smsengage.event_2026_01;
	CREATE TABLE smsengage.event_2026_01 PARTITION OF smsengage.event FOR VALUES FROM ('2026-01-01 00:00Z') TO ('2026-02-01 00:00Z') PARTITION BY RANGE (event_time);
	CREATE TABLE smsengage.half PARTITION OF smsengage.event_2026_01 FOR VALUES FROM ('2026-01-01 00:00Z') TO ('2026-02-01 00:00Z')}, directly => 2);
meets('weeks, all time before, and a default partition', q{DROP TABLE smsengage.event_2026_01;
	CREATE TABLE smsengage.event_past PARTITION OF smsengage.event FOR VALUES FROM (MINVALUE) TO ('2026-01-10 00:00Z');
	CREATE TABLE smsengage.week PARTITION OF smsengage.event FOR VALUES FROM ('2026-01-10 00:00Z') TO ('2026-01-17 00:00Z');
	CREATE TABLE smsengage.rest PARTITION OF smsengage.event FOR VALUES FROM ('2026-01-17 00:00Z') TO ('2026-02-01 00:00Z');
	CREATE TABLE smsengage.other PARTITION OF smsengage.event DEFAULT});
meets('UNLOGGED', 'ALTER TABLE smsengage.message SET UNLOGGED; ALTER TABLE smsengage.event_2026_01 SET UNLOGGED; ALTER TABLE smsengage.contact_point SET UNLOGGED');
meets('UNLOGGED and LOGGED again, stored elsewise', q{ALTER TABLE smsengage.message SET UNLOGGED; ALTER TABLE smsengage.message SET LOGGED;
	ALTER TABLE smsengage.event ALTER keyword SET STORAGE PLAIN; ALTER TABLE smsengage.message ALTER bulk_message SET STORAGE EXTERNAL, ALTER template SET STATISTICS 10; ALTER TABLE smsengage.message SET (fillfactor = 10)});

# publications
meets('published, with its key', 'CREATE PUBLICATION p FOR TABLE smsengage.message, smsengage.event, smsengage.contact_point');
meets('published without a key', 'ALTER TABLE smsengage.message REPLICA IDENTITY NOTHING; ALTER TABLE smsengage.contact_point REPLICA IDENTITY NOTHING;
	CREATE PUBLICATION p FOR TABLE smsengage.message, smsengage.event', fails => '2 55000');
meets('published in part', q{CREATE PUBLICATION p FOR TABLE smsengage.message WHERE (bulk_message = 'late')}, fails => '2 42P10');
meets('published in part, by an index', q{ALTER TABLE smsengage.message ALTER provider SET NOT NULL; CREATE UNIQUE INDEX own ON smsengage.message (message_key, provider);
	ALTER TABLE smsengage.message REPLICA IDENTITY USING INDEX own; CREATE PUBLICATION p FOR TABLE smsengage.message WHERE (provider = 'native')});
# since 18, a generated column in the identity must be published
my $whole = 'ALTER TABLE smsengage.message REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR ALL TABLES WITH (publish = $$insert, update$$%s)';
meets('published whole', sprintf($whole, ''), fails => $version >= 180000 ? '2 42P10' : '');

# rights, of columns too
my $all = '0 42501, 1 42501, 2 42501, 3 42501, 4 42501, 5 42501, 6 42501, 7 42501';
my $unruled = 'DO $$ DECLARE t text; BEGIN FOR t IN SELECT c.oid::regclass FROM pg_class c WHERE c.relrowsecurity AND c.relnamespace = $_$smsengage$_$::regnamespace LOOP EXECUTE $_$ALTER TABLE $_$ || t || $_$ DISABLE ROW LEVEL SECURITY$_$; END LOOP; END $$;';
meets('a role with all rights', $unruled, role => 'poor');
# who goes through the table meets its policies, not those of a partition
meets('a policy of a partition', "$unruled ALTER TABLE smsengage.event_2026_01 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", role => 'poor');
meets('no right to the schema', "$unruled REVOKE ALL ON SCHEMA smsengage FROM poor, PUBLIC", role => 'poor', directly => 0, fails => $all);
meets('no right to add events', "$unruled REVOKE INSERT ON smsengage.event FROM poor", role => 'poor', directly => 0, fails => $all);
meets('no right to read events', "$unruled REVOKE SELECT ON smsengage.event FROM poor", role => 'poor', directly => 0, fails => $all);
meets('no right to change messages', "$unruled REVOKE UPDATE ON smsengage.message FROM poor", role => 'poor', directly => 0, fails => '2 42501');
meets('no right to add outcomes', "$unruled REVOKE INSERT ON smsengage.outcome_tally FROM poor", role => 'poor', directly => 0, fails => $all);
meets('no right to read series', "$unruled REVOKE SELECT ON smsengage.series FROM poor", role => 'poor', directly => 0, fails => $all);
my $columns = 'DO $$ BEGIN EXECUTE format($_$GRANT INSERT (%1$s), SELECT (event_key) ON smsengage.event TO poor$_$, (SELECT string_agg(attname, $_$,$_$) FROM pg_attribute WHERE attrelid = $_$smsengage.event$_$::regclass AND attnum > 0%s)); END $$';
meets('rights of columns', "$unruled REVOKE INSERT, SELECT ON smsengage.event FROM poor; " . ($columns =~ s/%s\)/)/r), role => 'poor', fails => '3 42501, 7 42501');
meets('rights of all columns but one', "$unruled REVOKE INSERT, SELECT ON smsengage.event FROM poor; " . ($columns =~ s/%s\)/ AND attname <> \$_\$os\$_\$)/r), role => 'poor', directly => 0, fails => $all);
meets('rights of those columns of messages that change', "$unruled REVOKE UPDATE ON smsengage.message FROM poor;
	GRANT UPDATE (first_time, last_time, individual_no, parts, recipient, sender_id, channel, bulk_message, template, price, price_currency, callback_data, state) ON smsengage.message TO poor", role => 'poor');

if ($version >= 170000)
{
	meets('a generated column that was changed', q{ALTER TABLE smsengage.message ALTER send_time SET EXPRESSION AS (last_time)}, directly => 0);
}
if ($version >= 180000)
{
	meets('published whole, with what is generated', sprintf($whole, ', publish_generated_columns = stored'));
	meets('NOT NULL NOT VALID', 'ALTER TABLE smsengage.event ADD CONSTRAINT own NOT NULL sender_id NOT VALID', fails => '1 23502, 4 23502, 5 23502');
	meets('a column that is generated when read', q{ALTER TABLE smsengage.event ADD word text GENERATED ALWAYS AS (lower(keyword)) VIRTUAL}, directly => 0);
	meets('CHECK NOT ENFORCED', q{ALTER TABLE smsengage.message ADD CHECK (bulk_message <> 'late') NOT ENFORCED});
}

StoreTest::all_sound($node);
done_testing();

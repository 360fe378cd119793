# BRIN indexes of the owner's beside updates of every kind: since PostgreSQL 16,
# an update that changes nothing but what they sum up is HOT, and then no other
# index may get an entry. Each row is found once by each index, and amcheck has
# no complaint, while messages, contact points, tallies, people and events are
# added, merged, folded, linked, forgotten and deleted.
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
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
my $version = $node->safe_psql('postgres', 'SHOW server_version_num');
my $unique = $version >= 170000 ? ', true' : '';

$node->safe_psql('postgres', <<"END");
	CREATE EXTENSION smsengage;
	CREATE EXTENSION amcheck;
	SELECT smsengage.create_store();
	-- every table, every column that BRIN can sum up (an index has 32 at most)
	DO \$\$
	DECLARE r record;
	BEGIN
		FOR r IN SELECT c.oid::regclass AS t, (array_agg(quote_ident(a.attname) ORDER BY a.attnum))[1:32] AS columns
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			JOIN pg_opclass o ON o.opcintype = CASE a.atttypid WHEN 'varchar'::regtype THEN 'text'::regtype ELSE a.atttypid END AND o.opcdefault AND o.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'brin')
			WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
			GROUP BY 1 LOOP
			EXECUTE format('CREATE INDEX ON %s USING brin (%s) WITH (pages_per_range = 2, autosummarize = on)', r.t, array_to_string(r.columns, ', '));
		END LOOP;
	END \$\$;
	-- how many rows of a table an index does not find by its first columns, or more than once
	CREATE FUNCTION wrong(i regclass) RETURNS bigint LANGUAGE plpgsql
		SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_indexonlyscan = off SET enable_material = off
	AS \$\$
	DECLARE n bigint; key text; t regclass;
	BEGIN
		SELECT x.indrelid, string_agg(format('m.%1\$I = o.%1\$I', a.attname), ' AND ' ORDER BY k.no) INTO t, key
		FROM pg_index x CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY k(attnum, no)
		JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
		WHERE x.indexrelid = i AND x.indisunique GROUP BY 1;
		EXECUTE format('SELECT count(*) FROM (SELECT o.ctid FROM %1\$s o WHERE (SELECT count(*) FROM %1\$s m WHERE %2\$s) <> 1) w', t, key) INTO n;
		RETURN n;
	END \$\$;
	CREATE FUNCTION unsound() RETURNS TABLE (relation regclass, what text) LANGUAGE plpgsql AS \$\$
	DECLARE i record;
	BEGIN
		FOR i IN SELECT x.indexrelid::regclass AS r, x.indisunique AND x.indpred IS NULL AND x.indexprs IS NULL AS by_key FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_am a ON a.oid = c.relam
			WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'i' AND a.amname = 'btree' LOOP
			BEGIN
				PERFORM bt_index_check(i.r, true$unique);
				IF i.by_key AND wrong(i.r) > 0 THEN RETURN QUERY SELECT i.r, 'does not find each row once'; END IF;
			EXCEPTION WHEN OTHERS THEN
				RETURN QUERY SELECT i.r, SQLERRM;
			END;
		END LOOP;
		RETURN QUERY SELECT c.oid::regclass, h.msg FROM pg_class c, verify_heapam(c.oid) h WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'r';
	END \$\$;
	-- a round: 20 new messages, with later reports for those of five rounds before
	CREATE FUNCTION round_of(r integer) RETURNS text LANGUAGE sql AS
	\$\$ SELECT json_agg(json_build_object('event_type', CASE WHEN n < 20 AND back = 0 THEN 'SENT' WHEN back % 2 = 1 THEN 'DELIVERED' ELSE 'SEEN' END,
			'event_time', timestamptz '2026-01-10 10:00Z' + make_interval(hours => r * 3 + back, secs => n), 'message_id', format('m%s-%s', r - back, n),
			'recipient', '+120255501' || 10 + n, 'individual_id', 'p' || n % 15, 'sender_id', '55501', 'bulk_message', CASE WHEN back > 2 THEN 'late' END, 'price', back))::text
		FROM generate_series(0, 19) n, generate_series(0, 5) back WHERE r >= back \$\$;
END

sub sound
{
	my ($name) = @_;
	is($node->safe_psql('postgres', 'SELECT * FROM unsound()'), '', "$name: each row is found once, and amcheck has no complaint");
	return;
}

# by pages, and by SQL; the pages are pruned between, as they are in production
foreach my $isolation ('read committed', 'repeatable read')
{
	my $first = $isolation eq 'read committed' ? 0 : 30;
	foreach my $r ($first .. $first + 29)
	{
		my ($result, $out, $err) = $node->psql('postgres', "SET default_transaction_isolation = '$isolation'; SELECT accepted > 0 FROM smsengage.ingest('native', round_of($r), '5001')");
		is("$out$err", 't', "$isolation, round $r") if "$out$err" ne 't';
	}
	is($node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.message'), 20 * ($first + 30), "$isolation: each message is there once");
	sound($isolation);
	$node->safe_psql('postgres', 'VACUUM') if $first == 0;
}
my $hot = $node->safe_psql('postgres', q{SELECT pg_stat_force_next_flush(); SELECT n_tup_hot_upd * 100 / n_tup_upd FROM pg_stat_user_tables WHERE relid = 'smsengage.message'::regclass});
note("updates of message that were HOT: $hot %");

$node->safe_psql('postgres', q{CALL smsengage.fold()});
sound('folded');
$node->safe_psql('postgres', q{SELECT smsengage.ingest('native', '[{"event_type":"LINK","event_time":"2026-01-10T10:00:00Z","individual_id":"p1","other_individual_id":"p2"},
	{"event_type":"BLOCK","event_time":"2026-01-10T10:00:00Z","recipient":"+12025550112","error_code":"500"}, {"event_type":"UNSUBSCRIBE","event_time":"2026-01-30T10:00:00Z","recipient":"+12025550113","sender_id":"55501"}]', '5001');
	SELECT * FROM smsengage.forget(recipient => '+12025550114', force => true);
	CALL smsengage.rebuild()});
sound('linked, blocked, forgotten, rebuilt');
$node->safe_psql('postgres', q{SELECT smsengage.ingest('native', round_of(r), '5001') FROM generate_series(55, 62) r});
$node->safe_psql('postgres', 'CALL smsengage.maintain()');
$node->safe_psql('postgres', 'VACUUM');
sound('maintained, vacuumed');

StoreTest::all_sound($node);
done_testing();

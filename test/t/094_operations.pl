# What happens to a database in use: publications of all tables, months that are
# detached, renamed, moved or made by others, tablespaces, isolation levels that
# are the default, a second secret, backups by roles that may read everything.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('operations');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ], allows_streaming => 'logical');
$node->append_conf('postgresql.conf', 'max_prepared_transactions = 2');
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE ROLE heir LOGIN;');

# Output of a role's statements, or the error and what comes with it.
sub as
{
	my ($role, $db, $sql) = @_;
	my ($out, $err);
	my $code = $node->psql($db, $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]);
	return $code == 0 ? $out : $err;
}

sub new_store
{
	my ($db, @settings) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db OWNER owner");
	$node->safe_psql('postgres', "ALTER DATABASE $db SET $_") foreach @settings;
	is(as('owner', $db, 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()'), '', "$db: a store" . join '', map { " with $_" } @settings);
}

sub click
{
	my ($id, $at) = @_;
	return qq({"event_type":"CLICK","event_id":"$id","event_time":"$at","individual_id":"p$id","recipient":"+12025550111","message_id":"m$id"});
}

sub ingest
{
	my ($role, $db, $payload) = @_;
	return as($role, $db, "SELECT accepted FROM smsengage.ingest('native', '$payload')");
}

# Months before this one: how their partitions are called, their first days, and
# a moment of them.
my ($year, $no) = map { int } split /-/, $node->safe_psql('postgres', "SELECT to_char(timezone('UTC', now()), 'YYYY-MM')");
my (@month, @first);
foreach my $ago (0 .. 9)
{
	my $n = $year * 12 + $no - 1 - $ago;
	push @month, sprintf '%04d_%02d', int($n / 12), $n % 12 + 1;
	push @first, sprintf '%04d-%02d-01', int($n / 12), $n % 12 + 1;
}

sub day
{
	my ($ago, $day) = @_;
	return sprintf '%s-%02dT10:00Z', substr($first[$ago], 0, 7), $day;
}

# 1. Months: the table event says which are its own
new_store('months');
is(ingest('owner', 'months', click(1, day(3, 20))), 1, 'a month');
is(ingest('owner', 'months', click(2, day(4, 20))), 1, 'and another');
as('owner', 'months', "ALTER TABLE smsengage.event DETACH PARTITION smsengage.event_$month[3]");
as('owner', 'months', "SELECT smsengage.inbox('native', '" . click(3, day(3, 21)) . "'), smsengage.inbox('native', '" . click(4, day(4, 21)) . "')");
my ($out, $err);
is($node->psql('months', 'CALL smsengage.drain_inbox()', stdout => \$out, stderr => \$err, extra_params => [ '-U', 'owner' ]), 0, 'a detached month does not stop the inbox');
is($out, '2|2|0|0|0', 'both payloads are in the store');
like($err, qr/WARNING:  the name "event_$month[3]" is taken, so a new partition of the table event is called "event_${month[3]}_2"/, 'a warning tells where');
is(ingest('owner', 'months', click(5, day(3, 22))), 1, 'the next event goes there, too');
is(as('owner', 'months', q{SELECT string_agg(partition::text, ' ' ORDER BY since) FROM smsengage_internal.event_partitions()}), "smsengage.event_$month[4] smsengage.event_$month[3]_2", 'two months');
# the way back that the warning tells
as('owner', 'months', qq{BEGIN; INSERT INTO smsengage.event_$month[3] SELECT * FROM smsengage.event_${month[3]}_2; DROP TABLE smsengage.event_${month[3]}_2;
	ALTER TABLE smsengage.event ATTACH PARTITION smsengage.event_$month[3] FOR VALUES FROM ('$first[3] 00:00Z') TO ('$first[2] 00:00Z'); COMMIT});
is(as('owner', 'months', 'SELECT count(*) FROM smsengage.event; SELECT * FROM smsengage.doctor()'), 5, 'the month came back, and nothing is wrong');

as('owner', 'months', "ALTER TABLE smsengage.event_$month[3] RENAME TO autumn; CREATE SCHEMA archive; ALTER TABLE smsengage.event_$month[4] SET SCHEMA archive");
is(ingest('owner', 'months', click(6, day(3, 23))), 1, 'a month that was renamed takes events');
is(ingest('owner', 'months', click(7, day(4, 23))), 1, 'and one that was moved');
is(ingest('owner', 'months', click(6, day(3, 23))), 0, 'and knows them');
as('owner', 'months', "CREATE VIEW archive.kept AS SELECT * FROM smsengage.autumn; INSERT INTO smsengage.retention (account, keep) VALUES ('*', '30 days')");
is(as('owner', 'months', 'CALL smsengage.maintain()'), '', 'retention with a view on a month');
is(as('owner', 'months', "SELECT to_regclass('archive.event_$month[4]') IS NULL, (SELECT count(*) FROM smsengage.autumn), (SELECT count(*) FROM smsengage.event)"), 't|0|0', 'drops the moved month, empties the other');
as('owner', 'months', 'DROP VIEW archive.kept');
is(as('owner', 'months', "CALL smsengage.maintain(); SELECT to_regclass('smsengage.autumn') IS NULL"), 't', 'which goes once nothing hangs on it');

# events of a superuser, and his maintain()
my $later = $node->safe_psql('months', "SELECT to_char(now() + interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI\"Z\"')");
as('owner', 'months', 'DELETE FROM smsengage.retention');
as('owner', 'months', "DO \$\$ DECLARE p regclass; BEGIN FOR p IN SELECT partition FROM smsengage_internal.event_partitions() LOOP EXECUTE 'DROP TABLE ' || p; END LOOP; END \$\$");
is(ingest('postgres', 'months', click(8, day(5, 20))), 1, 'a superuser ingests');
$node->safe_psql('months', 'CALL smsengage.maintain()');
is($node->safe_psql('months', q{SELECT count(*), string_agg(DISTINCT c.relowner::regrole::text, ' ') FROM smsengage_internal.event_partitions() p JOIN pg_class c ON c.oid = p.partition}), '4|owner', 'months that a superuser caused belong to the owner of event');
is(as('owner', 'months', 'CALL smsengage.maintain()'), '', 'who goes on');

# one that he made by hand
$node->safe_psql('months', "CREATE TABLE smsengage.event_$month[8] PARTITION OF smsengage.event FOR VALUES FROM ('$first[8] 00:00Z') TO ('$first[7] 00:00Z')");
is(ingest('owner', 'months', click(12, day(8, 20))), 1, 'a partition that a superuser made by hand takes events of the owner');
is(as('owner', 'months', "CALL smsengage.maintain(); SELECT smsengage.migrate(); CALL smsengage.rebuild('access'); SELECT item, problem FROM smsengage.doctor('access')"),
	"\nsmsengage.event_$month[8]|has no row security\nsmsengage.event_$month[8]|belongs to the role postgres, and not to the owner of event: a superuser may CALL maintain()", 'doctor() names it, and nothing is refused');
$node->safe_psql('months', "CALL smsengage.maintain(); CALL smsengage.rebuild('access')");
is(as('owner', 'months', "SELECT relowner::regrole, relrowsecurity FROM pg_class WHERE relname = 'event_$month[8]'; SELECT * FROM smsengage.doctor('access')"), 'owner|t', 'maintain() by a superuser gives it to the owner, and rebuild() closes it');

# where the parent lies
my $space = PostgreSQL::Test::Utils::tempdir;
$node->safe_psql('postgres', "CREATE TABLESPACE large LOCATION '$space'");
$node->safe_psql('postgres', 'GRANT CREATE ON TABLESPACE large TO owner');
as('owner', 'months', 'ALTER TABLE smsengage.event SET TABLESPACE large');
is(ingest('owner', 'months', click(9, day(6, 20))), 1, 'event was moved to a tablespace');
$node->safe_psql('postgres', 'REVOKE CREATE ON TABLESPACE large FROM owner');
is(ingest('owner', 'months', click(10, day(7, 20))), 1, 'whose right was taken back then');
is($node->safe_psql('months', qq{SELECT string_agg(relname || ' ' || coalesce(t.spcname, 'none'), ', ' ORDER BY relname) FROM pg_class c LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE c.relname IN ('event_$month[7]', 'event_$month[6]', 'event_$month[5]')}),
	"event_$month[7] none, event_$month[6] large, event_$month[5] none", 'new months lie with their parent, where the owner may');

# event_past is told by what it spans, too
as('owner', 'months', "SELECT smsengage_internal.make_past('2025-01-01Z', '2025-03-01Z'); ALTER TABLE smsengage.event_past RENAME TO long_ago");
is(ingest('owner', 'months', click(11, '2025-01-20T10:00Z')), 1, 'an event of long ago');
is(as('owner', 'months', "SELECT smsengage.split_past('2025-01-01'); SELECT tableoid::regclass FROM smsengage.event WHERE event_time < '2025-03-01Z'"), "1\nsmsengage.event_2025_01", 'gets a month, though event_past has another name');
as('owner', 'months', 'CALL smsengage.rebuild()');

# 2. A second secret
like(as('owner', 'months', "INSERT INTO smsengage.store_secret VALUES ('from elsewhere')"), qr/duplicate key value violates unique constraint "store_secret_one_idx"/, 'there is one secret');
as('owner', 'months', "DROP INDEX smsengage.store_secret_one_idx; INSERT INTO smsengage.store_secret VALUES ('from elsewhere')");
like(as('owner', 'months', 'SELECT smsengage.migrate()'), qr/the table store_secret has more than one row\nDETAIL/, 'a store that has two says so in migrate()');
as('owner', 'months', "DELETE FROM smsengage.store_secret WHERE secret = 'from elsewhere'");
is(as('owner', 'months', 'SELECT smsengage.migrate()'), '', 'and goes on with one');

# 3. A publication of all tables, as tools make it, and one who subscribes to it
my $dir = $node->backup_dir;
mkdir $dir unless -d $dir;
$node->safe_psql('postgres', "CREATE DATABASE $_ OWNER owner") foreach 'source', 'target';
$node->safe_psql('source', 'CREATE PUBLICATION everything FOR ALL TABLES WITH (publish_via_partition_root = true)');
is(as('owner', 'source', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()'), '', 'a store, though all tables are published');
my $events = "SELECT sum(accepted) FROM generate_series(%s, %s) n CROSS JOIN LATERAL smsengage.ingest('native', format('{\"event_type\":\"%%s\",\"event_id\":\"%%s\",\"event_time\":\"2025-%%s-%%sT10:00Z\",\"individual_id\":\"p%%s\",\"recipient\":\"+120255501%%s\",\"message_id\":\"m%%s\"}',
	(ARRAY['SENT','DELIVERED','CLICK'])[1 + n %% 3], n, to_char(1 + n %% 3, 'FM00'), to_char(1 + n %% 28, 'FM00'), n %% 7, to_char(n %% 7, 'FM00'), n %% 10))";
is(as('owner', 'source', sprintf $events, 1, 20), 20, 'events before');
as('owner', 'source', 'CALL smsengage.fold()');
$node->command_ok([ 'pg_dump', '-U', 'owner', '--schema-only', '-f', "$dir/schema.sql", 'source' ], 'the tables alone are dumped');
$node->command_ok([ 'psql', '-X', '-q', '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/schema.sql", 'target' ], 'and restored');
is($node->safe_psql('source', q{SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'r' AND (c.relreplident = 'n'
	OR c.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary))}), '', 'every table of the store tells its rows apart');
$node->safe_psql('source', "SELECT pg_create_logical_replication_slot('target', 'pgoutput')");
$node->safe_psql('target', "CREATE SUBSCRIPTION target CONNECTION " . quoted($node->connstr('source')) . " PUBLICATION everything WITH (create_slot = false, slot_name = 'target', binary = true)");
$node->wait_for_subscription_sync($node, 'target', 'target');
sub same_there
{
	my ($what) = @_;
	$node->wait_for_catchup('target');
	foreach my $table (qw(event message engagement_tally outcome_tally kept_outcome individual contact_point series forgotten store_secret store_relation))
	{
		my $rows = "SELECT t FROM smsengage.$table t ORDER BY t::text COLLATE \"C\"";
		is($node->safe_psql('target', $rows), $node->safe_psql('source', $rows), "$table: $what");
	}
}
is(as('owner', 'source', sprintf $events, 21, 40), 20, 'ingestion');
same_there('ingestion');
is(as('owner', 'target', 'CALL smsengage.fold(); SELECT count(*) > 0 FROM smsengage.engagement_tally WHERE level = 0'), 't', 'the subscriber leaves folding to the publisher');
is(as('owner', 'target', 'CALL smsengage.maintain(); SELECT count(*) FROM smsengage_internal.event_partitions() WHERE until > now()'), 3, 'maintain() there makes the months to come');
is(as('owner', 'source', 'CALL smsengage.fold()'), '', 'fold()');
same_there('fold()');
is(as('owner', 'source', 'SELECT * FROM smsengage.rebuild_tallies()') =~ /ERROR/ ? 'error' : '', '', 'rebuild_tallies()');
is(as('owner', 'source', 'CALL smsengage.rebuild()'), '', 'rebuild()');
same_there('rebuild()');
like(as('owner', 'source', "SELECT * FROM smsengage.forget(recipient => '+12025550101', force => true, keep_sums => true)"), qr/^event\|[1-9]/m, 'forget() that keeps sums');
like(as('owner', 'source', "SELECT * FROM smsengage.forget(individual_id => 'p2', force => true)"), qr/^event\|[1-9]/m, 'forget()');
same_there('forget()');
is(as('owner', 'source', 'CALL smsengage.maintain()'), '', 'maintain()');
is(as('owner', 'source', "SELECT DISTINCT t FROM smsengage.engagement_tally t EXCEPT SELECT t FROM smsengage.engagement_tally t"), '', 'rows of tallies are compared');
as('owner', 'source', 'ALTER TABLE smsengage.kept_outcome REPLICA IDENTITY NOTHING; SELECT smsengage.migrate()');
is($node->safe_psql('source', "SELECT relreplident FROM pg_class WHERE relname = 'kept_outcome'"), 'n', 'an identity that was chosen stays');
is(ingest('owner', 'source', click('now', $node->safe_psql('source', "SELECT to_char(now() - interval '1 minute', 'YYYY-MM-DD\"T\"HH24:MI\"Z\"')"))), 1, 'an event of today');
same_there('a new month');
is(as('owner', 'source', "INSERT INTO smsengage.retention (account, keep) VALUES ('*', '30 days'); CALL smsengage.maintain()"), '', 'the publisher drops old months');
$node->wait_for_catchup('target');
is(as('owner', 'target', "SELECT count(*) > 1 FROM smsengage.event; CALL smsengage.maintain(); SELECT count(*) FROM smsengage.event"), "t\n1", 'and the subscriber by maintain()');
same_there('retention');
$node->safe_psql('target', 'ALTER SUBSCRIPTION target DISABLE');
$node->safe_psql('target', 'ALTER SUBSCRIPTION target SET (slot_name = NONE); DROP SUBSCRIPTION target');
$node->poll_query_until('source', "SELECT NOT active FROM pg_replication_slots WHERE slot_name = 'target'");
$node->safe_psql('source', "SELECT pg_drop_replication_slot('target')");
as('owner', 'target', 'CALL smsengage.rebuild()');

# 4. Isolation levels
foreach my $level ('repeatable read', 'serializable')
{
	my $db = $level =~ tr/ /_/r;
	new_store($db, "default_transaction_isolation = '$level'");
	is(ingest('owner', $db, click(1, '2025-09-20T10:00Z')), 1, "$level: ingest()");
	is(as('owner', $db, "INSERT INTO smsengage.retention (account, keep) VALUES ('*', '30 days'); CALL smsengage.maintain(); SELECT count(*) FROM smsengage.event"), 0, "$level: maintain(), with a horizon that moves");
	as('owner', $db, "DELETE FROM smsengage.retention");
	is(ingest('owner', $db, click(2, '2025-09-20T10:00Z')), 1, "$level: ingest() goes on");
	is(as('owner', $db, 'CALL smsengage.fold()'), '', "$level: fold()");
	is(as('owner', $db, 'CALL smsengage.rebuild()'), '', "$level: rebuild()");
	as('owner', $db, "SELECT smsengage.inbox('native', '" . click(3, '2025-09-21T10:00Z') . "')");
	is(as('owner', $db, 'CALL smsengage.drain_inbox()'), '1|1|0|0|0', "$level: drain_inbox()");
	as('owner', $db, "CREATE TABLE public.load AS SELECT '" . click(4, '2025-09-22T10:00Z') . "'::text AS payload");
	is(as('owner', $db, "CALL smsengage.ingest_from('native', 'public.load')"), '1|0|1|0|0|0', "$level: ingest_from()");
	is(as('owner', $db, "CALL smsengage.fold(); SHOW transaction_isolation"), $level, "$level: what comes after is as before");
	like(as('owner', $db, "BEGIN; CALL smsengage.$_; COMMIT"), qr/cannot run in a transaction of isolation level $level\nDETAIL.*\nHINT:  BEGIN ISOLATION LEVEL READ COMMITTED/, "$level: $_ in a block says what to do")
	  foreach 'maintain()', 'rebuild()';
	like(as('owner', $db, "SELECT * FROM smsengage.forget(recipient => '+12025550111', force => true)"), qr/HINT:  BEGIN ISOLATION LEVEL READ COMMITTED/, "$level: forget(), too");
	like(as('owner', $db, "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT * FROM smsengage.forget(recipient => '+12025550111', force => true); COMMIT"), qr/^event\|3$/m, "$level: which does it then");
}

# 5. forget() that only counts
is(as('owner', 'months', "BEGIN READ ONLY; SELECT * FROM smsengage.forget(recipient => '+12025550111') WHERE part = 'event'; SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND mode <> 'AccessShareLock' AND locktype = 'relation'; COMMIT"), "event|5\n0", 'a preview writes nothing and locks nothing');
is(as('owner', 'months', "SELECT count(*) FROM smsengage.forgotten"), 0, 'and nobody was forgotten');

# 6. Backups by a role that may read everything
$node->safe_psql('postgres', 'CREATE ROLE backup LOGIN; GRANT pg_read_all_data TO backup');
$node->command_checks_all([ 'pg_dump', '-U', 'backup', '-f', "$dir/months.sql", 'months' ], 1, [], [ qr/query would be affected by row-level security policy for table/ ], 'pg_read_all_data alone: the dump fails, and does not lack rows');
$node->safe_psql('postgres', 'ALTER ROLE backup BYPASSRLS');
$node->command_ok([ 'pg_dump', '-U', 'backup', '-f', "$dir/months.sql", 'months' ], 'with BYPASSRLS it is a dump');
$node->safe_psql('postgres', 'CREATE DATABASE again OWNER owner');
$node->command_ok([ 'psql', '-X', '-q', '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/months.sql", 'again' ], 'that can be restored');
is(as('owner', 'again', 'SELECT count(*) FROM smsengage.event'), $node->safe_psql('months', 'SELECT count(*) FROM smsengage.event'), 'with every event');
$node->safe_psql('again', 'CREATE PUBLICATION everything FOR ALL TABLES');
is(as('owner', 'again', 'CALL smsengage.maintain()'), '', 'and whose tables still tell rows apart');
is(as('owner', 'again', 'SELECT smsengage.drop_store(force => true)'), '', 'a restored store can be dropped');
is(as('postgres', 'again', 'DROP EXTENSION smsengage'), '', 'and then the extension');

# 7. A transaction that another session ends, a session that is a replica, and
# another owner
new_store('handed');
as('owner', 'handed', "BEGIN; SELECT smsengage.ingest('native', '" . click(1, day(1, 20)) . "'); PREPARE TRANSACTION 'later'");
is(as('owner', 'handed', "SELECT count(*) FROM smsengage.event; COMMIT PREPARED 'later'; SELECT count(*) FROM smsengage.event"), "0\n1", 'a prepared transaction stores when it is committed');
is(as('postgres', 'handed', "SET session_replication_role = replica; SELECT accepted FROM smsengage.ingest('native', '" . click(2, day(1, 21)) . "')"), 1, 'session_replication_role changes nothing');
$node->safe_psql('handed', 'REASSIGN OWNED BY owner TO heir');
is(ingest('heir', 'handed', click(3, day(2, 20))), 1, 'after REASSIGN OWNED the heir ingests');
is(as('heir', 'handed', 'SELECT smsengage.migrate(); CALL smsengage.maintain()'), '', 'migrates and maintains');
is($node->safe_psql('handed', q{SELECT string_agg(DISTINCT relowner::regrole::text, ' ') FROM pg_class WHERE relnamespace = 'smsengage'::regnamespace AND relname IN (SELECT relation FROM smsengage.store_relation) OR oid IN (SELECT partition FROM smsengage_internal.event_partitions())}), 'heir', 'and has all of it');

StoreTest::all_sound($node);
done_testing();

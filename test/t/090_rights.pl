# Rights where PostgreSQL itself is at work: code of roles that runs in
# autovacuum, ANALYZE, REINDEX and REFRESH; locks that a login can take; stores
# that are made, dumped and restored by other roles and elsewhere; sessions with
# other settings.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('rights');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum_naptime = 1\n");
$node->start;

sub as
{
	my ($role, $sql, $db) = @_;
	my ($out, $err);
	my $code = $node->psql($db // 'shop', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]);
	return $code == 0 ? $out : $err =~ s/^psql:<stdin>:\d+: //r;
}

sub event
{
	my ($account, $n, $type) = @_;
	$type //= 'UNSUBSCRIBE';
	return qq({"account":"$account","event_type":"$type","event_id":"$account$n","event_time":"2026-03-01T10:00:00Z","recipient":"+120255501$n"});
}

$node->safe_psql('postgres', q{
	CREATE ROLE owner LOGIN; CREATE ROLE ig_a LOGIN; CREATE ROLE rd_a LOGIN; CREATE ROLE mk_a LOGIN; CREATE ROLE adm LOGIN; CREATE ROLE nobody LOGIN;
	CREATE DATABASE shop OWNER owner;});
$node->safe_psql('shop', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()', extra_params => [ '-U', 'owner' ]);
$node->safe_psql('shop', join(';', (map { "CREATE SCHEMA $_ AUTHORIZATION $_" } qw(ig_a rd_a mk_a adm nobody)),
	"SELECT smsengage.grant_ingest('ig_a', 'A'), smsengage.grant_reader('rd_a', 'A'), smsengage.grant_masked_reader('mk_a', 'A'), smsengage.grant_admin('adm')"));
foreach my $account (qw(A B))
{
	as('owner', "SELECT smsengage.ingest('native', '" . event($account, $_, 'REPLY') . "')") foreach 10 .. 12;
}

# 1. Code of a role that PostgreSQL runs for others

# what an expression, a policy or a view of theirs does, and what it was told
sub trap
{
	my ($role, $does) = @_;
	as($role, qq{
		CREATE TABLE told (at timestamptz DEFAULT clock_timestamp(), who text, what text);
		CREATE FUNCTION try(i integer) RETURNS integer LANGUAGE plpgsql AS \$f\$
		DECLARE
			answer text;
		BEGIN
			BEGIN
				$does
			EXCEPTION WHEN others THEN
				answer := SQLSTATE || ' ' || SQLERRM;
			END;
			INSERT INTO $role.told (who, what) VALUES (current_user, answer);
			RETURN i;
		END \$f\$;
		CREATE FUNCTION f(i integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $role.try(i); END';
		CREATE TABLE t (i int) WITH (autovacuum_analyze_threshold = 1, autovacuum_analyze_scale_factor = 0);
		CREATE INDEX ON t ($role.f(i));});
	return;
}
trap('ig_a', q{SELECT x::text INTO answer FROM smsengage.submit('native', '{"account":"B","event_type":"UNSUBSCRIBE","event_id":"trap","event_time":"2026-03-01T10:00:00Z","recipient":"+12025550141"}', 'B') x;});
trap('mk_a', q{SELECT string_agg(account, ',') INTO answer FROM smsengage.event_masked;});
trap('rd_a', q{SELECT string_agg(account, ',') INTO answer FROM smsengage.event;});
foreach my $role (qw(ig_a mk_a rd_a))
{
	as($role, 'INSERT INTO t VALUES (4), (5)');
	# by the server, and by a superuser who means no harm
	ok($node->poll_query_until('shop', "SELECT count(*) > 0 FROM pg_stat_user_tables WHERE schemaname = '$role' AND relname = 't' AND last_autoanalyze IS NOT NULL"), "$role: autovacuum was there");
	$node->safe_psql('shop', "ANALYZE $role.t; REINDEX TABLE $role.t; CREATE INDEX ON $role.t ($role.f(i))");
	as($role, "CREATE MATERIALIZED VIEW m AS SELECT $role.f(1)");
	$node->safe_psql('shop', "REFRESH MATERIALIZED VIEW $role.m");
	cmp_ok(as('postgres', "SELECT count(*) FROM $role.told"), '>', 4, "$role: its code ran");
	is(as('postgres', "SELECT DISTINCT who FROM $role.told"), $role, "$role: as itself");
}
is(as('postgres', "SELECT DISTINCT left(what, 5) FROM ig_a.told"), '42501', 'ingest for another account was refused each time');
unlike(as('postgres', "SELECT string_agg(what, ' ') FROM mk_a.told"), qr/B/, 'masked views showed no other account');
like(as('postgres', "SELECT string_agg(what, ' ') FROM mk_a.told"), qr/A,A,A/, 'but the own');
unlike(as('postgres', "SELECT string_agg(what, ' ') FROM rd_a.told"), qr/B/, 'nor the tables');
is(as('owner', "SELECT count(*) FROM smsengage.subscription WHERE recipient = '+12025550141'"), 0, 'nobody was unsubscribed');
# its own account, too: whom it acts for there is nobody's to say
as('ig_a', q{CREATE FUNCTION own(i integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $f$ BEGIN RETURN ig_a.own_try(i); END $f$;
	CREATE FUNCTION own_try(i integer) RETURNS integer LANGUAGE plpgsql AS $f$ BEGIN PERFORM smsengage.submit('native', '{}', 'A'); RETURN i; END $f$;
	CREATE TABLE own_t (i int); INSERT INTO own_t VALUES (1)});
like(as('ig_a', 'CREATE INDEX ON own_t (ig_a.own(i))'), qr/submit\(\) cannot be called within a security-restricted operation/, 'submit() refuses in an index of its caller');
# every masked view as a role with none of its rows, called for by a superuser
as('nobody', 'CREATE FUNCTION sees() RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN RETURN smsengage.acts_for(\'masked\', \'A\'); END $f$');
as('owner', 'GRANT USAGE ON SCHEMA smsengage TO nobody');
as('nobody', 'CREATE MATERIALIZED VIEW m AS SELECT nobody.sees() AS yes');
$node->safe_psql('shop', 'REFRESH MATERIALIZED VIEW nobody.m');
is(as('nobody', 'SELECT yes FROM m'), 'f', 'a view refreshed by a superuser sees with the rights of its owner');
as('owner', 'REVOKE USAGE ON SCHEMA smsengage FROM nobody');

# 2. No lock of a login keeps anything waiting
my %held;
foreach my $role (qw(nobody rd_a ig_a mk_a adm))
{
	$held{$role} = $node->background_psql('shop', on_error_stop => 0, extra_params => [ '-U', $role ]) if $node->can('background_psql');
	last unless $held{$role};
	$held{$role}->query_safe('BEGIN');
	# all that an advisory lock could mean
	$held{$role}->query_safe(q{SELECT pg_advisory_lock(c.oid::integer, 0), pg_advisory_lock(c.oid::bigint), pg_advisory_lock(0, c.oid::integer) FROM pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'smsengage') AND c.relkind = 'r'}) if $role eq 'nobody';
	$held{$role}->query($_) foreach 'SAVEPOINT a', 'SELECT smsengage_internal.begin_rebuild()', 'ROLLBACK TO a',
		"SELECT smsengage_internal.begin_ingest(smsengage_internal.batch('native', '{}', NULL, now()))", 'ROLLBACK TO a',
		"SELECT smsengage_internal.take_turn('smsengage.engagement_tally', 0, false, true)", 'ROLLBACK TO a';
	foreach my $table (qw(event forgotten store_secret consent_seal engagement_tally series message individual))
	{
		foreach my $mode ('ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE')
		{
			$held{$role}->query($_) foreach "LOCK TABLE smsengage.$table IN $mode MODE NOWAIT", 'ROLLBACK TO a';
		}
		$held{$role}->query($_) foreach "SELECT count(*) FROM (SELECT FROM smsengage.$table FOR SHARE) s", 'ROLLBACK TO a';
	}
}
SKIP:
{
	skip 'no background sessions', 1 unless %held;
	is(as('postgres', q{SELECT string_agg(DISTINCT format('%s %s %s', u.usename, l.mode, l.relation::regclass), ', ') FROM pg_locks l JOIN pg_stat_activity u ON u.pid = l.pid
		WHERE u.usename IN ('nobody', 'rd_a', 'ig_a', 'mk_a', 'adm') AND l.locktype IN ('relation', 'object') AND l.mode <> 'AccessShareLock'}), '', 'they got no lock on the store');
}
my $timeout = 'SET statement_timeout = 20000;';
is(as('ig_a', "$timeout SELECT accepted FROM smsengage.submit('native', '" . event('A', 20) . "', 'A')"), 1, 'submit() goes on');
is(as('owner', "$timeout SELECT accepted FROM smsengage.ingest('native', '" . event('A', 21) . "', 'A')"), 1, 'and ingest()');
is(as('owner', "$timeout CALL smsengage.maintain(); SELECT smsengage.seal_consent()"), 0, 'maintain()');
is(as('owner', "$timeout CALL smsengage.rebuild(); SELECT 1"), 1, 'rebuild()');
like(as('owner', "$timeout SELECT * FROM smsengage.forget(recipient => '+12025550121', force => true)"), qr/^event\|1$/m, 'forget()');
$_->quit foreach values %held;

# what is guarded is guarded still
my $first = IPC::Run::start([ 'psql', '-X', '-At', '-d', $node->connstr('shop') . ' user=owner', '-c', 'BEGIN', '-c', "SELECT smsengage.ingest('native', '" . event('A', 30) . "', 'A')", '-c', 'SELECT pg_sleep(3)', '-c', 'COMMIT' ],
	'>', \my $first_out, '2>', \my $first_err);
ok($node->poll_query_until('shop', q{SELECT count(*) > 0 FROM pg_locks WHERE relation = 'smsengage.forgotten'::regclass AND mode = 'RowShareLock'}), 'ingestion holds off forget()');
like(as('owner', "SET lock_timeout = 300; SELECT * FROM smsengage.forget(recipient => '+12025550130', force => true)"), qr/canceling statement due to lock timeout/, 'which waits');
$first->finish;
like(as('owner', "SELECT * FROM smsengage.forget(recipient => '+12025550130', force => true)"), qr/^event\|1$/m, 'and then sees what came in');

# 3. Dumps.  The owner of the database needs no grants; another owner of the
# store has some, which a superuser and the owner of the database can restore
is(as('postgres', q{SELECT count(*) FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) a WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND a.grantee = 'owner'::regrole AND p.proowner <> a.grantee}), 0, 'the owner of the database was granted nothing by name');
$node->safe_psql('postgres', q{CREATE ROLE tenant LOGIN; CREATE DATABASE other OWNER owner; GRANT CREATE ON DATABASE other TO tenant});
$node->safe_psql('other', 'CREATE EXTENSION smsengage', extra_params => [ '-U', 'tenant' ]);
$node->safe_psql('other', 'SELECT smsengage.create_store()', extra_params => [ '-U', 'tenant' ]);
is(as('tenant', "SELECT accepted FROM smsengage.ingest('native', '" . event('A', 1) . "', 'A')", 'other'), 1, 'a role that owns the extension and not the database has a store');
is(as('tenant', 'SELECT smsengage.migrate()', 'other'), '', 'and migrates it');
as('tenant', "SELECT smsengage.grant_reader('rd_a', 'A'), smsengage.grant_ingest('ig_a', 'A')", 'other');
my $dir = $node->backup_dir;
mkdir $dir unless -d $dir;
foreach my $by ('postgres', 'owner')
{
	$node->safe_psql('postgres', "CREATE DATABASE by_$by OWNER owner; GRANT CREATE ON DATABASE by_$by TO tenant");
	$node->safe_psql('postgres', 'GRANT tenant TO owner') if $by eq 'owner';
	$node->command_ok([ 'pg_dump', '-U', 'postgres', '-f', "$dir/other.sql", 'other' ], 'a dump');
	$node->command_ok([ 'psql', '-X', '-q', '-U', $by, '-v', 'ON_ERROR_STOP=1', '-f', "$dir/other.sql", "by_$by" ], "restored by $by");
	as('tenant', 'SELECT smsengage.migrate()', "by_$by") if $by eq 'owner';
	is(as('tenant', "SELECT accepted, duplicate FROM smsengage.ingest('native', '" . event('A', 1) . "', 'A')", "by_$by"), '0|1', "$by: its owner ingests");
	is(as('ig_a', "SELECT accepted, duplicate FROM smsengage.submit('native', '" . event('A', 2) . "', 'A')", "by_$by"), '1|0', "$by: and who was granted that");
	is(as('rd_a', 'SELECT count(*) FROM smsengage.event', "by_$by"), 2, "$by: and who may read, reads");
}
$node->safe_psql('postgres', 'REVOKE tenant FROM owner');

# taking back is silent, also for an owner who is no superuser
{
	my ($out, $err);
	$node->psql('shop', "SELECT smsengage.grant_reader('nobody', 'A'); SELECT smsengage.revoke_access('nobody'); SELECT smsengage.revoke_access('nobody')", stdout => \$out, stderr => \$err, extra_params => [ '-U', 'owner' ]);
	is($err, '', 'revoke_access() says nothing');
}

# 4. Another server, where roles have other numbers: rights go by name there, and
# nobody has those of a role that was gone
$node->safe_psql('postgres', 'CREATE ROLE stray LOGIN');
as('owner', "SELECT smsengage.grant_reader('stray', 'B')");
my $number = as('postgres', "SELECT oid FROM pg_roles WHERE rolname = 'stray'");
$node->safe_psql('shop', 'DROP OWNED BY stray; DROP ROLE stray');
like(as('owner', 'SELECT item, problem FROM smsengage.doctor()'), qr/^account_role stray, read\|the role is gone$/, 'doctor() names what is left of a role');
$node->safe_psql('shop', 'SET client_min_messages = warning; DROP SCHEMA ig_a, rd_a, mk_a, adm, nobody CASCADE');
$node->command_ok([ 'pg_dump', '-U', 'postgres', '-f', "$dir/shop.sql", 'shop' ], 'dump');
my $elsewhere = PostgreSQL::Test::Cluster->new('elsewhere');
$elsewhere->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
$elsewhere->start;
$elsewhere->safe_psql('postgres', q{CREATE ROLE adm LOGIN; CREATE ROLE mk_a LOGIN; CREATE ROLE rd_a LOGIN; CREATE ROLE owner LOGIN; CREATE ROLE ig_a LOGIN; CREATE ROLE nobody LOGIN; CREATE DATABASE shop OWNER owner;});
$elsewhere->safe_psql('postgres', qq{DO \$\$
BEGIN
	WHILE NOT EXISTS (SELECT FROM pg_roles WHERE oid >= $number) LOOP
		EXECUTE format('CREATE ROLE %I LOGIN', 'r' || (SELECT count(*) FROM pg_roles));
	END LOOP;
END \$\$});
my $namesake = $elsewhere->safe_psql('postgres', "SELECT rolname FROM pg_roles WHERE oid = $number");
isnt($namesake, '', 'somebody has the number there');
$elsewhere->command_ok([ 'psql', '-X', '-q', '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/shop.sql", 'shop' ], 'restored elsewhere');
sub there { my ($role, $sql) = @_; my ($out, $err); my $code = $elsewhere->psql('shop', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]); return $code == 0 ? $out : $err; }
is(there('rd_a', 'SELECT DISTINCT account FROM smsengage.event'), 'A', 'the reader reads');
is(there('ig_a', "SELECT accepted FROM smsengage.submit('native', '" . event('A', 40) . "', 'A')"), 1, 'who ingests, ingests');
like(there('ig_a', "SELECT accepted FROM smsengage.submit('native', '" . event('B', 40) . "', 'B')"), qr/may not ingest/, 'for its account');
like(there('mk_a', 'SELECT count(*), min(account), max(account) FROM smsengage.event_masked'), qr/^\d+\|A\|A$/, 'the masked reader, too');
$elsewhere->safe_psql('shop', "GRANT USAGE ON SCHEMA smsengage TO $namesake; GRANT SELECT ON ALL TABLES IN SCHEMA smsengage TO $namesake");
is(there($namesake, 'SELECT count(*) FROM smsengage.event'), 0, 'who has the number of somebody gone reads nothing');
is(there('owner', 'SELECT smsengage.migrate(); SELECT * FROM smsengage.doctor()'), '', 'migrate() clears what was left');
is(there('owner', "SELECT count(*) FROM smsengage.account_role WHERE cluster <> (SELECT system_identifier FROM pg_control_system())"), 0, 'and notes the roles of here');
is(there('rd_a', 'SELECT DISTINCT account FROM smsengage.event'), 'A', 'which is the same to them');
as('owner', "CALL smsengage.rebuild('access')");

# 5. Settings of a session under which catalogue text reads otherwise and bodies
# are parsed otherwise: the same store comes of it
my @odd = map { "SET $_;" } 'quote_all_identifiers = on', ($node->pg_version >= 19 ? () : ('standard_conforming_strings = off', 'escape_string_warning = off')), 'transform_null_equals = on',
	"DateStyle = 'SQL, DMY'", "IntervalStyle = 'sql_standard'", "TimeZone = 'Asia/Kathmandu'", "default_tablespace = ''", 'array_nulls = off', "bytea_output = 'escape'", 'extra_float_digits = -15';
foreach my $db ('plain', 'odd', 'migrated')
{
	$node->safe_psql('postgres', "CREATE DATABASE $db OWNER owner");
	my $settings = $db eq 'odd' ? "@odd" : '';
	$node->safe_psql($db, "$settings CREATE EXTENSION smsengage; SELECT smsengage.create_store();", extra_params => [ '-U', 'owner' ]);
	$node->safe_psql($db, "@odd SELECT smsengage.migrate();", extra_params => [ '-U', 'owner' ]) if $db eq 'migrated';
	$node->safe_psql($db, slurp_file('test/include/snapshot.sql'));
}
my %line = map { my $db = $_; ($db => { map { $_ => 1 } split /\n/, $node->safe_psql($db, 'SELECT line FROM public.snapshot()') }) } 'plain', 'odd', 'migrated';
foreach my $db ('odd', 'migrated')
{
	is(join("\n", sort((map { "- $_" } grep { !$line{$db}{$_} } keys %{ $line{plain} }), (map { "+ $_" } grep { !$line{plain}{$_} } keys %{ $line{$db} }))), '',
		"$db: the same as with the usual settings");
}
is(as('owner', "@odd SELECT smsengage.has_placeholder('Hi \${x}'), smsengage.has_placeholder('[[x]]'), smsengage.has_placeholder('{{x}}'), smsengage.has_placeholder('%%x%%'), smsengage.has_placeholder('plain {x}')", 'odd'),
	't|t|t|t|f', 'placeholders are found');
# each body, first parsed in such a session
foreach my $db ('plain', 'odd')
{
	my $settings = $db eq 'odd' ? join(' ', grep { !/DateStyle|TimeZone|IntervalStyle|bytea/ } @odd) : '';
	as('owner', "$settings INSERT INTO smsengage.retention VALUES ('*', '40 days'); SELECT smsengage.ingest('native', '" . event('A', 1) . "', 'A');"
		. "SELECT smsengage.ingest('native', '{\"event_type\":\"CLICK\",\"event_id\":\"x\",\"event_time\":\"2024-03-01T10:00:00Z\",\"recipient\":\"+12025550101\",\"user_agent\":\"Googlebot/2.1\"}', 'A');"
		. "SELECT smsengage.ingest('native', '{\"event_type\":\"NO SUCH\"}', 'A');", $db);
}
my @asked = ("SELECT kind, value FROM smsengage.drift ORDER BY 1, 2", "SELECT * FROM smsengage_internal.word_list('a-b, c')", "SELECT * FROM smsengage.can_send_all(ARRAY['+12025550101'], 'A', '55501', 'Hi \${x}') ",
	"SELECT count(*) FROM smsengage.callback_data_check('{\"a\\u0001\":1}')", "SELECT rule_name, agent_pattern FROM smsengage.machine_click_rule ORDER BY 1",
	"CALL smsengage.maintain(); SELECT c.relname FROM pg_class c WHERE c.relname LIKE 'event_2024%' AND c.relkind = 'r'");
foreach my $query (@asked)
{
	my ($plain, $odd) = (as('owner', $query, 'plain'), as('owner', join(' ', grep { !/DateStyle|TimeZone|IntervalStyle|bytea/ } @odd) . ' ' . ($query =~ s/\\u/\\\\u/r), 'odd'));
	is($odd, $plain, substr($query, 0, 60) . ' gives the same');
	unlike($plain, qr/ERROR/, 'and no error');
}
is(as('owner', "SELECT count(*) FROM pg_class c WHERE c.relname LIKE 'event_2024%' AND c.relkind = 'r'", 'odd'), 0, 'old partitions went');

# 6. From a session, submit() leaves where partitions lie to the owner
$node->safe_psql('postgres', "CREATE DATABASE place OWNER owner");
my $space = PostgreSQL::Test::Utils::tempdir;
$node->safe_psql('postgres', "CREATE TABLESPACE theirs LOCATION '$space'");
$node->safe_psql('postgres', 'GRANT CREATE ON TABLESPACE theirs TO PUBLIC');
is(as('ig_a', "SET default_tablespace = 'theirs'; SELECT accepted FROM smsengage.submit('native', '" . (event('A', 50, 'CLICK') =~ s/2026-03/2026-05/r) . "', 'A')"), 1, 'a new month');
is(as('owner', "SELECT relowner::regrole, reltablespace FROM pg_class WHERE relname = 'event_2026_05'"), 'owner|0', 'is the owner\'s, and lies with the others');

StoreTest::all_sound($node);
StoreTest::all_sound($elsewhere);
done_testing();

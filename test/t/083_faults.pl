# Statements that are cut off, transactions that are refused, a disk that is
# full: each ends at once or with its own error, and the store stays whole.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreCalls;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('faults');
$node->init;
$node->append_conf('postgresql.conf', "jit = off\nmax_wal_size = 2GB\nlog_min_error_statement = panic");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION smsengage;
SELECT smsengage.create_store();
CREATE FUNCTION click(n bigint) RETURNS text LANGUAGE sql AS $$
	SELECT format('{"event_type":"CLICK","event_id":"e%s","event_time":"%s","recipient":"+1202555%s","message_id":"m%s","link_name":"l%s"}',
				  n, to_char('2026-01-01'::timestamp + n % 150 * interval '1 day' + n % 86399 * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
				  to_char(n % 10000, 'FM0000'), n, n % 7)
$$;
-- something to read
SELECT sum(accepted) FROM generate_series(0, 9) part,
	smsengage.ingest('native', (SELECT string_agg(click(part * 3000 + i), '') FROM generate_series(1, 3000) i));

CREATE TABLE huge (what text, payload text);
ALTER TABLE huge ALTER payload SET STORAGE EXTERNAL;
INSERT INTO huge VALUES
	('events', (SELECT string_agg(click(1000000 + i), '') FROM generate_series(1, 300000) i)),
	('none', (SELECT '[' || string_agg(i::text, ',') || ']' FROM generate_series(1, 900000) i)),
	('one', '[' || repeat('{"a":[1,2,3,{"b":"\u00e9"}]},', 1000000) || '{}]');
CREATE TABLE payloads AS SELECT click(2000000 + i) AS payload FROM generate_series(1, 100000) i;
SQL

# What takes long
my %long = (
	'ingest() of a huge payload' => "SELECT smsengage.ingest('native', (SELECT payload FROM huge WHERE what = 'events'))",
	'ingest() of a huge payload of nothing' => "SELECT smsengage.ingest('native', (SELECT payload FROM huge WHERE what = 'none'))",
	'parse() of a huge payload' => "SELECT count(*) FROM smsengage.parse('native', (SELECT payload FROM huge WHERE what = 'events'))",
	'parse() of a payload of nothing' => "SELECT count(*) FROM smsengage.parse('native', (SELECT payload FROM huge WHERE what = 'none'))",
	'parse() of what is no event' => "SELECT count(*) FROM generate_series(1, 100), smsengage.parse('salesforce_ens', (SELECT payload FROM huge WHERE what = 'one'))",
	'ingest_from()' => "CALL smsengage.ingest_from('native', 'payloads')",
	'segment_size() without tallies' => "SELECT smsengage.segment_size((SELECT string_agg(format('click[os = ''%s'' and device_type = ''x''] >= 1', i), ' or ') FROM generate_series(1, 100) i)::smsengage.segment_rule)",
	'segment_size() with tallies, often' => "SELECT count(smsengage.segment_size(format('click >= %s since ''2026-01-01''', 1 + i)::smsengage.segment_rule)) FROM generate_series(1, 20000) i",
	'doctor()' => 'SELECT count(*) FROM generate_series(1, 20), smsengage.doctor()',
	'rebuild()' => 'CALL smsengage.rebuild()',
	'sum of tallies' => "SELECT smsengage.total(smsengage.sum(smsengage.tally(ARRAY[i % 8192, i * 7 % 8192]))) FROM generate_series(1, 10000000) i",
);
my %fast;
my $state = 'SELECT (SELECT count(*) FROM smsengage.event), (SELECT count(*) FROM smsengage.message)';
foreach my $name (sort keys %long)
{
	my $start = time;
	my ($code, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nSET statement_timeout = 300;\n$long{$name};");
	my $took = time - $start;
	diag(sprintf '%-40s %.2f s', $name, $took) if $ENV{SMS_FIGURES};
	if ($code == 0) { $fast{$name} = 1; }
	else { like($err, qr/ERROR:  57014/, "$name: cut off by statement_timeout"); }
	# 0.3 until then, and the start of psql
	cmp_ok($took, '<', 1.8, "$name: within a second or so");
}
is(join(', ', sort keys %fast), '', 'all of them are long');
is($node->safe_psql('postgres', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing');

# Every function that reads, by the catalogue, every view, and what writes: with
# a few milliseconds each ends in its time or is cut off soon after them.  The
# functions are called over the store above, where the heavy ones take seconds.
my @all = read_calls($node, 'postgres');
push @all, map { [ "view $_", "SELECT count(*) FROM (SELECT t::text FROM $_ t) v" ] }
  split /\n/, $node->safe_psql('postgres', "SELECT format('smsengage.%I', viewname) FROM pg_views WHERE schemaname = 'smsengage' ORDER BY 1");
my @writers = map { [ $_, $_ ] } ('CALL smsengage.fold()', 'CALL smsengage.maintain()', "SELECT smsengage.retry_rejected(account => 'none')", 'SELECT smsengage.rebuild_tallies()',
	'SELECT smsengage.seal_consent()', 'SELECT smsengage.migrate()', 'CALL smsengage.drain_inbox()', "SELECT smsengage.forget(individual_id => '+12025550001', force => true)",
	(map { "CALL smsengage.rebuild('$_')" } split /\n/, $node->safe_psql('postgres',
		"SELECT unnest('{message,individual,individual_link,event_identity,contact_point,block,subscription,engagement_tally,outcome_tally}'::text[])")));
$node->safe_psql('postgres', "SELECT smsengage.inbox('native', click(3000000 + i)) FROM generate_series(1, 3000) i");
my ($code, $out, $err) = $node->psql('postgres', join("\n", "\\set VERBOSITY sqlstate\nSET statement_timeout = 20;\n\\timing on",
	map { "\\echo call $_->[0]\n\\warn call $_->[0]\n\\o /dev/null\n$_->[1];\n\\o" } @all, @writers), on_error_stop => 0);
my (@slow, @wrong);
foreach my $piece (split /^call /m, $out)
{
	my ($name, $ms) = $piece =~ /^(.*)\n(?:.*\n)*Time: ([\d.]+) ms/ or next;
	push @slow, "$name: $ms ms" if $ms > 1000;
}
my $cut = () = $err =~ /57014/g;
diag("$cut of " . @all + @writers . ' calls cut off after 20 ms') if $ENV{SMS_FIGURES};
cmp_ok($cut, '>', 20, "$cut of " . (@all + @writers) . ' calls are cut off');
is(join("\n", @slow), '', 'and end soon');
is($node->safe_psql('postgres', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing');

# pg_cancel_backend
foreach my $name ('ingest() of a huge payload', 'ingest_from()')
{
	my ($out, $err) = ('', '');
	my $run = IPC::Run::start([ 'psql', '-XqAt', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('postgres') . ' application_name=victim', '-c', $long{$name} ],
		'>', \$out, '2>', \$err);
	my $victim = "SELECT %s FROM pg_stat_activity WHERE application_name = 'victim' AND state = 'active' AND query_start < clock_timestamp() - interval '0.5 s'";
	$node->poll_query_until('postgres', sprintf $victim, 'count(*) = 1');
	my $start = time;
	$node->safe_psql('postgres', sprintf $victim, 'pg_cancel_backend(pid)');
	eval { IPC::Run::finish($run) };
	cmp_ok(time - $start, '<', 1.5, "$name: ends within a second or so of pg_cancel_backend()");
	like($err, qr/ERROR:  57014/, "$name: cut off by pg_cancel_backend()");
}
is($node->safe_psql('postgres', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing');

# Stricter isolation: what is refused with 40001 is repeated and gets through
foreach my $level ('repeatable read', 'serializable')
{
	my $script = PostgreSQL::Test::Utils::tempdir . '/script';
	PostgreSQL::Test::Utils::append_to_file($script, <<"SQL");
\\set n random(1, 60)
SELECT accepted + duplicate FROM smsengage.ingest('native', (SELECT string_agg(click(4000000 + :n + i), '') FROM generate_series(1, 5) i));
SQL
	local $ENV{PGOPTIONS} = '-c default_transaction_isolation=' . $level =~ s/ /\\ /r;
	my ($out, $err) = PostgreSQL::Test::Utils::run_command(
		[ 'pgbench', '-n', '-c', '4', '-t', '40', '--max-tries=1000', '-f', $script, '-d', $node->connstr('postgres') ]);
	like($out, qr/actually processed: 160\/160/, "$level: everything got through") or diag($err);
	diag("$level: " . join(', ', $out =~ /(number of transactions retried.*|total number of retries.*)/g)) if $ENV{SMS_FIGURES};
	is($node->safe_psql('postgres', 'SELECT * FROM smsengage.doctor()'), '', "$level: doctor() finds nothing");
}
$node->stop;

# Disk full.  The store is in a tablespace on a small file system that
# only the server sees; mounting it takes no right but that to a user namespace.
SKIP:
{
	my $place = PostgreSQL::Test::Utils::tempdir;
	my @own = ('unshare', '--user', '--map-current-user', '--keep-caps', '--mount', 'sh', '-c');
	skip 'no file system can be mounted here', 1
	  if system(@own, "mount -t tmpfs -o size=20m tmpfs $place 2> /dev/null") != 0;
	my $start = sprintf 'mount -t tmpfs -o size=20m tmpfs %s && exec pg_ctl -w -D %s -l %s start > /dev/null',
	  $place, $node->data_dir, $node->logfile;
	is(system(@own, $start), 0, 'server with a small file system');
	$node->_update_pid(1);
	$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$place'");
	$node->safe_psql('postgres', "CREATE DATABASE full_one TABLESPACE small");
	$node->safe_psql('full_one', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store(); CREATE TABLE filler AS SELECT md5(i::text) FROM generate_series(1, 30000) i');
	$node->safe_psql('full_one', $node->safe_psql('postgres', "SELECT pg_get_functiondef('click'::regproc)"));
	my ($good, $full) = (0, 0);
	foreach my $n (1 .. 200)
	{
		my ($code, $out, $err) = $node->psql('full_one',
			"\\set VERBOSITY verbose\nSELECT accepted FROM smsengage.ingest('native', (SELECT string_agg(click($n * 400 + i), '') FROM generate_series(1, 400) i));");
		if ($code == 0) { $good++; }
		else
		{
			like($err, qr/ERROR:  53100/, 'the error of a full disk') if !$full++;
			last if $full == 3;
		}
	}
	cmp_ok($good, '>', 0, 'some were stored');
	cmp_ok($full, '>', 0, 'then the disk was full');
	is($node->safe_psql('full_one', 'SELECT count(*) FROM smsengage.event'), $good * 400, 'what was stored is there, what was refused is not');
	is($node->safe_psql('full_one', 'SET temp_tablespaces = pg_default; SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing');
	$node->safe_psql('full_one', 'DROP TABLE filler');
	is($node->safe_psql('full_one', "SELECT accepted FROM smsengage.ingest('native', (SELECT string_agg(click(90000 + i), '') FROM generate_series(1, 100) i))"),
		100, 'with room again, ingestion goes on');
	is($node->safe_psql('full_one', 'SET temp_tablespaces = pg_default; SELECT * FROM smsengage.doctor()'), '', 'doctor() still finds nothing');
	$node->stop;
}
done_testing();

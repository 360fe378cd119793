# maintain() beside load: ingestion and readers go on, nobody waits long for a
# lock, and the store is sound.  SMS_FIGURES=1 shows how long calls took.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('maintain');
$node->init;
# who waits for a lock for longer than this is in the log
$node->append_conf('postgresql.conf', "jit = off\nfsync = off\ntimezone = 'UTC'\nlog_lock_waits = on\ndeadlock_timeout = 250ms\nlog_error_verbosity = terse");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION smsengage;
SELECT smsengage.create_store();
CREATE FUNCTION load(n bigint, size integer) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('{"event_type":"%s","event_id":"e%s","event_time":"%s","recipient":"+1202555%s","message_id":"m%s","link_name":"l%s"}',
		(ARRAY['SENT', 'DELIVERED', 'CLICK'])[1 + i % 3], n * 1000 + i, to_char(now() AT TIME ZONE 'UTC' - (n * 7 + i) % 40 * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		to_char((n * 31 + i) % 10000, 'FM0000'), (n * 1000 + i) / 3, i % 5), '') FROM generate_series(1, size) i
$$;
-- years of partitions to drop, rows of others to delete, an inbox to empty
SELECT sum(i.accepted) FROM generate_series(1, 60) m, smsengage.ingest('native', (SELECT string_agg(format('{"event_type":"CLICK","event_id":"o%s","event_time":"%s","recipient":"+1202555%s","account":"%s"}',
	m * 100 + i, to_char(timestamp '2019-01-10' + m * interval '1 month', 'YYYY-MM-DD"T00:00:00Z"'), to_char(i, 'FM0000'), CASE WHEN i % 2 = 0 THEN 'long' ELSE 'short' END), '') FROM generate_series(1, 100) i)) i;
SELECT count(smsengage.inbox('native', load(500000 + i, 5))) FROM generate_series(1, 300) i;
SQL

my $dir = PostgreSQL::Test::Utils::tempdir;
append_to_file("$dir/ingest", "\\set n random(1, 100000)\nSELECT accepted FROM smsengage.ingest('native', load(:n, 20));\n");
append_to_file("$dir/read", "SELECT smsengage.segment_size('click >= 2 in last 30 days');\n");

# Four clients for so many seconds: the longest call in milliseconds, and the mean
sub work
{
	my ($seconds, $beside) = @_;
	my $log = "$dir/" . ($beside ? 'beside' : 'alone');
	my $load = IPC::Run::start([ 'pgbench', '-n', '-c', '4', '-T', $seconds, '-l', "--log-prefix=$log", '-f', "$dir/ingest\@3", '-f', "$dir/read\@1", '-d', $node->connstr('postgres') ], '>', "$dir/out", '2>&1');
	my $rounds = 0;
	my $until = time + $seconds - 1;
	while ($beside && time < $until)
	{
		$node->safe_psql('postgres', 'CALL smsengage.maintain(); CALL smsengage.drain_inbox(20)');
		# as if a day had passed
		$node->safe_psql('postgres', "UPDATE smsengage.retention SET keep = keep - interval '30 days'") if $rounds < 20;
		$rounds++;
	}
	IPC::Run::finish($load) or die slurp_file("$dir/out");
	my @took = sort { $a <=> $b } map { (split / /)[2] / 1000 } map { split /\n/, slurp_file($_) } glob("$log.*");
	my $sum = 0;
	$sum += $_ foreach @took;
	diag(sprintf '%-7s %5d calls, mean %.1f ms, 99%% within %.1f ms, longest %.1f ms%s', $beside ? 'beside' : 'alone', scalar @took, $sum / @took,
		$took[ int(@took * 0.99) ], $took[-1], $beside ? ", maintain() $rounds times" : '') if $ENV{SMS_FIGURES};
	return ($took[-1], $rounds);
}

my ($alone) = work(5, 0);
my $waits_before = () = slurp_file($node->logfile) =~ /still waiting for/g;
$node->safe_psql('postgres', "INSERT INTO smsengage.retention (account, keep) VALUES ('*', '6 years'), ('long', '7 years')");
my ($longest, $rounds) = work(10, 1);
my $log = slurp_file($node->logfile);
my @waits = $log =~ /acquired \S+ on .* after ([\d.]+) ms/g;
diag('waits for a lock of more than 250 ms: ' . (join(', ', @waits) || 'none')) if $ENV{SMS_FIGURES};
cmp_ok($rounds, '>', 2, "maintain() ran $rounds times beside the load");
# the two seconds after which drop_expired() gives up, and a slow machine
cmp_ok((sort { $b <=> $a } @waits, 0)[0], '<', 3000, 'nobody waited long for a lock');
cmp_ok($longest, '<', 10 * $alone + 3000, 'no call took much longer than without it');
unlike($log, qr/ERROR:  (deadlock|canceling)/, 'no deadlock');
is($node->safe_psql('postgres', "SELECT count(*) FILTER (WHERE e.account = 'short' AND e.event_time < r.horizon) FROM smsengage.event e, smsengage.retention r WHERE r.account = '*'"), 0, 'what is too old went');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM smsengage.event WHERE account = 'long'"), '>', $node->safe_psql('postgres', "SELECT count(*) FROM smsengage.event WHERE account = 'short'"), 'by account');
is($node->safe_psql('postgres', "SELECT to_regclass('smsengage.event_2019_02') IS NULL"), 't', 'months went as a whole');
StoreTest::all_sound($node);

$node->stop;
done_testing();

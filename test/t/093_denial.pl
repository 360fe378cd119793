# What a role that may only ingest can take from others: partitions, locks, series,
# room.  And that folding and link reports take time in proportion to the names.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('denial');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
# as few locks as a server has by itself with so many connections
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off\nmax_connections = 60\nmax_locks_per_transaction = 64\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE store_owner LOGIN; CREATE ROLE deputy LOGIN IN ROLE store_owner; CREATE ROLE ig_a LOGIN; CREATE ROLE ig_b LOGIN; CREATE ROLE rd_a LOGIN;
	CREATE DATABASE shop OWNER store_owner;});

sub as
{
	my ($role, $sql) = @_;
	my ($out, $err);
	my $code = $node->psql('shop', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]);
	return $code == 0 ? $out : $err =~ s/^psql:<stdin>:\d+: //r;
}

as('store_owner', q{CREATE EXTENSION smsengage; SELECT smsengage.create_store();
	SELECT smsengage.grant_ingest('ig_a', 'A'), smsengage.grant_ingest('ig_b', 'B'), smsengage.grant_reader('rd_a', 'A');
	CREATE FUNCTION public.month(ago integer) RETURNS timestamptz LANGUAGE sql STABLE AS
	$$ SELECT timezone('UTC', date_trunc('month', timezone('UTC', now())) - make_interval(months => ago)) $$;
	CREATE FUNCTION public.clicks(who text, VARIADIC ago integer[]) RETURNS text LANGUAGE sql STABLE AS
	$$ SELECT json_agg(json_build_object('event_type', 'CLICK', 'event_time', public.month(a) + interval '1 hour', 'individual_id', who || a))::text FROM unnest(ago) a $$;
	CREATE FUNCTION public.named(first integer, n integer) RETURNS text LANGUAGE sql STABLE AS
	$$ SELECT json_agg(json_build_object('event_type', 'CLICK', 'event_time', public.month(0) + g * interval '1 second', 'individual_id', 'p' || g % 100, 'link_name', 'link ' || g))::text FROM generate_series(first, first + n - 1) g $$;
	CREATE FUNCTION public.bad(first integer, n integer) RETURNS text LANGUAGE sql STABLE AS
	$$ SELECT json_agg(json_build_object('event_type', 'BAD' || g))::text FROM generate_series(first, first + n - 1) g $$;});

# A session that stays open; run() waits for the answer.
my @sessions;
sub session
{
	my ($role) = @_;
	my $s = { in => '', out => '', no => 0 };
	$s->{run} = IPC::Run::start([ 'psql', '-XqAt', '-U', $role, '-d', $node->connstr('shop') ],
		'<', \$s->{in}, '>', \$s->{out}, '2>&1', IPC::Run::timeout(60));
	push @sessions, $s;
	return $s;
}
sub run
{
	my ($s, $sql) = @_;
	my $end = 'end ' . ++$s->{no};
	$s->{out} = '';
	$s->{in} .= "$sql;\n\\echo $end\n";
	$s->{run}->pump until $s->{out} =~ /^$end$/m;
	return $s->{out} =~ s/\n?^$end\n//mr =~ s/\n\z//r;
}

# 1. Months.  They are the owner's, whoever caused them.
as('store_owner', 'SELECT smsengage_internal.make_partition(public.month(0)::date), smsengage_internal.make_partition(public.month(1)::date)');
$node->safe_psql('shop', "SELECT smsengage.ingest('native', public.clicks('super', 2), 'A')");
as('deputy', "SELECT smsengage.ingest('native', public.clicks('deputy', 3), 'A')");
as('ig_a', "SELECT smsengage.submit('native', public.clicks('a', 4), 'A')");
my $owners = "SELECT count(*), count(DISTINCT c.relowner), min(c.relowner::regrole::text) FROM smsengage_internal.event_partitions() p JOIN pg_class c ON c.oid = p.partition";
is(as('store_owner', $owners), '5|1|store_owner', 'a partition belongs to the owner of event');
is(as('rd_a', 'SELECT count(*) FROM smsengage.event'), '3', 'and shows what its parent shows');

my $since = time;
my $months = as('store_owner', 'SELECT (12 * (extract(year FROM now()) - 2000) + extract(month FROM now()) - 1)::integer');
is(as('ig_a', "SELECT accepted FROM smsengage.submit('native', public.clicks('bomb', VARIADIC ARRAY(SELECT generate_series(0, $months))), 'A')"), $months + 1, 'one event of every month since 2000');
my $took = time - $since;
note(sprintf 'took %.2f s', $took);
cmp_ok($took, '<', 10, 'does not take long');
like(as('store_owner', $owners), qr/^[678]\|1\|store_owner$/, 'and makes three partitions at most');

# Ten readers at a time, each in a transaction
my @readers;
foreach my $n (1 .. 10)
{
	my ($in, $out) = ('', '');
	push @readers, [ \$out, IPC::Run::start([ 'psql', '-XqAt', '-U', 'rd_a', '-d', $node->connstr('shop'), '-c',
		"BEGIN; SELECT count(*) FROM smsengage.event WHERE individual_no = $n; SELECT pg_sleep(2); COMMIT" ], '<', \$in, '>', \$out, '2>', \$out) ];
}
my $ended = grep { $_->[1]->finish } @readers;
is($ended, 10, 'ten readers at a time have locks enough') or diag(map { ${ $_->[0] } } @readers);

# 2. A transaction that made a month and stays open
as('store_owner', "SELECT smsengage.split_past(public.month(12)::date)");
my $holder = session('ig_a');
my $missing = as('store_owner', "SELECT min(a) FROM generate_series(0, 12) a WHERE smsengage_internal.event_partition(public.month(a)) IS NULL");
is($missing, '', 'no month of the window is missing now');
as('store_owner', "SELECT smsengage.drop_store(true); SELECT smsengage.create_store(); SELECT smsengage.grant_ingest('ig_a', 'A'), smsengage.grant_ingest('ig_b', 'B'), smsengage.grant_reader('rd_a', 'A');
	SELECT smsengage_internal.make_partition(public.month(0)::date)");
run($holder, 'BEGIN');
is(run($holder, "SELECT accepted FROM smsengage.submit('native', public.clicks('held', 5, 30), 'A')"), '2', 'a transaction has made a month and event_past, and stays open');
is(as('ig_b', "SET lock_timeout = '5s'; SELECT accepted FROM smsengage.submit('native', public.clicks('b', 0), 'B')"), '1', 'others do not wait where the month is there');
is(as('rd_a', "SET lock_timeout = '5s'; SELECT count(*) FROM smsengage.event"), '0', 'nor do readers');
like(as('ig_b', "SET lock_timeout = '500ms'; SELECT accepted FROM smsengage.submit('native', public.clicks('b', 3), 'B')"), qr/lock timeout/, 'whoever needs another one waits');
run($holder, 'COMMIT');
is(as('ig_b', "SET lock_timeout = '5s'; SELECT accepted FROM smsengage.submit('native', public.clicks('b', 3, 31, 200), 'B')"), '3', 'until it ends');
# months made ahead leave nothing to wait for
as('store_owner', 'SELECT smsengage_internal.make_partition(public.month(a)::date) FROM generate_series(0, 13) a; CALL smsengage.maintain()');
is(run($holder, "BEGIN; SELECT accepted FROM smsengage.submit('native', public.clicks('again', 1, 2, 7, 40, 240), 'A')"), '5', 'an open transaction again');
is(as('ig_b', "SET lock_timeout = '5s'; SELECT accepted FROM smsengage.submit('native', public.clicks('again', 1, 2, 6, 41, 239), 'B')"), '5', 'where all months are there, nobody waits');
run($holder, 'COMMIT');
# two who need event_past at once make one
as('store_owner', "SELECT smsengage.drop_store(true); SELECT smsengage.create_store(); SELECT smsengage.grant_ingest('ig_a', 'A'), smsengage.grant_ingest('ig_b', 'B'), smsengage.grant_reader('rd_a', 'A')");
my $other = session('ig_b');
run($holder, "BEGIN; SELECT smsengage.submit('native', public.clicks('first', 0, 20), 'A')");
$other->{in} .= "SELECT accepted FROM smsengage.submit('native', public.clicks('second', 0, 20, 30), 'B');\n";
$other->{run}->pump_nb;
$node->poll_query_until('shop', "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'") or die 'nobody waits';
run($holder, 'COMMIT');
like(run($other, 'SELECT 1'), qr/^3$/m, 'one of two waits for the other, and finds the partition');
is(as('store_owner', 'SELECT count(*) FROM smsengage_internal.event_partitions()'), '2', 'of which there is one');

# 3. Names: what transactions that are open took counts
# people and the series of all clicks are there: for these, whoever is first keeps others waiting
as('store_owner', "UPDATE smsengage.store_limit SET value = 0 WHERE name = 'new_names'; SELECT smsengage.ingest('native', public.named(100000, 100), 'A'); UPDATE smsengage.store_limit SET value = 100 WHERE name = 'new_names'");
my @open = map { session('ig_a') } 1 .. 5;
foreach my $i (0 .. 4)
{
	# each in another way: pages, or a kept snapshot and SQL
	run($open[$i], $i % 2 ? 'BEGIN ISOLATION LEVEL REPEATABLE READ;' : 'BEGIN;');
	is(run($open[$i], "SELECT accepted FROM smsengage.submit('native', public.named(" . 1000 * $i . ", 30), 'A')"), '30', "session $i stores 30 names");
}
run($_, 'COMMIT') foreach @open;
is(as('store_owner', "SELECT count(*) FILTER (WHERE own AND value <> '(other)'), count(*) FILTER (WHERE NOT own) FROM smsengage.series WHERE account = 'A' AND dimension = 'link_name'"), '100|150',
	'100 get a series, the others share one');
is(as('store_owner', 'SELECT * FROM smsengage.doctor()'), '', 'and doctor() finds nothing');

# 4. What was not understood: nobody waits for anybody, and open transactions count
as('store_owner', "UPDATE smsengage.store_limit SET value = 30000 WHERE name = 'rejected_bytes'");
foreach my $i (0 .. 4)
{
	run($open[$i], 'BEGIN; SET LOCAL lock_timeout = \'5s\'');
	is(run($open[$i], "SELECT rejected FROM smsengage.submit('native', public.bad(" . 1000 * $i . ", 30), 'A')"), '30', "session $i rejects 30 pieces");
}
run($_, 'COMMIT') foreach @open;
is(as('store_owner', "SELECT sum(kept_pieces + lost_pieces), sum(kept_bytes) <= 30000, sum(kept_bytes) > 29000, sum(kept_pieces) = (SELECT count(*) FROM smsengage.rejected_event) FROM smsengage.rejected_count"), '150|t|t|t',
	'within the limit, and all are counted');
is(as('ig_a', "SELECT rejected FROM smsengage.submit('native', public.bad(9000, 1000), 'A')"), '1000', 'many more');
is(as('store_owner', 'SELECT count(*) < 150 FROM smsengage.rejected_event'), 't', 'take no room');
$_->{run}->kill_kill foreach @sessions;

# 5. Ten times the names: fold() and link_report() take ten times as long, not a hundred
foreach my $n (2000, 20000)
{
	$node->safe_psql('postgres', "CREATE DATABASE names_$n");
	$node->safe_psql("names_$n", qq{
		CREATE EXTENSION smsengage;
		DO \$\$ BEGIN PERFORM smsengage.create_store(); END \$\$;
		UPDATE smsengage.store_limit SET value = NULL WHERE name = 'new_names';
		DO \$\$ BEGIN
			PERFORM smsengage.ingest('native', (SELECT json_agg(json_build_object('event_type', 'CLICK', 'event_time', timestamptz '2026-03-01 00:00Z' + g % 2000 * interval '10 minutes',
				'individual_id', 'p' || g % 500, 'link_name', 'link ' || g))::text FROM generate_series(1, $n) g), 'A');
		END \$\$;
		VACUUM ANALYZE;});
}
my %seconds;
foreach my $n (2000, 20000)
{
	my $report = sub {
		my $best = 1e9;
		foreach (1 .. 3)
		{
			my $start = time;
			is($node->safe_psql("names_$n", "SELECT count(*), sum(clicks) FROM smsengage.link_report('2026-03-01', '2026-04-01')"), "$n|$n", "link_report() of $n names");
			my $now = time - $start;
			$best = $now if $now < $best;
		}
		return $best;
	};
	$seconds{"link_report() before fold()"}{$n} = $report->();
	my $start = time;
	$node->safe_psql("names_$n", 'CALL smsengage.fold()');
	$seconds{'fold()'}{$n} = time - $start;
	is($node->safe_psql("names_$n", 'SELECT count(*) FROM smsengage.engagement_tally WHERE level = 0'), '0', 'all is folded');
	$seconds{"link_report()"}{$n} = $report->();
}
foreach my $what (sort keys %seconds)
{
	my ($few, $many) = @{ $seconds{$what} }{ 2000, 20000 };
	note(sprintf '%s: 2,000 names %.3f s, 20,000 names %.3f s, ratio %.1f', $what, $few, $many, $many / $few);
	cmp_ok($many / $few, '<', 30, "$what of ten times the names takes less than 30 times as long");
}

StoreTest::all_sound($node);
done_testing();

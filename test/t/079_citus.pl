# The whole face on a Citus cluster, a coordinator with two workers, against a
# server by itself that got the same payloads.  Skipped without Citus.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreData;
use StoreTest;
use Test::More;

my $at = '2025-07-01 00:00:00+00';

# Views that put messages beside their events are refused by Citus, as these
# lie on different nodes.  The others must not be.
my $refused = qr/co-?located|immutable functions can be used as a table expression/;
my @answered = map { "smsengage.$_" } qw(message_engagement "MessageEngagement" transactional_event inbound_message block_list drift);

sub cluster_node
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init;
	$node->append_conf('postgresql.conf', <<'END');
shared_preload_libraries = 'citus'
max_prepared_transactions = 100
max_connections = 100
citus.shard_count = 4
END
	return $node;
}

my $coordinator = cluster_node('coordinator');
plan skip_all => 'this server has no Citus' unless $coordinator->start(fail_ok => 1);
my @workers = map { cluster_node("worker_$_") } 1, 2;
$_->start foreach @workers;
my $alone = PostgreSQL::Test::Cluster->new('alone');
$alone->init;
$alone->start;

foreach my $node ($coordinator, @workers)
{
	$node->safe_psql('postgres', 'CREATE DATABASE store');
	$node->safe_psql('store', 'CREATE EXTENSION citus');
}
$alone->safe_psql('postgres', 'CREATE DATABASE store');
$_->safe_psql('store', 'SET client_min_messages = error; CREATE EXTENSION smsengage; SELECT smsengage.create_store()')
	foreach $coordinator, $alone;

my ($result, $out, $err) = $coordinator->psql('store', 'SELECT * FROM smsengage.distribute_store()');
like($err, qr/does not know its coordinator/, 'a cluster without coordinator is refused');
$coordinator->safe_psql('store', sprintf("SELECT citus_set_coordinator_host('%s', %d)", $coordinator->host, $coordinator->port));
$coordinator->safe_psql('store', sprintf("SELECT citus_add_node('%s', %d)", $_->host, $_->port)) foreach @workers;

my $seed = $ENV{STORE_SEED} // 79;
srand($seed);
note "seed $seed (STORE_SEED takes another)";
my @payloads = StoreData::payloads(10, 150);
my @rules = map { StoreData::rule() } 1 .. 200;


# half of the payloads before, half after, on whichever node
is(fill($coordinator, 'store', @payloads[ 0 .. 4 ]), fill($alone, 'store', @payloads[ 0 .. 4 ]), 'events before');
my $done = $coordinator->safe_psql('store', 'SELECT relation, how, distribution_column FROM smsengage.distribute_store()');
like($done, qr/^event\|distributed\|event_key$/m, 'event is distributed');
like($done, qr/^individual\|reference\|$/m, 'individual is a reference table');
is($coordinator->safe_psql('store', 'SELECT count(*) FROM smsengage.distribute_store()'), 0, 'nothing is left to do');
is($coordinator->safe_psql('store', 'SELECT smsengage.cluster_place()'), 'coordinator', 'place of the coordinator');
is($workers[0]->safe_psql('store', 'SELECT smsengage.cluster_place()'), 'worker', 'place of a worker');
is($alone->safe_psql('store', 'SELECT smsengage.cluster_place()'), 'alone', 'place of a server by itself');
foreach my $i (5 .. 9)
{
	my $node = ($coordinator, @workers)[ $i % 3 ];
	is(fill($node, 'store', $payloads[$i]), fill($alone, 'store', $payloads[$i]), 'events from ' . $node->name);
}
is(fill($workers[1], 'store', @payloads), 0, 'payloads again change nothing');
fill($alone, 'store', @payloads);

# new people and a new month, from a worker, also behind other events
my $later = '{"event_type":"CLICK","event_id":"%s","event_time":"%s","created_time":"2025-07-01T00:00:00Z","recipient":"+12025550199","individual_id":"%s"}';
my @later = (sprintf($later, 'l1', '2025-03-01T00:00:00Z', 'new-1'), sprintf($later, 'l2', '2024-11-01T00:00:00Z', 'new-2'));
foreach my $node ($workers[0], $alone)
{
	is($node->safe_psql('store', join(';', 'BEGIN', (map { "SELECT accepted FROM smsengage.ingest('native', '$_')" } @later), 'COMMIT')),
		"1\n1", 'new people and a new month on ' . $node->name);
}

sub compare_all
{
	my ($what, @nodes) = @_;

	foreach my $relation (qw(event event_identity message individual contact_point rejected_event content_drift block unblock subscription consent_entry))
	{
		is(rows_of($_, 'store', "smsengage.$relation"), rows_of($alone, 'store', "smsengage.$relation"), "$what: $relation on " . $_->name)
			foreach @nodes;
	}
	foreach my $node (@nodes)
	{
		my @expected = members($alone, 'store', $at, @rules);
		my @got = members($node, 'store', $at, @rules);
		is_deeply([ grep { $got[$_] ne $expected[$_] } 0 .. $#rules ], [], "$what: segments on " . $node->name);
	}
}

# a cluster's answer comes in parts, so that the same query is asked of all
sub compare_calls
{
	my ($what, @nodes) = @_;

	foreach my $call (
		"segment_recipients('click >= 1', '$at')",
		"segment_size('known', '$at')",
		"segment_overlap('click >= 1', 'sent >= 2', '$at')",
		"entered('click >= 2 in last 1 month', '2025-05-01', '$at')",
		"departed('click >= 2 in last 1 month', '2025-05-01', '$at')",
		"is_member('shop-3', 'click >= 1', '$at')",
		"explain_membership('shop-3', 'click >= 2 in last 3 months and not unsubscribe', '$at')",
		"segment_history('shop-3', 'click >= 1 in last 1 month', '2025-01-01', '$at')",
		"can_send('+12025550101', 'shop', at => '$at')",
		"can_send_all(ARRAY(SELECT '+1202555' || lpad(n::text, 4, '0') FROM generate_series(100, 160) n), 'shop', at => '$at')",
		"is_blocked('+12025550101', 'shop', '$at')",
		"keyword_action('stop', '55501', '$at')",
		"check_tallies()")
	{
		my ($first, $expected, $error) = $alone->psql('store', "SELECT t FROM smsengage.$call t");
		is($error, '', "$call alone");
		foreach my $node (@nodes)
		{
			my ($second, $got, $message) = $node->psql('store', "SELECT t FROM smsengage.$call t");
			is(join("\n", sort(split /\n/, $got), $message), join("\n", sort(split /\n/, $expected), ''), "$what: $call on " . $node->name);
		}
	}
}

compare_all('spread', $coordinator, $workers[0]);
compare_calls('spread', $coordinator, $workers[1]);

my @left;
foreach my $view (views($alone, 'store'))
{
	my $rows = rows_of($coordinator, 'store', $view);

	if ($rows =~ /^error: .*$refused/s && !grep { $_ eq $view } @answered)
	{
		push @left, $view;
		next;
	}
	is($rows, rows_of($alone, 'store', $view), "view $view");
}
note "refused by Citus: @left";

# housekeeping
$_->safe_psql('store', 'CALL smsengage.fold()') foreach $coordinator, $alone;
is($coordinator->safe_psql('store', 'SELECT count(*) FROM smsengage.engagement_tally WHERE level = 0'), 0, 'no delta is left');
is($coordinator->safe_psql('store', 'SELECT count(*) FROM smsengage.check_tallies()'), 0, 'tallies agree with the events');
foreach my $node ($coordinator, $alone)
{
	$node->safe_psql('store', "SELECT smsengage.inbox('native', '" . sprintf($later, 'l3', '2025-06-01T00:00:00Z', 'new-3') . "'::text); CALL smsengage.drain_inbox()");
	is($node->safe_psql('store', 'SELECT retried, still_rejected FROM smsengage.retry_rejected()'), '10|10', 'rejected events once more on ' . $node->name);
	$node->safe_psql('store', "SELECT smsengage.add_block('+12025550150', 500, 'shop', '2025-06-01'); SELECT smsengage.save_segment('clickers', 'click >= 1'); SELECT smsengage.migrate()");
}
push @rules, "in segment 'clickers' and sent >= 1";
compare_all('folded', $workers[1]);

# and back
is($coordinator->safe_psql('store', 'SELECT count(*) > 20 FROM smsengage.undistribute_store()'), 't', 'the store comes back');
is($coordinator->safe_psql('store', 'SELECT smsengage.cluster_place()'), 'alone', 'it is alone');
compare_all('back', $coordinator);
is_deeply([ grep { rows_of($coordinator, 'store', $_) ne rows_of($alone, 'store', $_) } views($alone, 'store') ], [], 'every view');

$_->stop('immediate') foreach $coordinator, @workers, $alone;
done_testing();

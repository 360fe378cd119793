# The whole face on a Citus cluster, a coordinator with two workers, against a
# server by itself that got the same payloads: every table, every view, every
# function that reads (called from the catalogue), every function that writes
# (a new one fails here until it is called).  Skipped without Citus.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreCalls;
use StoreData;
use StoreTest;
use Test::More;

my $at = '2025-07-01 00:00:00+00';

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

# views of the last days, and deadlines that still run, look from now
my @days = split /\n/, $alone->safe_psql('postgres', "SELECT to_char(date_trunc('hour', now()) - d * interval '29 hours 30 minutes', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM generate_series(1, 12) d");
push @payloads, '[' . join(',', map {
	my $n = $_;
	my $time = $days[ $n % 12 ];
	my $who = sprintf '"recipient":"+120255501%02d","account":"shop","sender_id":"55501"', $n % 20;
	my $type = (qw(SENT DELIVERED CLICK REPLY UNSUBSCRIBE UNDELIVERED))[ $n % 6 ];
	my $message = $n % 6 == 4 ? '' : sprintf '"message_id":"now%d","bulk_message":"now",', $n / 3;
	qq({"event_type":"$type","event_id":"now-$n","event_time":"$time","created_time":"$time",$message$who})
} 1 .. 120) . ']';

# clicks by machines: by agent, also a long one, at once, sooner than a person can read
my @agents = ('Mozilla/5.0 (compatible; Googlebot/2.1)', 'curl/8.5', 'Mozilla/5.0 (X11)', 'x' x 260 . ' spider', 'x' x 260);
push @payloads, '[' . join(',', map {
	my $n = $_;
	my $about = sprintf '"created_time":"2025-07-01T00:00:00Z","account":"shop","recipient":"+120255501%02d","individual_id":"bot-%d","message_id":"bot%d","bulk_message":"spring"',
		60 + $n, $n, $n;
	my $time = sprintf '2025-04-%02dT10:00:', $n;
	(qq({"event_type":"DELIVERED","event_id":"bot-$n","event_time":"${time}00Z",$about}),
		map { qq({"event_type":"CLICK","event_id":"bot-$n-$_","event_time":"$time) . ($n > 8 ? '00' : '40') . qq(.$_) . qq(00Z","link_name":"buy","user_agent":"$agents[$n % 5]",$about}) } $n == 7 ? (1 .. 4) : 1)
} 1 .. 10) . ']';

# half of the payloads before, half after, on whichever node
# which the tags of masked views are made with
$_->safe_psql('store', "UPDATE smsengage.store_secret SET secret = 'the same in both'") foreach $coordinator, $alone;
is(fill($coordinator, 'store', @payloads[ 0 .. 4 ]), fill($alone, 'store', @payloads[ 0 .. 4 ]), 'events before');
$_->safe_psql('store', <<'END') foreach $coordinator, $alone;
SELECT smsengage.add_block('+12025550110', 500, 'shop', '2025-04-01');
SELECT smsengage.log_not_sent('+12025550110', '{global_block}', 'shop', '55501', 'blocked-1', '2025-04-06');
END
my $done = $coordinator->safe_psql('store', 'SELECT relation, how, distribution_column FROM smsengage.distribute_store()');
like($done, qr/^event\|distributed\|message_key$/m, 'event is distributed by its message');
like($done, qr/^individual\|reference\|$/m, 'individual is a reference table');
is($coordinator->safe_psql('store', 'SELECT count(*) FROM smsengage.distribute_store()'), 0, 'nothing is left to do');
is($coordinator->safe_psql('store', 'SELECT smsengage_internal.cluster_place()'), 'coordinator', 'place of the coordinator');
is($workers[0]->safe_psql('store', 'SELECT smsengage_internal.cluster_place()'), 'worker', 'place of a worker');
is($alone->safe_psql('store', 'SELECT smsengage_internal.cluster_place()'), 'alone', 'place of a server by itself');
foreach my $i (5 .. $#payloads)
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

# An event without a message has a key of its own on a cluster.
sub rows
{
	my ($node, $relation) = @_;
	my $rows = rows_of($node, 'store', $relation);

	$rows =~ s/\b0{8}-0000-0000-[0-9a-f]{4}-[0-9a-f]{12}\b//g;
	return join "\n", sort split /\n/, $rows;
}

sub compare_all
{
	my ($what, @nodes) = @_;

	foreach my $relation (qw(event event_identity message individual contact_point rejected_event content_drift block unblock subscription consent_entry
		individual_link retention tally_dimension))
	{
		is(rows($_, "smsengage.$relation"), rows($alone, "smsengage.$relation"), "$what: $relation on " . $_->name)
			foreach @nodes;
	}
	foreach my $node (@nodes)
	{
		my @expected = members($alone, 'store', $at, @rules);
		my @got = members($node, 'store', $at, @rules);
		is_deeply([ grep { $got[$_] ne $expected[$_] } 0 .. $#rules ], [], "$what: " . @rules . ' segments on ' . $node->name);
	}
}

sub compare_views
{
	my ($what, @nodes) = @_;

	foreach my $view (views($alone, 'store'))
	{
		foreach my $node (@nodes)
		{
			# once more, should an hour have ended in between
			my @pair;
			foreach (1, 2)
			{
				@pair = (rows($node, $view), rows($alone, $view));
				last if $pair[0] eq $pair[1];
			}
			is($pair[0], $pair[1], "$what: view $view on " . $node->name);
		}
	}
}

# What each call says, rows sorted: a cluster's answer comes in parts.
sub answers
{
	my ($node, @calls) = @_;
	my ($result, $out, $err) = $node->psql('store', join('', map { "\\warn \@\@\n\\echo \@\@\n$_->[1];\n" } @calls), on_error_stop => 0);
	my @rows = split /^\@\@\n/m, $out . "\n";
	my @errors = split /^\@\@\n/m, $err . "\n";

	return map {
		my ($error) = ($errors[ $_ + 1 ] // '') =~ /(ERROR: .*)/;
		join "\n", (sort split /\n/, $rows[ $_ + 1 ] // ''), $error // ()
	} 0 .. $#calls;
}

# These tell where they are, or hand out rows that are summed afterwards.
my %local = map { $_ => 1 } qw(outcome_rows check_cluster check_store_place cluster_place outcomes_are_counted store_is_distributed store_places);

sub compare_calls
{
	my ($what, @nodes) = @_;
	my @calls = grep { $_->[0] =~ /^(\w+)/ && !$local{$1} } read_calls($alone, 'store');
	my @expected = answers($alone, @calls);

	cmp_ok(scalar(grep { $_ ne '' && $_ !~ /ERROR/ } @expected), '>', 150, "$what: most calls have an answer");
	foreach my $node (@nodes)
	{
		my @got = answers($node, @calls);
		is($got[$_], $expected[$_], "$what: $calls[$_][0] on " . $node->name) foreach 0 .. $#calls;
	}
}

compare_all('spread', $coordinator, $workers[0]);
compare_views('spread', $coordinator, $workers[1]);
compare_calls('spread', $coordinator, $workers[1]);

# functions that write, on a worker if they can
my $click = '{"event_type":"CLICK","event_id":"%s","event_time":"2025-06-01T00:00:00Z","created_time":"2025-07-01T00:00:00Z","recipient":"%s","individual_id":"new-4"}';
my ($w1, $w2, $w3, $w4, $w5, $w6, $w7) = map { sprintf $click, "w$_", '+12025550199' } 1 .. 7;
my @writes = (
	[ add_block => "SELECT smsengage.add_block('+12025550150', 500, 'shop', '2025-06-01')" ],
	[ unblock => "SELECT smsengage.unblock('+12025550150', 'shop', '2025-06-02')" ],
	[ ingest => "SELECT accepted FROM smsengage.ingest('native', '$w1'::text)" ],
	[ ingest => "SELECT accepted FROM smsengage.ingest('native', '$w2'::json)" ],
	[ ingest => "SELECT accepted FROM smsengage.ingest('native', '$w3'::jsonb)" ],
	[ ingest => "SELECT accepted FROM smsengage.ingest('native', '$w4'::bytea)" ],
	[ inbox => "SELECT smsengage.inbox('native', '$w5'::text) > 0" ],
	[ inbox => "SELECT smsengage.inbox('native', '$w6'::bytea) > 0" ],
	[ drain_inbox => 'CALL smsengage.drain_inbox()' ],
	[ ingest_from => "CREATE TEMP TABLE pay AS SELECT '$w7'::text AS payload; CALL smsengage.ingest_from('native', 'pg_temp.pay')" ],
	[ link_individuals => "SELECT smsengage.link_individuals('shop-3', 'shop-5', '2025-01-01')" ],
	[ log_not_sent => "SELECT smsengage.log_not_sent('+12025550101', '{unsubscribed}', 'shop', '55501', 'lns-1', '2025-06-05')" ],
	[ record_consent => "SELECT smsengage.record_consent('+12025550107', true, 'shop', '55501', '2025-06-07', 'paper')" ],
	[ retry_rejected => 'SELECT retried, still_rejected FROM smsengage.retry_rejected()' ],
	[ save_segment => "SELECT smsengage.save_segment('clickers', 'click >= 1'::text)" ],
	[ save_segment => "SELECT smsengage.save_segment('senders', 'sent >= 1'::smsengage.segment_rule)" ],
	[ seal_consent => 'SELECT smsengage.seal_consent()' ],
	[ fold => 'CALL smsengage.fold()' ],
	[ maintain => 'CALL smsengage.maintain()' ],
	[ maintain => 'SELECT count(*) FROM smsengage.engagement_tally WHERE level = 0' ],
	[ doctor => 'SELECT * FROM smsengage.doctor()' ],
	[ rebuild => 'CALL smsengage.rebuild()' ],
	[ rebuild_blocks => 'SELECT smsengage.rebuild_blocks()' ],
	[ rebuild_subscriptions => 'SELECT smsengage.rebuild_subscriptions()' ],
	[ rebuild_links => 'SELECT smsengage_internal.rebuild_links()' ],
	[ rebuild_tallies => "SELECT smsengage.rebuild_tallies('2025-03-01', '2025-04-01')" ],
	[ add_tally_dimension => "DELETE FROM smsengage.tally_dimension WHERE dimension = 'link_name'" ],
	[ add_tally_dimension => "SELECT smsengage.add_tally_dimension('link_name')" ],
	[ rebuild_tallies => "SELECT smsengage.rebuild_tallies('-infinity')" ],
	[ doctor => 'SELECT * FROM smsengage.doctor()' ],
	[ forget => "SELECT * FROM smsengage.forget(recipient => '+12025550107', force => true, at => '2026-01-01') t WHERE part <> 'engagement_tally'" ],
	[ forget => "SELECT * FROM smsengage.forget(individual_id => 'bank-2', force => true, at => '2026-01-01') t WHERE part <> 'engagement_tally'" ],
	[ forget => 'SELECT count(*) FROM smsengage.forgotten' ],
	[ ingest => sprintf "SELECT accepted, ignored FROM smsengage.ingest('native', '$click'::text)", 'w8', '+12025550107' ],
	[ check_tallies => 'SELECT * FROM smsengage.check_tallies()' ],
	[ maintain => "INSERT INTO smsengage.retention (account, keep) VALUES ('bank', date_trunc('day', now()) - '2025-02-01'); CALL smsengage.maintain()" ],
	[ doctor => 'SELECT * FROM smsengage.doctor()' ]);
# where tables are made or given to roles
my @only_coordinator = (
	[ migrate => "UPDATE smsengage.store_layout SET layout = layout || ', more'; SELECT smsengage.migrate()" ],
	[ migrate => 'SELECT * FROM smsengage.store_layout' ],
	[ create_store => 'SELECT smsengage.create_store()' ],
	[ drop_store => 'SELECT smsengage.drop_store()' ],
	[ grant_reader => "SELECT smsengage.grant_reader('shop_reader', 'shop')" ],
	[ grant_reader => "SELECT smsengage.grant_reader('auditor', '*')" ],
	[ grant_ingest => "SELECT smsengage.grant_ingest('hook', 'shop')" ],
	[ grant_admin => "SELECT smsengage.grant_admin('boss')" ],
	[ revoke_access => "SELECT smsengage.revoke_access('boss')" ]);
my %called = map { $_->[0] => 1 } @writes, @only_coordinator;
# tried above and below
$called{$_} = 1 foreach qw(distribute_store undistribute_store grant_masked_reader may_commit);
my @uncalled = grep { !$called{$_} } split /\n/, $alone->safe_psql('store', <<'END');
SELECT DISTINCT p.proname
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
WHERE p.pronamespace = 'smsengage'::regnamespace AND p.prokind IN ('f', 'p') AND p.provolatile = 'v'
	AND obj_description(p.oid, 'pg_proc') !~ 'Used by '
ORDER BY 1
END
is_deeply(\@uncalled, [], 'every function that writes is called here');

$_->safe_psql('store', 'CREATE ROLE shop_reader LOGIN; CREATE ROLE auditor LOGIN; CREATE ROLE hook LOGIN; CREATE ROLE boss LOGIN; CREATE ROLE masked') foreach $coordinator, $alone;
my @expected = answers($alone, @writes);
my @got = answers($workers[0], @writes);
is($got[$_], $expected[$_], "$writes[$_][0] on a worker") foreach 0 .. $#writes;
like($_, qr/this is a worker of a cluster|operation is not allowed on this node|has a store already/, 'refused on a worker')
	foreach (answers($workers[0], @only_coordinator))[ 0, 2, 4 .. 8 ];
@expected = answers($alone, @only_coordinator);
@got = answers($coordinator, @only_coordinator);
is($got[$_], $expected[$_], "$only_coordinator[$_][0] on the coordinator") foreach 0 .. $#only_coordinator;
push @rules, "in segment 'clickers' and sent >= 1";
compare_all('written', $coordinator, $workers[1]);
compare_views('written', $workers[0]);

# segments are summed where the chunks are
like($coordinator->safe_psql('store', <<'END'), qr/Task Count: 4\n.*Query: SELECT chunk, smsengage\.sum\(tally\) AS sum FROM smsengage\.engagement_tally_\d+ t .* GROUP BY chunk/s, 'a sum of tallies is pushed down');
EXPLAIN (VERBOSE, COSTS OFF)
SELECT t.chunk, smsengage.sum(t.tally) FROM smsengage.engagement_tally t
WHERE t.series_no = ANY ('{1,2}') AND t.level = 3 AND t.cell_start >= '2025-03-01' AND t.cell_start < '2025-04-01' GROUP BY t.chunk
END

# an erasure waits for ingestion on another node, and finds what that brought
{
	my ($in, $said, $erased) = ('', '', '');
	my $ingestion = IPC::Run::start([ 'psql', '-XAtq', '-d', $workers[1]->connstr('store') ], '<', \$in, '>', \$said);

	$in = sprintf "BEGIN;\nSELECT accepted FROM smsengage.ingest('native', '$click'::text);\n", 'w9', '+12025550198';
	$ingestion->pump until $said =~ /1/;
	my $erasure = IPC::Run::start([ 'psql', '-XAtq', '-d', $workers[0]->connstr('store'), '-c',
			"SELECT erased FROM smsengage.forget(recipient => '+12025550198', force => true, at => '2026-01-01') WHERE part = 'event'" ], '>', \$erased);
	ok($workers[1]->poll_query_until('store', "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'smsengage.forgotten'::regclass AND NOT granted)"),
		'forget() asks for its lock');
	$in .= "COMMIT;\n\\q\n";
	$ingestion->finish;
	$erasure->finish;
	is($erased, "1\n", 'forget() waits for other nodes');
}
$alone->safe_psql('store', sprintf "SELECT accepted FROM smsengage.ingest('native', '$click'::text); SELECT * FROM smsengage.forget(recipient => '+12025550198', force => true, at => '2026-01-01')", 'w9', '+12025550198');

# roles: rows by account; people, who have none, for roles of all accounts only
foreach my $node ($coordinator, $workers[1])
{
	foreach my $asked ('SELECT account, count(*) FROM smsengage.event GROUP BY 1 ORDER BY 1', 'SELECT account, count(*) FROM smsengage.message_report GROUP BY 1 ORDER BY 1')
	{
		foreach my $role (qw(shop_reader auditor))
		{
			is($node->safe_psql('store', $asked, extra_params => [ '-U', $role ]), $alone->safe_psql('store', $asked, extra_params => [ '-U', $role ]),
				"$role on " . $node->name . ": $asked");
		}
	}
	is($node->safe_psql('store', "SELECT count(*) FROM smsengage.segment('click >= 1')", extra_params => [ '-U', 'auditor' ]),
		$alone->safe_psql('store', "SELECT count(*) FROM smsengage.segment('click >= 1')"), 'a reader of all accounts has segments');
	my ($result, $out, $err) = $node->psql('store', "SELECT count(*) FROM smsengage.segment('click >= 1')", extra_params => [ '-U', 'shop_reader' ]);
	like($err, qr/permission denied for table/, 'a reader of one account is told that it has none');
	($result, $out, $err) = $node->psql('store', 'SELECT count(*) FROM smsengage.event', extra_params => [ '-U', 'hook' ]);
	like($err, qr/permission denied for table event/, 'who may ingest reads nothing');
	foreach ($node, $alone)
	{
		is($_->safe_psql('store', sprintf("SELECT accepted FROM smsengage.submit('native', '$click'::text, 'shop')", $node->name, '+12025550101'), extra_params => [ '-U', 'hook' ]),
			1, 'and ingests on ' . $_->name);
	}
}
($result, $out, $err) = $coordinator->psql('store', "SELECT smsengage.grant_masked_reader('masked', 'shop')");
like($err, qr/masked views cannot be granted on a cluster/, 'masked views are refused');

# and back
is($coordinator->safe_psql('store', 'SELECT count(*) > 20 FROM smsengage.undistribute_store()'), 't', 'the store comes back');
is($coordinator->safe_psql('store', 'SELECT smsengage_internal.cluster_place()'), 'alone', 'it is alone');
compare_all('back', $coordinator);
compare_views('back', $coordinator);
compare_calls('back', $coordinator);
is(rows_of($coordinator, 'store', 'smsengage.event'), rows_of($alone, 'store', 'smsengage.event'), 'events are as they were, key by key');
is($coordinator->safe_psql('store', 'SELECT * FROM smsengage.doctor() ORDER BY 1, 2, 3'), $alone->safe_psql('store', 'SELECT * FROM smsengage.doctor() ORDER BY 1, 2, 3'), 'doctor() agrees');
is($coordinator->safe_psql('store', "SELECT count(*) FROM smsengage.segment('click >= 1')", extra_params => [ '-U', 'shop_reader' ]),
	$alone->safe_psql('store', "SELECT count(*) FROM smsengage.segment('click >= 1')", extra_params => [ '-U', 'shop_reader' ]), 'and a reader has its segments');

# once more, to be dropped there
$coordinator->safe_psql('store', 'SELECT * FROM smsengage.distribute_store()');
is(rows($workers[0], 'smsengage.event'), rows($alone, 'smsengage.event'), 'spread a second time');
is($coordinator->safe_psql('store', 'SELECT smsengage.drop_store(force => true); SELECT smsengage_internal.store_exists()'), "\nf", 'dropped');
is($workers[0]->safe_psql('store', 'SELECT smsengage_internal.store_exists()'), 'f', 'on every node');

$_->stop('immediate') foreach $coordinator, @workers, $alone;
done_testing();

# kill -9 of every process of the server in the middle of mixed load: several
# sessions ingest, others fold, maintain, drain the inbox, forget people and
# read segments.  After each restart, what was acknowledged is there, exactly
# once; doctor() and pg_amcheck find nothing.
#
# SMS_KILLS=20 for more rounds than 2; SMS_SEED repeats a run's payloads.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $kills = $ENV{SMS_KILLS} // 2;
my $seed = $ENV{SMS_SEED} // time % 1_000_000;
diag("seed $seed, $kills kills");
srand($seed);

my $node = PostgreSQL::Test::Cluster->new('kill');
$node->init;
$node->append_conf('postgresql.conf', "shared_buffers = 16MB\nwal_level = replica\ncheckpoint_timeout = 30s\njit = off\n");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION smsengage;
CREATE EXTENSION amcheck;
SELECT smsengage.create_store();
CREATE TABLE acknowledged (marker text, n int);
SQL

my $bindir = $node->config_data('--bindir');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $marker = 0;

# One message with its receipts and a click, of one of some people.
sub payload
{
	my ($marker, $person) = @_;
	my $minute = int rand 60;
	my $day = 1 + int rand 28;
	my $at = sprintf '2026-%02d-%02dT%02d:%02d', 1 + int rand 6, $day, int rand 24, $minute;
	my $common = qq("message_id":"m$marker","recipient":"+120255501$person","individual_id":"p$person","bulk_message":"b@{[ int rand 5 ]}");
	my @events = (
		qq({"event_type":"SENT","event_id":"$marker-1","event_time":"$at:01Z",$common}),
		qq({"event_type":"DELIVERED","event_id":"$marker-2","event_time":"$at:05Z",$common}),
		qq({"event_type":"CLICK","event_id":"$marker-3","event_time":"$at:59Z","link_name":"l",$common}),
		qq({"event_type":"UNDELIVERED","error_code":"560","event_id":"$marker-4","event_time":"$at:03Z",$common}));
	return '[' . join(',', sort { rand() <=> 0.5 } @events) . ']';
}

# Files of statements, far more than there is time for.  What psql prints of
# one, it prints after its commit.
sub script
{
	my ($name, $n, $statement) = @_;
	open my $out, '>', "$dir/$name.sql" or die $!;
	print $out $statement->($_), "\n" foreach 1 .. $n;
	close $out;
	return $name;
}

sub start_load
{
	my ($round) = @_;
	my @names;
	foreach my $worker (1 .. 3)
	{
		push @names, script("r${round}w$worker", 4000, sub {
			my $mark = 'k' . ++$marker;
			my $payload = payload($mark, 10 + int rand 40);
			return "SELECT 'ack $mark ' || accepted FROM smsengage.ingest('native', '$payload');"
				. ($_[0] % 10 == 0 ? " SELECT smsengage.ingest('native', '$payload');" : ''); });
	}
	push @names, script("r${round}inbox", 4000, sub {
		my $mark = 'k' . ++$marker;
		return "SELECT 'ack $mark inbox' FROM smsengage.inbox('native', '@{[ payload($mark, 10 + int rand 40) ]}');"; });
	push @names, script("r${round}drain", 2000, sub { 'CALL smsengage.drain_inbox(50);' });
	push @names, script("r${round}fold", 2000, sub { $_[0] % 3 ? 'CALL smsengage.fold();' : 'CALL smsengage.maintain();' });
	# people of their own: nothing of them is counted afterwards
	push @names, script("r${round}forget", 2000, sub {
		my $person = 60 + int rand 10;
		my $payload = payload('f' . ++$marker, $person);
		return "SELECT smsengage.ingest('native', '$payload'); SELECT count(*) FROM smsengage.forget(recipient => '+120255501$person', force => true, at => '2026-03-01Z');"; });
	push @names, script("r${round}read", 2000, sub {
		"SELECT smsengage.segment_size('click >= 2 since ''2026-01-01'''); SELECT count(*) FROM smsengage.sms_delivery_report;" });
	my @load;
	foreach my $name (@names)
	{
		my ($out, $err) = ('', '');
		push @load, { name => $name,
			run => IPC::Run::start([ "$bindir/psql", '-XqAt', '-d', $node->connstr('postgres'), '-f', "$dir/$name.sql" ],
				'>', "$dir/$name.out", '2>', "$dir/$name.err") };
	}
	return @load;
}

# The server with all its processes at once.
sub kill_all
{
	my $pid = (split /\n/, slurp_file($node->data_dir . '/postmaster.pid'))[0];
	my @children;
	foreach my $stat (glob('/proc/[0-9]*/stat'))
	{
		open my $in, '<', $stat or next;
		my ($child, $parent) = (<$in> // '') =~ /^(\d+) \(.*\) \S (\d+)/;
		push @children, $child if defined $parent && $parent == $pid;
	}
	kill 'STOP', $pid;
	kill 'KILL', @children, $pid;
	$node->{_pid} = undef;
	# the log ends when the last of them is gone
	foreach (1 .. 100)
	{
		last unless grep { kill 0, $_ } @children, $pid;
		sleep 0.1;
	}
	return;
}

my $acknowledged = 0;
foreach my $round (1 .. $kills)
{
	my @load = start_load($round);
	sleep 2 + rand 3;
	kill_all();
	foreach my $load (@load) { eval { IPC::Run::finish($load->{run}) }; }
	$node->start;

	my @acks;
	foreach my $load (@load)
	{
		push @acks, slurp_file("$dir/$load->{name}.out") =~ /^ack (\S+) (?:4|inbox)$/mg;
		my @errors = grep { !/server closed|no connection to the server|connection to server was lost|terminated abnormally|before or while|terminating connection|in recovery|could not (?:send|receive) data/ }
			split /\n/, slurp_file("$dir/$load->{name}.err");
		is(join("\n", @errors), '', "round $round, $load->{name}: no error but the end of the connection");
	}
	open my $out, '>', "$dir/acks" or die $!;
	print $out join("\n", @acks), "\n";
	close $out;
	cmp_ok(scalar(@acks), '>', 0, "round $round: something was acknowledged");
	$acknowledged += @acks;
	$node->safe_psql('postgres', "COPY acknowledged (marker) FROM '$dir/acks'; CALL smsengage.drain_inbox();");
	is( $node->safe_psql('postgres', <<'SQL'), '', "round $round: what was acknowledged is there, exactly once");
SELECT a.marker, count(DISTINCT e.event_id), count(e.event_id)
FROM acknowledged a LEFT JOIN smsengage.event e ON e.message_id = 'm' || a.marker
GROUP BY a.marker
HAVING count(e.event_id) <> 4 OR count(DISTINCT e.event_id) <> 4;
SQL
	is( $node->safe_psql('postgres', <<'SQL'), '', "round $round: nor is a part of any other payload there");
SELECT e.message_id, count(*) FROM smsengage.event e WHERE e.message_id LIKE 'mk%' GROUP BY 1 HAVING count(*) <> 4;
SQL
	is($node->safe_psql('postgres', 'SELECT * FROM smsengage.doctor()'), '', "round $round: doctor() finds nothing");
	$node->command_ok([ 'pg_amcheck', '--heapallindexed', '-d', 'postgres', '-p', $node->port ], "round $round: pg_amcheck");
}
diag("$acknowledged payloads acknowledged");
is($node->safe_psql('postgres', 'CALL smsengage.maintain(); SELECT * FROM smsengage.doctor()'), '', 'nor after maintain()');

$node->stop;
done_testing();

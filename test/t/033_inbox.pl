# A payload that ends the backend, again and again, holds up the inbox no longer
# than twice: drain_inbox() knows afterwards what it had taken.  Drainers leave
# each other's payloads alone, and errors count for nothing.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest qw(quoted);
use Test::More;
use Time::HiRes qw(usleep);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = on\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION smsengage;
SELECT smsengage.create_store();
SELECT smsengage_internal.make_partition('2026-01-01');
-- kill -9 from within, as a fault of memory would have it; and a place to wait
CREATE TABLE public.gate (open boolean);
INSERT INTO public.gate VALUES (true);
CREATE FUNCTION public.strike() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	told text := concat(to_jsonb(NEW) ->> 'event_id', to_jsonb(NEW) ->> 'payload');
BEGIN
	IF told ~ TG_ARGV[0] THEN
		EXECUTE format('COPY (SELECT 1) TO PROGRAM ''kill -9 %s''', pg_backend_pid());
	ELSIF told LIKE 'slow%' THEN
		PERFORM FROM public.gate FOR SHARE;
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER strike BEFORE INSERT ON smsengage.event FOR EACH ROW EXECUTE FUNCTION public.strike('deadly|fatal');
CREATE TRIGGER strike BEFORE INSERT ON smsengage.rejected_event FOR EACH ROW EXECUTE FUNCTION public.strike('fatal');
CREATE FUNCTION public.payload(id text) RETURNS text LANGUAGE sql
AS $$ SELECT format('{"event_type":"CLICK","event_id":"%s","event_time":"2026-01-05T10:00:00Z","individual_id":"p","recipient":"+12025550101"}', id) $$;
SQL

my $drain = 'CALL smsengage.drain_inbox()';

sub put
{
	my @ids = @_;
	$node->safe_psql('postgres', join ' ', map { "SELECT smsengage.inbox('native', public.payload('$_'));" } @ids);
	return;
}

# Drains until it works; returns how often the server ended, and what the last call said.
sub drain_out
{
	my ($limit) = @_;
	foreach my $crashes (0 .. $limit)
	{
		my ($result, $out, $err) = $node->psql('postgres', $drain);
		return ($crashes, $out, $err) if $result == 0;
		like($err, qr/server closed the connection|terminating connection|connection to server was lost/, 'the backend ended');
		$node->poll_query_until('postgres', 'SELECT true') or die;
	}
	return ('too often', '', '');
}

sub counts
{
	return $node->safe_psql('postgres', 'SELECT (SELECT count(*) FROM smsengage.event), (SELECT count(DISTINCT event_id) FROM smsengage.event), (SELECT count(*) FROM smsengage.rejected_event), '
		  . '(SELECT count(*) FROM smsengage.inbox), (SELECT count(*) FROM smsengage.inbox_taken)');
}

sub start_psql
{
	my ($command) = @_;
	my %client = (in => '', out => '', err => '');
	$client{run} = IPC::Run::start([ 'psql', '-XqAt', '-d', $node->connstr('postgres'), '-c', $command ], \$client{in}, \$client{out}, \$client{err});
	return \%client;
}

sub waiting
{
	my ($n) = @_;
	return $node->poll_query_until('postgres', "SELECT count(*) = $n FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
}

# two deadly ones among thirty
put(map { $_ == 12 || $_ == 20 ? "deadly$_" : "e$_" } 1 .. 30);
my ($crashes, $out, $err) = drain_out(6);
is($crashes, 3, 'once for the batch, once for each of the two');
is($out, '11|10|0|1|0', 'the last call rejects one and takes what is behind it');
is(counts(), '28|28|2|0|0', 'each of the others is there once, and nothing is left');
is( $node->safe_psql('postgres', "SELECT provider, reason, payload LIKE '%deadly%' FROM smsengage.rejected_event ORDER BY payload"),
	join("\n", ('native|taken twice, and each time the session ended without an answer|t') x 2), 'they are kept, whole, with the reason');
is($node->safe_psql('postgres', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing');

# in a transaction block, what may end the session is left
put('deadly30', 'e31');
isnt(($node->psql('postgres', $drain))[0], 0, 'the batch ended the backend');
$node->poll_query_until('postgres', 'SELECT true') or die;
put('e32');
($crashes, $out, $err) = $node->psql('postgres', "BEGIN; $drain; COMMIT");
is("$crashes $out", '0 1|1|0|0|0', 'a transaction block takes what was left over by nobody');
like($err, qr/WARNING:  payloads left in the inbox: 2/, 'and says what it leaves');
isnt(($node->psql('postgres', $drain))[0], 0, 'alone, it ended the backend again');
$node->poll_query_until('postgres', 'SELECT true') or die;
is($node->safe_psql('postgres', "BEGIN; $drain; COMMIT"), '1|0|0|1|0', 'what did so twice is rejected in a transaction block as well');
is($node->safe_psql('postgres', $drain), '1|1|0|0|0', 'the other one goes in');
is(counts(), '30|30|3|0|0', 'nothing is left');

# what cannot even be rejected stays, and holds up nothing
put('fatal', map { "f$_" } 1 .. 5);
($crashes, $out, $err) = drain_out(6);
is($crashes, 3, 'the batch, alone, and unread');
is($out, '5|5|0|0|0', 'the others go in');
like($err, qr/WARNING:  payloads left in the inbox: 1/, 'the drain says so');
put('g1');
is(($node->psql('postgres', $drain))[1], '1|1|0|0|0', 'and goes on');
is(counts(), '36|36|3|1|3', 'it is still there, with its three notes');
$node->safe_psql('postgres', 'DELETE FROM smsengage.inbox');
is($node->safe_psql('postgres', $drain), '0|0|0|0|0', 'once it is deleted');
is(counts(), '36|36|3|0|0', 'its notes go');

# errors are answers: as often as they come, nothing is left over
put('slow1', 'h1');
my $gate = start_psql('BEGIN; UPDATE public.gate SET open = false; SELECT pg_sleep(600)');
$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'") or die;
foreach my $setting ('statement_timeout', 'lock_timeout')
{
	foreach (1 .. 2)
	{
		($crashes, $out, $err) = $node->psql('postgres', "SET $setting = '200ms'; $drain");
		like($err, qr/ERROR:  canceling statement due to (?:statement|lock) timeout/, "$setting: the error is as it was raised");
		unlike($err, qr/WARNING/, 'nothing is left over');
		is($node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.inbox_taken'), '0', 'no note either');
	}
}

# a drainer at work: the others take what it has not
my $slow = start_psql($drain);
waiting(1) or die;
put('i1', 'i2');
is($node->safe_psql('postgres', $drain), '2|2|0|0|0', 'another drainer takes what the first has not');
is($node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.inbox_taken'), '1', 'the note of the first stands');
# its session ends, by an administrator: then it is left over
$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
eval { IPC::Run::finish($slow->{run}) };
like($slow->{err}, qr/terminating connection/, 'the first is gone');
$slow = start_psql($drain);
waiting(1) or die;
is($node->safe_psql('postgres', $drain), '1|1|0|0|0', 'taken one by one: the other one is free');
$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
eval { IPC::Run::finish($slow->{run}) };
is($node->safe_psql('postgres', $drain), '1|0|0|1|0', 'twice without an answer: rejected, though it only was slow');
is(counts(), '39|39|4|0|0', 'nothing is left');

# kill -9 of a drainer that waits: everybody goes, and nobody's payloads are mixed up
put('slow2');
$slow = start_psql($drain);
waiting(1) or die;
put('slow3');
my $other = start_psql($drain);
waiting(2) or die;
is($node->safe_psql('postgres', 'SELECT count(*), max(upper(numbers)) - min(lower(numbers)) FROM smsengage.inbox_taken'), '2|2', 'two notes, of one each');
my $pid = $node->safe_psql('postgres', "SELECT min(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
kill 'KILL', $pid;
foreach my $client ($slow, $other, $gate) { eval { IPC::Run::finish($client->{run}) }; }
$node->poll_query_until('postgres', 'SELECT true') or die;
is($node->safe_psql('postgres', $drain), '2|2|0|0|0', 'once is not twice: both go in');
is(counts(), '41|41|4|0|0', 'nothing is left');

# what was rejected may be tried again
$node->safe_psql('postgres', 'DROP TRIGGER strike ON smsengage.event');
is($node->safe_psql('postgres', 'SELECT * FROM smsengage.retry_rejected()'), '4|4|0|0|0', 'mended, they go in');
is(counts(), '45|45|0|0|0', 'all of it');

# drainers side by side, with an error now and then: each payload once
$node->safe_psql('postgres', "SELECT count(smsengage.inbox('native', public.payload('j' || n))) FROM generate_series(1, 3000) n");
my @drainers = map { start_psql("DO \$\$ DECLARE n bigint; BEGIN FOR i IN 1 .. 400 LOOP CALL smsengage.drain_inbox(7, n, n, n, n, n); END LOOP; END \$\$") } 1 .. 4;
foreach my $client (@drainers)
{
	eval { IPC::Run::finish($client->{run}) };
	is($client->{err}, '', 'no drainer has an error or a warning');
}
is($node->safe_psql('postgres', $drain), '0|0|0|0|0', 'they have taken all');
is(counts(), '3045|3045|0|0|0', 'each is there once');

# the lock that tells a drainer at work is nobody's to take
$node->safe_psql('postgres', 'CREATE ROLE stranger LOGIN; GRANT USAGE ON SCHEMA smsengage, smsengage_internal TO stranger');
foreach my $call ('inbox_hold(1)', 'inbox_is_held(1)', 'inbox_release(1)')
{
	like(($node->psql('postgres', "SET ROLE stranger; SELECT smsengage_internal.$call"))[2], qr/permission denied/, "$call asks for a right");
}

StoreTest::all_sound($node);
$node->stop;
done_testing();

# kill -9 of the server during a bulk load and during drains: after recovery
# and a second run, every event is there exactly once.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;
use Time::HiRes qw(usleep);

my $events = 6000;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "fsync = on\nautovacuum = off");
$node->start;
my $setup = "CREATE EXTENSION smsengage; SELECT smsengage.create_store();"
  . "SELECT smsengage_internal.make_partition(m) FROM (VALUES (date '2025-03-01'), ('2025-04-01')) v (m);";
$node->safe_psql('postgres', $setup);
my $sql_events = "SELECT format('{\"eventCategoryType\":\"TransactionalSendEvents.SmsDelivered\",\"timestampUTC\":%s,\"compositeId\":\"c%s\","
  . "\"mid\":7,\"info\":{\"to\":\"120255501%s\",\"subscriberKey\":\"p%s\",\"messageKey\":\"m%s\",\"ordinal\":%s,\"statusCode\":\"4000\"}}',"
  . " 1740823200000 + n * 1000, n / 2, lpad((n / 2 % 100)::text, 2, '0'), n / 2 % 500, n / 2, n % 2) AS payload FROM generate_series(1, $events) n";
$node->safe_psql('postgres', "CREATE TABLE source AS $sql_events");

# What the store holds, told without the numbers of people and times of arrival
sub content
{
	my ($db) = @_;
	return $node->safe_psql($db, q{
		SELECT 'events', count(*), md5(string_agg(concat_ws('|', e.event_time, e.event_key, e.message_key, e.event_id, e.part, i.individual_id), ',' ORDER BY event_time, event_key))
		FROM smsengage.event e JOIN smsengage.individual i USING (individual_no)
		UNION ALL
		SELECT 'messages', count(*), md5(string_agg(concat_ws('|', m.message_key, m.first_time, m.last_time, m.state, i.individual_id), ',' ORDER BY message_key))
		FROM smsengage.message m JOIN smsengage.individual i USING (individual_no)
		UNION ALL
		SELECT 'contacts', count(*), md5(string_agg(concat_ws('|', i.individual_id, c.recipient, c.last_day), ',' ORDER BY i.individual_id, c.recipient))
		FROM smsengage.contact_point c JOIN smsengage.individual i USING (individual_no)
		UNION ALL
		SELECT 'tallied', sum(smsengage.total(t.tally))::bigint, md5(string_agg(DISTINCT concat_ws('|', s.event_type, s.dimension, s.value), ','))
		FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE t.level = 0
		ORDER BY 1});
}

sub start_psql
{
	my ($command) = @_;
	my ($in, $out, $err) = ('', '', '');
	return IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr('postgres'), '-c', $command ], \$in, \$out, \$err);
}

# Starts the commands; they get as far as the person whose number another
# session is about to draw, wait there, and the server is killed.
sub crash_during
{
	my @commands = @_;
	my @clients = start_psql("BEGIN; INSERT INTO smsengage.individual (scope, individual_id) VALUES ('salesforce_ens/7', 'p400'); SELECT pg_sleep(600)");
	$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'") or die;
	push @clients, map { start_psql($_) } @commands;
	$node->poll_query_until('postgres', 'SELECT count(*) = ' . @commands . " FROM pg_stat_activity WHERE wait_event_type = 'Lock'") or die;
	my $seen = $node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.event');
	$node->kill9;
	IPC::Run::finish($_) for @clients;
	# children of the killed server let go of its memory first
	for (1 .. 100)
	{
		last if $node->start(fail_ok => 1);
		$node->stop('fast', fail_ok => 1);
		usleep(200_000);
	}
	my $left = $node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.event');
	is($left, $seen, 'what was committed is there, and no more');
	cmp_ok($left, '>', 0, 'a part of it');
	cmp_ok($left, '<', $events, 'and not all of it');
	return $left;
}

# a clean load to compare with
$node->safe_psql('postgres', 'CREATE DATABASE clean');
$node->safe_psql('clean', "$setup CREATE TABLE source AS $sql_events");
is($node->safe_psql('clean', "CALL smsengage.ingest_from('salesforce_ens', 'source')"), "$events|0|$events|0|0|0", 'clean load');
my $clean = content('clean');
like($clean, qr/^events\|$events\|/m, 'all events are in the clean store');

my $load = "CALL smsengage.ingest_from('salesforce_ens', 'source', batch_rows => 60";
my $left = crash_during("$load)");
is($left, 780, 'whole batches only');
is($node->safe_psql('postgres', "$load)"), "$events|0|" . ($events - $left) . "|$left|0|0", 'second run from the beginning');
is(content('postgres'), $clean, 'every event exactly once');

# with resume, only what is missing is read
$node->safe_psql('postgres', "SELECT smsengage.drop_store(true); SELECT smsengage.create_store();"
	  . "SELECT smsengage_internal.make_partition(m) FROM (VALUES (date '2025-03-01'), ('2025-04-01')) v (m)");
$left = crash_during("$load)");
is($node->safe_psql('postgres', 'SELECT accepted FROM smsengage.load_progress'), $left, 'progress is as far as the events');
is($node->safe_psql('postgres', "$load, resume => true)"), "$events|0|$events|0|0|0", 'the load taken up: nothing is known already');
is(content('postgres'), $clean, 'every event exactly once after resume');

# the inbox, with two drainers
$node->safe_psql('postgres', "SELECT smsengage.drop_store(true); SELECT smsengage.create_store();"
	  . "SELECT smsengage_internal.make_partition(m) FROM (VALUES (date '2025-03-01'), ('2025-04-01')) v (m);"
	  . "INSERT INTO smsengage.inbox (provider, payload) SELECT 'salesforce_ens', convert_to(payload, 'UTF8') FROM source");
my $drain = "DO \$\$ DECLARE n bigint; BEGIN FOR i IN 1 .. 1000 LOOP CALL smsengage.drain_inbox(60, n, n, n, n, n); COMMIT; END LOOP; END \$\$";
$left = crash_during($drain, $drain);
is($node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.inbox'), $events - $left, 'what is not stored waits');
is($node->safe_psql('postgres', 'CALL smsengage.drain_inbox()'), ($events - $left) . '|' . ($events - $left) . '|0|0|0', 'the rest is new');
is(content('postgres'), $clean, 'every event exactly once after drains');

StoreTest::all_sound($node);
$node->stop;
done_testing();

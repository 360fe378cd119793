# One call of ingest() takes time in proportion to the events in it: ten times
# the events, at most fifteen times the time. Best of three, each into an empty
# store; with a wider limit also as redelivery, and with a store that has grown meanwhile.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
# statistics that come or not are no part of the question
$node->append_conf('postgresql.conf', "autovacuum = off\nshared_buffers = 256MB\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION smsengage;
	CREATE FUNCTION payload(first integer, n integer) RETURNS text LANGUAGE sql AS
	$$ SELECT json_agg(json_build_object('eventCategoryType', 'TransactionalSendEvents.SmsDelivered', 'timestampUTC', 1768039200000 + i * 1000::bigint, 'compositeId', 'c' || i, 'mid', 7,
		'info', json_build_object('to', 12025550100 + i % 100, 'subscriberKey', 's' || i, 'messageKey', 'm' || i, 'ordinal', 0, 'statusCode', '4000', 'from', '12345', 'countryCode', 'US')))::text
		FROM generate_series(first, first + n - 1) i $$;
	CREATE TABLE given AS SELECT n, payload(1, n) AS p FROM (VALUES (1000), (10000)) v(n);
	CREATE FUNCTION seconds(n integer, again boolean) RETURNS float8 LANGUAGE plpgsql AS $$
	DECLARE
		best float8 := 'infinity';
		text_of text := (SELECT g.p FROM given g WHERE g.n = seconds.n);
		since timestamptz;
		accepted bigint;
	BEGIN
		FOR i IN 1..3 LOOP
			IF smsengage.store_exists() THEN PERFORM smsengage.drop_store(true); END IF;
			PERFORM smsengage.create_store(), smsengage.make_partition('2026-01-01');
			IF again THEN PERFORM smsengage.ingest('salesforce_ens', text_of); END IF;
			since := clock_timestamp();
			SELECT r.accepted INTO accepted FROM smsengage.ingest('salesforce_ens', text_of) r;
			best := least(best, extract(epoch FROM clock_timestamp() - since));
			IF (accepted > 0) = again THEN RAISE EXCEPTION 'accepted %', accepted; END IF;
		END LOOP;
		RETURN best;
	END $$;});

foreach my $again ('false', 'true')
{
	my $few = $node->safe_psql('postgres', "SELECT seconds(1000, $again)");
	my $many = $node->safe_psql('postgres', "SELECT seconds(10000, $again)");
	note(sprintf 'again %s: 1,000 in %.4f s, 10,000 in %.4f s, ratio %.1f', $again, $few, $many, $many / $few);
	# a redelivery is so cheap that a cold cache shows; squared would be 100
	my $limit = $again eq 'true' ? 40 : 15;
	cmp_ok($many / $few, '<', $limit, "10,000 events take less than $limit times as long as 1,000, again: $again");
}

# One session that started on an empty store: its plans must suit the store it
# has filled. 40 calls of 1,000 new people; the last ten against the first ten.
my $times = $node->safe_psql('postgres', q{
	DO $$ BEGIN PERFORM smsengage.drop_store(true); PERFORM smsengage.create_store(); END $$;
	CREATE TEMP TABLE took (i integer, seconds float8);
	DO $$
	DECLARE
		p text;
		since timestamptz;
	BEGIN
		FOR i IN 0..39 LOOP
			p := payload(1 + i * 1000, 1000);
			since := clock_timestamp();
			PERFORM smsengage.ingest('salesforce_ens', p);
			INSERT INTO took VALUES (i, extract(epoch FROM clock_timestamp() - since));
		END LOOP;
	END $$;
	SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE i BETWEEN 1 AND 10), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE i >= 30) FROM took;});
my ($first, $last) = split /\|/, $times;
note(sprintf 'calls of 1,000 new people: at first %.4f s, with 35,000 known %.4f s', $first, $last);
cmp_ok($last / $first, '<', 3, 'calls do not slow down as the store grows in one session');

StoreTest::all_sound($node);
done_testing();

# One call of ingest() takes work in proportion to the events in it: 10,000 events
# in one call take at most three times what they take in ten (work that grows
# with the square would take ten times), each into an empty store, and as
# redelivery; and calls do not slow down as a store grows. Work is the
# processor's time of the backend, which other load on the machine changes
# little, and what is compared takes turns: no answer hangs on a clock.
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
	CREATE TABLE given AS SELECT n, (first / n) AS no, payload(first, n) AS p FROM (VALUES (1000), (10000)) v(n), generate_series(1, 10000, n) first;
	-- where the system does not tell, the clock
	CREATE FUNCTION spent() RETURNS float8 LANGUAGE plpgsql AS $$
	BEGIN
		RETURN coalesce(nullif(split_part(pg_read_file('/proc/self/schedstat', 0, 100), ' ', 1)::float8, 0) / 1e9, extract(epoch FROM clock_timestamp()));
	EXCEPTION WHEN OTHERS THEN
		RETURN extract(epoch FROM clock_timestamp());
	END $$;
	-- 10,000 events in calls of n
	CREATE FUNCTION seconds(n integer, again boolean) RETURNS float8 LANGUAGE plpgsql AS $$
	DECLARE
		payloads text[] := (SELECT array_agg(g.p ORDER BY g.no) FROM given g WHERE g.n = seconds.n);
		since float8;
		accepted bigint := 0;
		one bigint;
	BEGIN
		PERFORM smsengage.drop_store(true) WHERE smsengage_internal.store_exists();
		PERFORM smsengage.create_store(), smsengage_internal.make_partition('2026-01-01');
		IF again THEN PERFORM smsengage.ingest('salesforce_ens', p) FROM unnest(payloads) p; END IF;
		since := spent();
		FOR i IN 1..cardinality(payloads) LOOP
			SELECT r.accepted INTO one FROM smsengage.ingest('salesforce_ens', payloads[i]) r;
			accepted := accepted + one;
		END LOOP;
		since := spent() - since;
		IF accepted <> (CASE WHEN again THEN 0 ELSE 10000 END) THEN RAISE EXCEPTION 'accepted %', accepted; END IF;
		RETURN since;
	END $$;});

sub median
{
	my @sorted = sort { $a <=> $b } @_;
	return $sorted[$#sorted / 2];
}

foreach my $again ('false', 'true')
{
	my (@few, @many);
	foreach my $round (1 .. 5)
	{
		push @few, $node->safe_psql('postgres', "SELECT seconds(1000, $again)");
		push @many, $node->safe_psql('postgres', "SELECT seconds(10000, $again)");
	}
	my ($few, $many) = (median(@few), median(@many));
	note(sprintf 'again %s: 10,000 events in ten calls %.4f s, in one %.4f s, ratio %.2f', $again, $few, $many, $many / $few);
	cmp_ok($many / $few, '<', 3, "10,000 events take less than three times as long in one call as in ten, again: $again");
}

# One session that started on an empty store: its plans must suit the store it
# has filled. 40 calls of 1,000 new people; the last ten against the first ten.
my $times = $node->safe_psql('postgres', q{
	DO $$ BEGIN PERFORM smsengage.drop_store(true); PERFORM smsengage.create_store(); END $$;
	CREATE TEMP TABLE took (i integer, seconds float8);
	DO $$
	DECLARE
		p text;
		since float8;
	BEGIN
		FOR i IN 0..39 LOOP
			p := payload(1 + i * 1000, 1000);
			since := spent();
			PERFORM smsengage.ingest('salesforce_ens', p);
			INSERT INTO took VALUES (i, spent() - since);
		END LOOP;
	END $$;
	SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE i BETWEEN 1 AND 10), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE i >= 30) FROM took;});
my ($first, $last) = split /\|/, $times;
note(sprintf 'calls of 1,000 new people: at first %.4f s, with 35,000 known %.4f s', $first, $last);
cmp_ok($last / $first, '<', 3, 'calls do not slow down as the store grows in one session');

StoreTest::all_sound($node);
done_testing();

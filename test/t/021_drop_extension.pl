# DROP EXTENSION refuses while the store stands; with CASCADE it takes no event,
# and what it does take is put back from the events.
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
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE DATABASE shop OWNER owner');

sub query
{
	my $sql = shift;
	return $node->safe_psql('shop', $sql, extra_params => [ '-U', 'owner' ]);
}

query('CREATE EXTENSION smsengage');
query('SELECT smsengage.create_store()');
query(q{SELECT smsengage.ingest('salesforce_ens', (SELECT json_agg(json_build_object('eventCategoryType', 'TransactionalSendEvents.Sms' || (ARRAY['Sent', 'Transient', 'Delivered', 'Bounced'])[1 + n % 4],
	'timestampUTC', 1768039200000 + n * 7200000::bigint, 'compositeId', 'c' || n / 5, 'definitionKey', 'd' || n % 2, 'mid', 7, 'info', json_build_object('to', 12025550100 + n % 99, 'subscriberKey', CASE WHEN n % 7 > 0 THEN 's' || n % 50 END, 'messageKey', 'm' || n / 5,
	'ordinal', n % 2, 'statusCode', (ARRAY['2000', '3000', '4000', '4501'])[1 + n % 4])))::text FROM generate_series(1, 600) n))});

query(q{SELECT smsengage.save_segment('clickers', 'click >= 3 in last 30 days')});
my %look = (
	segments => 'SELECT s::text FROM smsengage.segment_definition s ORDER BY name',
	events => 'SELECT e::text FROM smsengage.event e ORDER BY event_time, event_key',
	people => 'SELECT i::text FROM smsengage.individual i ORDER BY individual_no',
	contacts => 'SELECT c::text FROM smsengage.contact_point c ORDER BY individual_no, recipient',
	messages => q{SELECT message_key, first_time, last_time, recipient FROM smsengage.message ORDER BY message_key});
my $states = 'SELECT message_key, state FROM smsengage.message ORDER BY message_key';
my $views = q{SELECT v::text FROM smsengage.message_engagement v ORDER BY 1; SELECT v::text FROM smsengage.transactional_event v ORDER BY 1};
my %before = map { $_ => query($look{$_}) } keys %look;
my ($states_before, $views_before) = (query($states), query($views));
# what every tally holds, whatever rows it is in
my $tallies = q{SELECT series_no, chunk, sum(anonymous), smsengage.sum(tally) FROM smsengage.engagement_tally WHERE level IN (0, 6) GROUP BY 1, 2 ORDER BY 1, 2;
	SELECT * FROM smsengage.check_tallies()};
my $tallies_before = query($tallies);
like($tallies_before, qr/\n.*\n/, 'there are tallies to lose');
like($states_before, qr/delivered 4000.*\n.*\n/, 'there are states to lose');

my $err;
isnt($node->psql('shop', 'DROP EXTENSION smsengage', stderr => \$err, extra_params => [ '-U', 'owner' ]), 0, 'DROP EXTENSION refuses');
like($err, qr/column state of table smsengage\.message depends on type/, 'because of the store');
is(query($look{events}), $before{events}, 'and nothing happened');

query('SET client_min_messages = error; DROP EXTENSION smsengage CASCADE');
is(query($look{$_}), $before{$_}, "CASCADE takes nothing of the $_") foreach sort keys %look;
is(query(q{SELECT count(*) FROM pg_attribute WHERE attrelid = 'smsengage.message'::regclass AND attname = 'state' AND NOT attisdropped}), '0', 'but the state goes');

query('CREATE EXTENSION smsengage');
query('SELECT smsengage.migrate()');
is(query($look{$_}), $before{$_}, "migrate() changes nothing of the $_") foreach sort keys %look;
is(query($states), $states_before, 'and puts the states back');
is(query($tallies), $tallies_before, 'and the tallies');
is(query($views), $views_before, 'and the views');
is(query(q{SELECT attnotnull FROM pg_attribute WHERE attrelid = 'smsengage.message'::regclass AND attname = 'state'}), 't', 'as strict as before');
is(query(q{SELECT accepted FROM smsengage.ingest('salesforce_ens', '{"eventCategoryType":"TransactionalSendEvents.SmsBounced","timestampUTC":1768939200000,"compositeId":"c3","mid":7,"info":{"messageKey":"m3","statusCode":"4505"}}')}), '1', 'the store goes on');
like(query(q{SELECT state FROM smsengage.message WHERE message_id = 'm3'}), qr/undelivered 4505/, 'and merges');
isnt($node->psql('shop', 'DROP EXTENSION smsengage', stderr => \$err, extra_params => [ '-U', 'owner' ]), 0, 'DROP EXTENSION refuses again');

StoreTest::all_sound($node);
done_testing();

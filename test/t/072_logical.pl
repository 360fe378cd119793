# Part of a store goes to another by logical replication: the way to split a
# server that runs.
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
my $old = PostgreSQL::Test::Cluster->new('old');
my $new = PostgreSQL::Test::Cluster->new('new');

$old->init(allows_streaming => 'logical');
$new->init;
foreach my $node ($old, $new)
{
	$node->start;
	$node->safe_psql('postgres', <<'END');
SET client_min_messages = error;
CREATE EXTENSION smsengage;
SELECT smsengage.create_store();
SELECT smsengage_internal.make_partition(m::date) FROM generate_series(timestamp '2025-01-01', '2025-06-01', '1 month') m;
END
}
srand(72);
my @payloads = StoreData::payloads(6, 100);
fill($old, 'postgres', @payloads[ 0 .. 2 ]);

# half of the events and of the messages; all people, so that numbers agree
$old->safe_psql('postgres', <<'END');
CREATE PUBLICATION half FOR TABLE smsengage.event WHERE (event_key % 2 = 0),
	smsengage.message WHERE (message_key < '80000000-0000-0000-0000-000000000000'),
	smsengage.individual, smsengage.contact_point WITH (publish_via_partition_root = true);
END
my $connection = $old->connstr . ' dbname=postgres';
$new->safe_psql('postgres', "CREATE SUBSCRIPTION half CONNECTION '$connection' PUBLICATION half WITH (binary = true)");
$new->wait_for_subscription_sync($old, 'half');
fill($old, 'postgres', @payloads[ 3 .. 5 ]);
$old->wait_for_catchup('half');

sub same
{
	my ($name, $columns, $table, $where) = @_;
	my $expected = $old->safe_psql('postgres', "SELECT $columns FROM smsengage.$table WHERE $where ORDER BY 1, 2");

	isnt($expected, '', "$name: there are some");
	is($new->safe_psql('postgres', "SELECT $columns FROM smsengage.$table ORDER BY 1, 2"), $expected, $name);
}

same('events', 'event_time, event_key, individual_no, event_type, account, recipient, extra', 'event', 'event_key % 2 = 0');
same('messages, whose states changed meanwhile', 'message_key, state, first_time, last_time', 'message', "message_key < '80000000-0000-0000-0000-000000000000'");
same('people', 'individual_no, scope, individual_id', 'individual', 'true');

# what is derived is made anew where the events are now
$new->safe_psql('postgres', 'DROP SUBSCRIPTION half; SELECT smsengage.rebuild_tallies()');
is($new->safe_psql('postgres', 'SELECT count(*) FROM smsengage.check_tallies()'), 0, 'tallies of the new store agree with its events');
is($new->safe_psql('postgres', "SELECT string_agg(individual_no::text, ' ' ORDER BY individual_no) FROM smsengage.segment('click >= 2', '$at')"),
	$old->safe_psql('postgres', <<"END"), 'a segment of the new store');
SELECT string_agg(individual_no::text, ' ' ORDER BY individual_no)
FROM (SELECT individual_no FROM smsengage.event WHERE event_key % 2 = 0 AND event_type = 'CLICK' AND event_time < '$at' GROUP BY 1 HAVING count(*) >= 2) c
END

# and it takes events of its own: its numbers go on behind those that came
$new->safe_psql('postgres', <<'END');
SELECT setval(pg_get_serial_sequence('smsengage.individual', 'individual_no'), (SELECT max(individual_no) FROM smsengage.individual));
SELECT setval(pg_get_serial_sequence('smsengage.series', 'series_no'), (SELECT max(series_no) FROM smsengage.series));
END
is($new->safe_psql('postgres', q{SELECT accepted FROM smsengage.ingest('native', '{"event_type":"CLICK","event_id":"n","event_time":"2025-06-30T10:00:00Z","recipient":"+12025550198","individual_id":"somebody"}')}),
	1, 'an event of its own');


# half of the events came, with all of what was made of them; identities did not
$new->safe_psql('postgres', 'CALL smsengage.rebuild()');
is($new->safe_psql('postgres', "SELECT * FROM smsengage.doctor() WHERE part <> 'event_identity'"), '', 'doctor() finds nothing in the new store');
StoreTest::all_sound($old);

$_->stop('immediate') foreach $new, $old;
done_testing();

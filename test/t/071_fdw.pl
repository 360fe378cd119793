# Two stores joined by postgres_fdw: a hub whose tables have a store in each hash
# partition, for reading.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use JSON::PP ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreData;
use StoreTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('server');
$node->init;
$node->start;
foreach my $database (qw(hub store_0 store_1 whole))
{
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION smsengage');
	$node->safe_psql($database, 'SET client_min_messages = error; SELECT smsengage.create_store()') if $database ne 'hub';
}

my $host = $node->host;
my $port = $node->port;
my $tables = '';
foreach my $i (0, 1)
{
	$tables .= <<"END";
CREATE SERVER store_$i FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'store_$i',
	extensions 'smsengage', async_capable 'true', fetch_size '10000');
CREATE USER MAPPING FOR CURRENT_USER SERVER store_$i OPTIONS (user 'postgres');
END
}
my $user = $node->safe_psql('postgres', 'SELECT current_user');
$tables =~ s/user 'postgres'/user '$user'/g;
$tables .= <<'END';
CREATE TABLE event (event_time timestamptz, event_key bigint, individual_id text COLLATE "C", event_type text COLLATE "C", account text COLLATE "C",
	recipient text COLLATE "C") PARTITION BY HASH (recipient);
CREATE TABLE message (message_key uuid, recipient text COLLATE "C", provider text COLLATE "C", state smsengage.delivery_state) PARTITION BY HASH (recipient);
END
foreach my $table (qw(event message))
{
	$tables .= "CREATE FOREIGN TABLE ${table}_$_ PARTITION OF $table FOR VALUES WITH (MODULUS 2, REMAINDER $_) SERVER store_$_"
	  . " OPTIONS (schema_name 'smsengage', table_name '$table');\n" foreach 0, 1;
}
$node->safe_psql('hub', "CREATE EXTENSION postgres_fdw; $tables");

# each event goes to the store whose partition its number is in
srand(71);
my $json = JSON::PP->new->canonical;
foreach my $payload (StoreData::payloads(4, 100))
{
	my @events = grep { $_->{recipient} } @{ $json->decode($payload) };
	my @places = split /\n/, $node->safe_psql('hub', "SELECT satisfies_hash_partition('event'::regclass, 2, 0, r COLLATE \"C\") FROM unnest("
		  . quoted('{' . join(',', map { $_->{recipient} } @events) . '}') . "::text[]) WITH ORDINALITY u(r, n) ORDER BY n");

	fill($node, 'whole', $json->encode(\@events));
	fill($node, 'store_0', $json->encode([ map { $events[$_] } grep { $places[$_] eq 't' } 0 .. $#events ]));
	fill($node, 'store_1', $json->encode([ map { $events[$_] } grep { $places[$_] eq 'f' } 0 .. $#events ]));
}

sub same
{
	my ($name, $query) = @_;
	my ($hub, $whole) = map { my $q = $query; $q =~ s/\bfrom (\w+)/FROM $_.$1/g; $q } 'public', 'smsengage';

	is($node->safe_psql('hub', $hub), $node->safe_psql('whole', $whole), $name);
}

cmp_ok($node->safe_psql("store_$_", 'SELECT count(*) FROM smsengage.event'), '>', 50, "store $_ has its share") foreach 0, 1;
same('all events', 'SELECT * FROM (SELECT event_time, event_key, individual_id, event_type, account, recipient from event) e ORDER BY 1, 2');
same('events by type', 'SELECT event_type, count(*) from event GROUP BY 1 ORDER BY 1');
same('who clicked twice', "SELECT recipient, count(*) from event WHERE event_type = 'CLICK' GROUP BY 1 HAVING count(*) >= 2 ORDER BY 1");
same('one number', "SELECT event_type, count(*) from event WHERE recipient = '+12025550101' GROUP BY 1 ORDER BY 1");
same('states of messages', 'SELECT smsengage.status_group(state), count(*) from message GROUP BY 1 ORDER BY 1');
same('states, merged', "SELECT recipient, smsengage.merge(state) from message GROUP BY 1 ORDER BY 1");

my $plan = $node->safe_psql('hub', "SET enable_partitionwise_aggregate = on; EXPLAIN (VERBOSE, COSTS off) SELECT recipient, count(*) FROM event GROUP BY 1");
like($plan, qr/Remote SQL: SELECT recipient, count\(\*\) FROM smsengage\.event GROUP BY 1/, 'counts by number are made in the stores');
$plan = $node->safe_psql('hub', "EXPLAIN (VERBOSE, COSTS off) SELECT * FROM event WHERE recipient = '+12025550101'");
unlike($plan, qr/event_0.*event_1|event_1.*event_0/s, 'one number is looked for in one store');

StoreTest::all_sound($node);
$node->stop('immediate');
done_testing();

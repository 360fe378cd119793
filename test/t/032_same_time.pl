# Four sessions ingest payloads that share events, at the same time: each event
# is new to one of them, whichever way it went in.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()');

my $events = 300;
my $rounds = 8;
# session s takes events 50 s to 50 s + 300 of each round, a few at a time
my $loop = q{
	DO $$
	DECLARE
		counts record;
		accepted bigint := 0;
	BEGIN
		FOR round IN 1..%d LOOP
			FOR piece IN 0..5 LOOP
				SELECT i.* INTO counts
				FROM smsengage.ingest('salesforce_ens', (
					SELECT json_agg(json_build_object('eventCategoryType', 'TransactionalSendEvents.SmsDelivered',
						'timestampUTC', 1768039200000 + n / 10, 'compositeId', format('c%%s-%%s', round, n / 2), 'mid', 7,
						'info', json_build_object('to', '12025550100', 'subscriberKey', 'p' || n %% 40, 'messageKey', 'm', 'ordinal', n %% 2, 'statusCode', '4000')))
					FROM generate_series(50 * %d + 50 * piece, 50 * %d + 50 * piece + 49) n)) i;
				accepted := accepted + counts.accepted;
				COMMIT;
			END LOOP;
		END LOOP;
		RAISE WARNING 'accepted %%', accepted;
	END $$};

my @output;
my @clients;
foreach my $s (0 .. 3)
{
	my ($in, $out) = ('', '');
	push @output, \$out;
	push @clients, IPC::Run::start(
		[ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-c', sprintf($loop, $rounds, $s, $s) ],
		'<', \$in, '>', $output[$s], '2>', $output[$s]);
}
my $accepted = 0;
foreach my $s (0 .. 3)
{
	ok($clients[$s]->finish, "session $s ends well") or diag(${ $output[$s] });
	$accepted += ${ $output[$s] } =~ /accepted (\d+)/ ? $1 : 0;
}
my $expected = $rounds * ($events + 150);
is($accepted, $expected, 'each event was new once');
is($node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT event_key) FROM smsengage.event'),
	"$expected|$expected", 'each event is there once');
is($node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.doctor()'), '0', 'doctor() finds nothing');
$node->stop;
done_testing();

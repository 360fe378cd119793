# The psql recipes load what they say, and a second run changes nothing.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()');
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
$ENV{PGDATABASE} = 'postgres';
my $recipes = 'contrib/recipes';
my $room = PostgreSQL::Test::Utils::tempdir;

sub event
{
	my ($n) = @_;
	return sprintf('{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":%d,"compositeId":"c%d",'
		  . '"mid":7,"info":{"to":"120255501%02d","subscriberKey":"p\\"%d, x","messageKey":"m%d"}}',
		1740823200000 + $n * 1000, $n, $n % 100, $n % 10, $n);
}

sub write_file
{
	my ($name, @lines) = @_;
	open my $fh, '>', "$room/$name" or die $!;
	print $fh "$_\n" for @lines;
	close $fh;
	return "$room/$name";
}

sub load
{
	my ($recipe, %set) = @_;
	my ($out, $err) = run_command([ 'psql', '-XqAt', (map { ('-v', "$_=$set{$_}") } sort keys %set), '-f', "$recipes/$recipe" ]);
	is($err, '', "$recipe says nothing else");
	return (split /\n/, $out)[-1];
}

sub stored
{
	return $node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT individual_no) FROM smsengage.event');
}

# payloads, nulls, accepted, duplicate, rejected, ignored
my $lines = write_file('a b.ndjson', (map { event($_) } 1 .. 30), 'nonsense', '[' . event(31) . ',' . event(32) . ']');
is(load('ndjson.sql', file => $lines, provider => 'salesforce_ens'), '32|0|32|0|1|0', 'lines');
is(load('ndjson.sql', file => $lines, provider => 'salesforce_ens'), '32|0|0|32|1|0', 'lines again');
is(stored(), '32|10', 'what lines gave');

my $packed = write_file('a b.packed', map { event($_) } 25 .. 40);
system('gzip', '-f', $packed) == 0 or die 'gzip';
is(load('gzip.sql', file => "$packed.gz", provider => 'auto', account => '7'), '16|0|8|8|0|0', 'compressed lines');
is(stored(), '40|10', 'what compressed lines gave');

my $csv = write_file('export.csv', "EventID,EventDateTime,\"EventType\",IndividualID,RecpientPhoneNumber,MessageText\r",
	"e1,2025-03-01T10:00:00Z,SENT,\"O\"\"Hara, \n Anne\",+12025550101,\"two\nlines\"\r", "e2,2025-03-01T10:00:01Z,CLICK,p1,,\r");
is(load('csv.sql', file => $csv), '2|0|2|0|0|0', 'CSV');
is(load('csv.sql', file => $csv), '2|0|0|2|0|0', 'CSV again');
is($node->safe_psql('postgres', "SELECT event_id, event_type, recipient, individual_id ~ E'^O\"Hara, \\n Anne\$', extra ->> 'MessageText' ~ E'\\n' FROM smsengage.event WHERE event_id LIKE 'e%' ORDER BY 1"),
	"e1|SENT|+12025550101|t|t\ne2|CLICK||f|", 'what CSV gave');

my $large = write_file('large.ndjson', map { event($_) } 101 .. 5100);
command_ok([ 'sh', "$recipes/parallel.sh", '2', 'salesforce_ens', $large ], 'two connections');
is(stored(), '5042|12', 'what two connections gave');
command_fails([ 'sh', "$recipes/parallel.sh", '2', 'somebody', $large ], 'a failing load is told');

StoreTest::all_sound($node);
$node->stop;
done_testing();

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

# numbers as people write them, by the country of the account; the gate finds them in any spelling
$node->safe_psql('postgres', "INSERT INTO smsengage.account_country (account, country) VALUES ('shop', 'GB')");
my $said = write_file('said.csv', "recipient,subscribed,at,evidence\r", "07700 900123,false,2025-03-01T10:00:00Z,\"letter, by post\"\r",
	"+44 (0)7700 900124,true,2025-03-01T10:00:00Z,\r", "447700900125,false,2025-03-01T10:00:00Z,form\r");
is(load('consent.sql', file => $said, account => 'shop'), '3', 'a list of consent');
is(load('consent.sql', file => $said, account => 'shop'), '3', 'the list again');
is($node->safe_psql('postgres', "SELECT recipient, state FROM smsengage.subscription WHERE account = 'shop' ORDER BY 1"),
	"+447700900123|UNSUBSCRIBED\n+447700900124|SUBSCRIBED\n+447700900125|UNSUBSCRIBED", 'one row for each number, in its normal form');
is($node->safe_psql('postgres', "SELECT string_agg((c.allowed, c.reasons)::text, ' ') FROM unnest('{07700900123,+447700900123,+447700900124}'::text[]) n, smsengage.can_send(n, 'shop') c"),
	'(f,{unsubscribed}) (f,{unsubscribed}) (t,{})', 'the gate knows');
is($node->safe_psql('postgres', "SELECT count(*) FROM smsengage.event WHERE account = 'shop'"), '3', 'again changed nothing');
my $wrong = write_file('wrong.csv', 'recipient,subscribed,at', '07700 900126,false,2025-03-01T10:00:00Z', '07700 900127,perhaps,2025-03-01T10:00:00Z');
isnt((run_command([ 'psql', '-XqAt', '-v', "file=$wrong", '-v', 'account=shop', '-f', "$recipes/consent.sql" ]))[1], '', 'a wrong row is told');
is($node->safe_psql('postgres', "SELECT count(*) FROM smsengage.event WHERE account = 'shop'"), '3', 'and none goes in');

my $large = write_file('large.ndjson', map { event($_) } 101 .. 5100);
command_ok([ 'sh', "$recipes/parallel.sh", '2', 'salesforce_ens', $large ], 'two connections');
is(stored(), '5045|15', 'what two connections gave');
command_fails([ 'sh', "$recipes/parallel.sh", '2', 'somebody', $large ], 'a failing load is told');

StoreTest::all_sound($node);
$node->stop;
done_testing();

# Who was forgotten is in no dump of the store, and the same payloads again
# bring nobody back.  A store with every sample; each of its numbers in turn.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";

use MIME::Base64 qw(encode_base64);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('forget');
$node->init;
$node->append_conf('postgresql.conf', "timezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()');
my @samples = map { m{samples/([^/]+)/} ? [ $1, slurp_file($_) ] : () } sort(glob('contrib/samples/*/*.json'));

# each sample as it is, and broken, so that its number is in a rejected payload
sub ingest
{
	$node->safe_psql('postgres', join "\n", map { my ($provider, $text) = @$_;
		(map { "SELECT smsengage.ingest('$provider', " . quoted($_) . ", 'A');" } $text, $text =~ s/("(?:eventCategoryType|EventType|messageId|event_type)"\s*:\s*")/$1?/gr),
		"SELECT smsengage.inbox('$provider', " . quoted($text) . "::text, 'A');" } @samples);
	$node->safe_psql('postgres', 'CALL smsengage.drain_inbox()');
	return;
}

sub dump_of
{
	my $file = PostgreSQL::Test::Utils::tempdir . '/dump';
	$node->command_ok([ 'pg_dump', '-f', $file, 'postgres' ], 'a dump');
	return slurp_file($file);
}

# The ways in which digits may stand in a dump: as they are, as bytes in
# hexadecimal, with an escape between
sub traces
{
	my ($number) = @_;
	my $digits = $number =~ tr/0-9//cdr;
	my $hex = unpack 'H*', $digits;
	my $spaced = join '[^0-9A-Za-z]{0,3}', split //, $digits;
	return qr/(?<![0-9])$spaced(?![0-9])|$hex/i;
}

ingest();
my @numbers = split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT e.recipient FROM smsengage.event e WHERE e.recipient ~ '^\+[0-9]{8,}$'
	-- not one that is also ours
	AND NOT EXISTS (SELECT FROM smsengage.event o WHERE ltrim(o.sender_id, '+') = ltrim(e.recipient, '+'))
GROUP BY 1 ORDER BY 1
SQL
cmp_ok(scalar(@numbers), '>', 4, scalar(@numbers) . ' numbers');
my $before = dump_of();
is(join(' ', grep { $before !~ traces($_) } @numbers), '', 'a search of the dump finds them');
$node->safe_psql('postgres', "SELECT smsengage.record_consent('$numbers[0]', false, 'A', '55501', '2026-03-01 00:00Z', 'told us')");
foreach my $number (@numbers)
{
	$node->safe_psql('postgres', "SELECT smsengage.forget(recipient => '$number', force => true)");
}
my $after = dump_of();
is(join(' ', grep { $after =~ traces($_) } @numbers), '', 'and none of those who were forgotten');
StoreTest::all_sound($node);
my $events = $node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.event WHERE time_source IS NULL');
ingest();
is($node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.event WHERE time_source IS NULL'), $events, 'the same payloads again bring no event back');
is($node->safe_psql('postgres', "SELECT count(*) FROM smsengage.event WHERE recipient IN (" . join(', ', map { quoted($_) } @numbers) . ') AND time_source IS NULL'), 0, 'and nobody');
is($node->safe_psql('postgres', "SELECT allowed FROM smsengage.can_send('$numbers[0]', 'A', '55501')"), 'f', 'an opt-out still holds');
my $again = dump_of();
is(join(' ', grep { $again =~ traces($_) } @numbers), '', 'nor is a number in the dump again');
StoreTest::all_sound($node);

$node->stop;
done_testing();

# A streaming replica: every function that reads, and every view, runs there and
# says what the primary says.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreCalls;
use StoreData;
use StoreTest;
use Test::More;

my $at = '2025-07-01 00:00:00+00';
my $primary = PostgreSQL::Test::Cluster->new('primary');

$primary->init(allows_streaming => 1);
$primary->start;
$primary->safe_psql('postgres', 'SET client_min_messages = error; CREATE EXTENSION smsengage; SELECT smsengage.create_store()');
srand(70);
my @payloads = StoreData::payloads(4, 100);
my @rules = map { StoreData::rule() } 1 .. 30;
fill($primary, 'postgres', @payloads[ 0 .. 2 ]);
$primary->safe_psql('postgres', 'CALL smsengage.fold()');
$primary->backup('copy');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($primary, 'copy', has_streaming => 1);
$replica->start;
fill($primary, 'postgres', $payloads[3]);
$primary->safe_psql('postgres', "SELECT smsengage.save_segment('clickers', 'click >= 1')");
$primary->wait_for_catchup($replica, 'replay', $primary->lsn('insert'));

my $script = '';
my @functions = read_calls($primary, 'postgres');
cmp_ok(scalar @functions, '>', 200, 'functions that read');
$script .= "\\echo $_->[0]\n$_->[1] ORDER BY t::text COLLATE \"C\";\n" foreach @functions;
my %says;
foreach my $node ($primary, $replica)
{
	my ($result, $out, $err) = $node->psql('postgres', $script, on_error_stop => 0);
	$err =~ s/^psql:<stdin>:\d+: //mg;
	$says{ $node->name } = $out;
	$says{ $node->name . ' errors' } = $err;
}
is($says{replica}, $says{primary}, 'every function that reads');
is($says{'replica errors'}, $says{'primary errors'}, 'errors of arguments that do not fit');
unlike($says{'replica errors'}, qr/read-only|recovery/, 'no function writes');

is(rows_of($replica, 'postgres', $_), rows_of($primary, 'postgres', $_), "view $_") foreach views($primary, 'postgres');
my $preview = "SELECT * FROM smsengage.forget(recipient => (SELECT min(recipient) FROM smsengage.contact_point))";
like($replica->safe_psql('postgres', $preview), qr/^event\|[1-9]/, 'forget() counts there what it would erase');
is($replica->safe_psql('postgres', $preview), $primary->safe_psql('postgres', $preview), 'as on the primary');
is_deeply([ members($replica, 'postgres', $at, @rules) ], [ members($primary, 'postgres', $at, @rules) ], 'segments');
is_deeply([ members($replica, 'postgres', $at, "in segment 'clickers'") ], [ members($primary, 'postgres', $at, "in segment 'clickers'") ], 'a saved segment');

my ($result, $out, $err) = $replica->psql('postgres', "SELECT * FROM smsengage.ingest('native', '{}')");
like($err, qr/read-only transaction/, 'nothing is ingested there');

StoreTest::all_sound($primary);
$_->stop('immediate') foreach $replica, $primary;
done_testing();

# A streaming replica: every function that reads, and every view, runs there and
# says what the primary says.
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

# Arguments for any function, by name or else by type.
my %named = (
	account => "'shop'", recipient => "'+12025550101'", rule => "'click >= 1'", a => "'click >= 1'", b => "'sent >= 1'",
	provider => "'native'", zone => "'UTC'", since => "'2025-02-01'", until => "'$at'", at => "'$at'", individual_id => "'shop-3'",
	for_recipient => "'+12025550101'", audience => "'SELECT recipient FROM smsengage.contact_point'");
my %typed = (
	text => "'x'", bigint => '3', integer => '1', smallint => '1', boolean => 'false', numeric => '1', json => "'{}'", jsonb => "'{}'",
	bytea => "'\\x00'", date => "'2025-03-01'", interval => "'1 day'", uuid => "'00000000-0000-0000-0000-000000000000'",
	'timestamp with time zone' => "'$at'", 'text[]' => "'{+12025550101}'", 'bigint[]' => "'{1,2,3}'", 'timestamp with time zone[]' => "'{2025-02-01,2025-03-01}'",
	'smsengage.segment_rule' => "'click >= 1'", 'smsengage.tally' => "smsengage.tally('{1,2}')",
	'smsengage.delivery_state' => '(SELECT m.state FROM smsengage.message m ORDER BY m.message_key LIMIT 1)',
	'smsengage.parsed_batch' => "smsengage.batch('native', '{\"event_type\":\"CLICK\"}'::text, NULL, '$at')");

my @functions = split /\n/, $primary->safe_psql('postgres', <<'END');
SELECT p.proname, p.provolatile, coalesce(string_agg(coalesce(p.proargnames[a.no], '') || ':' || format_type(a.type, NULL), ';' ORDER BY a.no), '')
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
LEFT JOIN LATERAL unnest(p.proargtypes::oid[]) WITH ORDINALITY a(type, no) ON true
WHERE p.pronamespace = 'smsengage'::regnamespace AND p.prokind = 'f' AND p.provolatile IN ('s', 'i')
	AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = ANY (p.proargtypes::oid[] || p.prorettype) AND t.typtype = 'p' AND t.typname NOT IN ('void', 'record'))
GROUP BY p.oid
ORDER BY p.proname COLLATE "C", 3
END
cmp_ok(scalar @functions, '>', 50, 'functions that read');

my $script = '';
foreach my $function (@functions)
{
	my ($name, $volatile, $arguments) = split /\|/, $function;
	my @values = map {
		my ($argument, $type) = split /:/;
		($type =~ /^(text|timestamp with time zone|smsengage.segment_rule)$/ && $named{$argument} || $typed{$type} || 'NULL') . "::$type"
	} split /;/, $arguments;
	my $call = "smsengage.$name(" . join(', ', @values) . ')';
	$script .= "\\echo $name($arguments)\nSELECT t FROM $call t ORDER BY t::text COLLATE \"C\";\n";
}
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
is_deeply([ members($replica, 'postgres', $at, @rules) ], [ members($primary, 'postgres', $at, @rules) ], 'segments');
is_deeply([ members($replica, 'postgres', $at, "in segment 'clickers'") ], [ members($primary, 'postgres', $at, "in segment 'clickers'") ], 'a saved segment');

my ($result, $out, $err) = $replica->psql('postgres', "SELECT * FROM smsengage.ingest('native', '{}')");
like($err, qr/read-only transaction/, 'nothing is ingested there');

$_->stop('immediate') foreach $replica, $primary;
done_testing();

# From older versions (sql/updates/VERSIONS), each with the library that it had,
# to this one, with a filled store: the old version's SQL works with the new
# library; ALTER EXTENSION UPDATE and migrate() end where a fresh install that
# was given the same does, in objects and in rows.  Versions are taken from the
# git history (localcheck.sh).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreCalls;
use StoreTest;
use Test::More;
use UpgradeTest;

plan skip_all => 'needs the staged extension of "make localcheck"' unless $ENV{TEMP_CONFIG};

my ($current) = slurp_file('smsengage.control') =~ /^default_version\s*=\s*'(.*)'/m;
my $versions = $ENV{SMS_VERSIONS};
plan skip_all => 'no older version can be had: ' . slurp_file("$versions/missing") if -e "$versions/missing";
my @old = map { /^(\w\S*)/ ? $1 : () } split /\n/, slurp_file('sql/updates/VERSIONS');
cmp_ok(scalar(@old), '>=', 1, 'there is a version to walk from');

my $node = start_server('upgrade');
my $fill = join("\n", @fill);

# What is not there, or is not what the caller takes it for; aggregates' own
# functions and those on batches refuse to be called by hand.
sub unfit
{
	return join "\n", grep { /ERROR:  (42883|42703|42P01|42P13|58|XX)/ && !/outside of an aggregate|state of a funnel|each person of the batch/ } @_;
}

my @half = @fill[ 0 .. $#fill / 2 ];
database('fresh', 'CREATE EXTENSION smsengage', 'SELECT smsengage.create_store()', join("\n", @half), $use, "$later;", $fill);
cmp_ok($node->safe_psql('fresh', 'SELECT count(*) FROM public.snapshot()'), '>', 1000, 'the picture of an install is not empty');
cmp_ok($node->safe_psql('fresh', 'SELECT count(*) FROM smsengage.event'), '>', 40, 'nor is the store');
cmp_ok(scalar(split /\n/, $node->safe_psql('fresh', $data)), '>', 100, 'nor are its rows');
is($node->safe_psql('fresh', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing there');

# The comparison sees what is missing, and migrate() puts back what is the store's
database('lacking', 'CREATE EXTENSION smsengage', 'SELECT smsengage.create_store()', <<'SQL');
ALTER EXTENSION smsengage DROP FUNCTION smsengage.default_keywords();
ALTER FUNCTION smsengage.default_keywords() RENAME TO gone;
ALTER FUNCTION smsengage.gone() SET SCHEMA public;
ALTER FUNCTION smsengage.match_keyword(text, boolean, text[]) PARALLEL UNSAFE;
COMMENT ON TYPE smsengage.tally IS 'Older words.';
DROP VIEW smsengage.sms_status;
COMMENT ON COLUMN smsengage.event.account IS NULL;
DROP POLICY reader ON smsengage.event;
SQL
my $lacks = difference('lacking', 'fresh');
like($lacks, qr/^only in fresh: $_/m, "the picture shows what is missing: $_")
  foreach 'function: smsengage\.default_keywords', 'function body: smsengage\.match_keyword', 'type: smsengage\.tally', 'view: smsengage\.sms_status',
	'column: smsengage\.event: account', 'policy: smsengage\.event';
$node->safe_psql('lacking', 'SELECT smsengage.migrate()');
is(join("\n", grep { !/default_keywords|match_keyword|type: smsengage\.tally|event_\d{4}_/ } split /\n/, difference('lacking', 'fresh')), '', 'migrate() makes it whole');

# Each version leads to the next, the last to this one
my %script = ((map { $_ => "$versions/$_/sql/smsengage--$_.sql" } @old), $current => "sql/smsengage--$current.sql");
foreach my $i (0 .. $#old)
{
	my $next = $old[ $i + 1 ] // $current;
	my ($done, $update) = changes($script{ $old[$i] }, $script{$next}, $old[$i], $next, 'sql/updates');
	BAIL_OUT("from $old[$i]: $update") unless $done;
	add_version($old[$i], slurp_file($script{ $old[$i] }));
	add_version($next, undef, $old[$i], $update);
}

foreach my $version (@old)
{
	my $name = 'from_' . $version =~ tr/./_/r;

	# as it was
	put_library("$versions/$version/smsengage.so");
	database($name, "CREATE EXTENSION smsengage VERSION '$version'", 'SELECT smsengage.create_store()', join("\n", @half), $use);
	put_library('smsengage.so');
	# the old names, the new library
	is($node->safe_psql($name, "SELECT extversion FROM pg_extension WHERE extname = 'smsengage'"), $version, "$version with the new library");
	is($node->safe_psql($name, 'SELECT * FROM smsengage.doctor()'), '', "$version: doctor() of then finds nothing");
	my @calls = read_calls($node, $name);
	cmp_ok(scalar(@calls), '>', 250, "$version: " . scalar(@calls) . ' functions that read');
	my ($code, $out, $err) = $node->psql($name, join("\n", "\\set VERBOSITY verbose", map { "$_->[1];" } @calls), on_error_stop => 0);
	is(unfit(split /\n/, $err), '', "$version: each is there, and what the library takes it for");
	my @views = views($node, $name);
	cmp_ok(scalar(@views), '>', 60, "$version: views");
	is(join("\n", grep { /^error/ } map { rows_of($node, $name, $_) } @views), '', "$version: each can be read");
	my @parsed = map { "SELECT p::text FROM smsengage.parse('$_->[0]', $_->[1], 'A', '2026-06-01Z') p" } @samples;
	is(join("\n", map { $node->safe_psql($name, $_) } @parsed), join("\n", map { $node->safe_psql('fresh', $_) } @parsed), "$version: payloads are read as now");
	my $asked = <<'SQL';
SELECT individual_id FROM smsengage.segment('click >= 1 and not sent >= 100', '2026-06-01 00:00Z') ORDER BY 1;
SELECT smsengage.segment_size('in segment ''clickers'' or delivered >= 1 since ''2020-01-01''', '2026-06-01 00:00Z', 'A');
SELECT individual_id, recipient FROM smsengage.segment_recipients('reply >= 1', '2026-06-01 00:00Z') ORDER BY 1;
SELECT smsengage.is_member('+12025550178', 'reply >= 7', '2026-06-01 00:00Z'), smsengage.is_blocked('+12025550177', 'A', '2026-03-01 12:00Z');
SELECT recipient, (smsengage.can_send(recipient, account => 'A', sender => '55501', at => '2026-03-03 12:00Z')).* FROM smsengage.contact_point UNION ALL
SELECT r, (smsengage.can_send(r, account => 'A', sender => '55501', at => '2026-03-03 12:00Z')).* FROM unnest('{+12025550177,+12025550178}'::text[]) r ORDER BY 1;
SELECT * FROM smsengage.cost_report('2020-01-01', '2026-07-01') t ORDER BY t::text;
SQL
	my $answer = $node->safe_psql($name, $asked);
	my $stored = $node->safe_psql($name, $data);

	$node->safe_psql($name, 'ALTER EXTENSION smsengage UPDATE');
	is($node->safe_psql($name, "SELECT extversion FROM pg_extension WHERE extname = 'smsengage'"), $current, "$version is now $current");
	# not migrated yet, it goes on taking events; reports answer, or say what is to be done
	is($node->safe_psql($name, $later), '1|0|0|0', "$version: not migrated yet, it ingests");
	my $report = q{SELECT * FROM smsengage.daily_report(since => '2026-01-01', until => '2026-07-01')};
	my ($failed, $unmigrated, $words) = $node->psql($name, $report);
	$stored = $node->safe_psql($name, $data);
	$node->safe_psql($name, 'SELECT smsengage.migrate()');
	is(other_rows($name, \$stored), '', "$version: no row is lost or another");
	my $migrated = $node->safe_psql($name, $report);
	like($failed ? $words : $unmigrated, $failed ? qr/the store is of an older version\nHINT:  SELECT smsengage\.migrate\(\)/ : qr/^\Q$migrated\E$/,
		"$version: reports before that said so, or the same");
	is($node->safe_psql($name, $asked), $answer, "$version: segments, the gate and reports answer as before");
	# tallies of another layout, also such as no event is left of
	$node->safe_psql($name, <<'SQL');
UPDATE smsengage.store_layout SET layout = regexp_replace(layout, ', .*', ', 7 minutes');
DELETE FROM smsengage.engagement_tally WHERE level > 3;
UPDATE smsengage.engagement_tally SET level = 9 WHERE level = 3;
UPDATE smsengage.engagement_tally SET cell_start = cell_start + interval '7 minutes' WHERE level = 2;
UPDATE smsengage.outcome_tally SET send_cell = send_cell + interval '7 minutes' WHERE level > 1;
SQL
	isnt($node->safe_psql($name, "SELECT DISTINCT part FROM smsengage.doctor() ORDER BY 1"), '', "$version: levels of another layout are seen");
	$node->safe_psql($name, 'SELECT smsengage.migrate()');
	is($node->safe_psql($name, 'SELECT * FROM smsengage.doctor()'), '', "$version: and made anew by migrate()");
	is(other_rows($name, \$stored), '', "$version: again no row is lost");
	$node->safe_psql($name, $fill);
	is(difference($name, 'fresh'), '', "$version: updated and migrated, it equals a fresh install");
	$node->safe_psql($name, 'DROP TABLE public.known_column');
	$node->safe_psql($name, 'CREATE TABLE public.known_column AS SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = \'smsengage\'::regnamespace');
	is(other_rows($name, 'fresh'), '', "$version: row by row");
	is($node->safe_psql($name, 'SELECT * FROM smsengage.doctor()'), '', "$version: doctor() finds nothing");
	is($node->safe_psql($name, 'SELECT count(*) FROM smsengage.event'), $node->safe_psql('fresh', 'SELECT count(*) FROM smsengage.event'),
		"$version: what came again was known");
	$node->safe_psql($name, 'SELECT smsengage.migrate()');
	is(difference($name, 'fresh'), '', "$version: migrate() once more changes nothing");
}

$node->stop;
done_testing();

# From each frozen version to this one, with a filled store: before the update
# the old version's SQL names work with the new library; ALTER EXTENSION UPDATE
# and migrate() end where a fresh install that was given the same does, in
# objects and in rows.  The upgrade script is what changes.pl writes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreCalls;
use StoreTest;
use Test::More;

plan skip_all => 'needs the staged extension of "make localcheck"' unless $ENV{TEMP_CONFIG};

my ($current) = slurp_file('smsengage.control') =~ /^default_version\s*=\s*'(.*)'/m;
my @old = map { m{/smsengage--([\d.]+)\.sql$} ? $1 : () } sort(glob('sql/frozen/smsengage--*.sql'));
# what it can do and what it leaves to a hand
sub changes
{
	my ($was, $is) = @_;
	my $dir = PostgreSQL::Test::Utils::tempdir;
	append_to_file("$dir/was.sql", $was);
	append_to_file("$dir/is.sql", $is);
	return scalar(`"$^X" sql/changes.pl $dir/was.sql $dir/is.sql 9 2>&1`) =~ s/^\\echo .*\n\n//r;
}
my $one = "CREATE FUNCTION f(a integer) RETURNS text\nLANGUAGE sql\nBEGIN ATOMIC\n\tSELECT 'x';\nEND;\n";
my $two = "CREATE PROCEDURE p()\nLANGUAGE plpgsql\nAS \$\$\nBEGIN\nEND\n\$\$;\n";
my ($says_one, $says_two) = ("COMMENT ON FUNCTION f(integer) IS 'F.';\n", "COMMENT ON PROCEDURE p() IS 'P; it''s.';\n");
my $type = "CREATE TYPE t;\nCREATE TYPE t (INPUT = f);\nCOMMENT ON TYPE t IS 'T.';\n";
is(changes("$one$says_one", "$one$says_one"), '', 'changes.pl: no change');
is(changes("$one$says_one", "-- why\n$one$says_one$two$says_two"), "$two$says_two\n", 'a new procedure');
is(changes("$one$says_one$two$says_two", "$one$says_one"), "DROP PROCEDURE p();\n", 'one that is gone');
is(changes("$one$says_one", $one =~ s/'x'/'y'/r . $says_one), 'CREATE OR REPLACE' . substr($one, 6) =~ s/'x'/'y'/r . "$says_one\n", 'another body');
is(changes("$one$says_one", $one =~ s/text/bigint/r . $says_one), "DROP FUNCTION f(integer);\n" . $one =~ s/text/bigint/r . "$says_one\n", 'another result');
is(changes("$one$says_one", $one . $says_one =~ s/F\./G./r), $says_one =~ s/F\./G./r . "\n", 'another comment');
like(changes("$one$says_one$type", "$one$says_one" . $type =~ s/f\)/g)/r), qr/^TYPE t needs a hand$/m, 'another type');

my $node = PostgreSQL::Test::Cluster->new('upgrade');
$node->init;
$node->append_conf('postgresql.conf', slurp_file($ENV{TEMP_CONFIG}) . "timezone = 'UTC'");
$node->start;

# Every sample, and what its provider is called
my @samples = map { m{samples/([^/]+)/} ? [ $1, quoted(slurp_file($_)) ] : () } sort(glob('contrib/samples/*/*.json'));
my @fill = map { "SELECT smsengage.ingest('$_->[0]', $_->[1], 'A');" } @samples;
my $fill = join("\n", @fill);
my $later = q{SELECT * FROM smsengage.ingest('native', '{"event_type":"DELIVERED","event_time":"2019-06-05T10:00:00Z","account":"A","message_id":"later","event_id":"later"}')};
# What else a store is used for
my $use = <<'SQL';
SELECT smsengage.ingest('native', '{"event_type":"CLICK","event_id":"u1","event_time":"2026-03-01T00:00:00Z","recipient":"+12025550177","message_id":"u1","link_name":"l"}'::jsonb, 'A');
SELECT smsengage.ingest('native', '{"event_type":"DELIVERED","event_time":"2026-03-01T00:00:00Z","recipient":"+12025550177","message_id":"u1","price":"0.0500"}'::bytea, 'A');
SELECT smsengage.ingest('native', '{"event_type":"UNHEARD"}'::json, 'A');
SELECT smsengage.inbox('native', '{"event_type":"CLICK","event_id":"u2","event_time":"2026-03-02T00:00:00Z","recipient":"+12025550178"}'::text, 'A');
CALL smsengage.drain_inbox();
CREATE TABLE payloads AS SELECT format('{"event_type":"REPLY","event_id":"u%s","event_time":"2026-03-02T00:00:00Z","recipient":"+12025550178"}', i) AS payload FROM generate_series(3, 9) i;
CALL smsengage.ingest_from('native', 'payloads', account => 'A');
CALL smsengage.fold();
SELECT smsengage.save_segment('clickers', 'click >= 1', 'all', 'A');
SELECT smsengage.add_block('+12025550177', 530, 'A', '2026-03-01 00:00Z', 'asked');
SELECT smsengage.unblock('+12025550177', 'A', '2026-03-02 00:00Z');
SELECT smsengage.record_consent('+12025550178', false, 'A', '55501', '2026-03-01 00:00Z', 'on the phone');
SELECT smsengage.link_individuals('+12025550177', '+12025550178', '2026-03-01 00:00Z');
SELECT smsengage.replay_block_policy(530, '30 days', 'global', '2026-01-01 00:00Z', '2026-07-01 00:00Z');
INSERT INTO smsengage.retention (account, keep) VALUES ('nobody', '10 years');
SELECT smsengage.ingest('native', '{"event_type":"CLICK","event_id":"u20","event_time":"2026-03-01T00:00:00Z","recipient":"+12025550199"}', 'A');
SELECT smsengage.forget(recipient => '+12025550199');
CALL smsengage.maintain();
CALL smsengage.rebuild();
SQL
# What of it has no arrival in it; zeros behind a price are no difference.
# known() leaves out columns that the version of then did not have.
my $data = <<'SQL';
SELECT 'event', public.known('event', to_jsonb(e)) - 'received_at' - CASE WHEN e.created_time = e.received_at THEN 'created_time' ELSE '-' END FROM smsengage.event e WHERE e.time_source IS NULL AND e.provider <> 'native' OR e.message_id = 'u1'
UNION ALL SELECT 'message', public.known('message', to_jsonb(m)) || jsonb_build_object('state', m.state::text, 'price', trim_scale(m.price)) FROM smsengage.message m
	WHERE NOT EXISTS (SELECT FROM smsengage.event e WHERE e.message_key = m.message_key AND e.time_source IS NOT NULL)
UNION ALL SELECT 'individual', to_jsonb(i) FROM smsengage.individual i
UNION ALL SELECT 'contact_point', to_jsonb(c) FROM smsengage.contact_point c
UNION ALL SELECT 'rejected_event', to_jsonb(r) - 'received_at' FROM smsengage.rejected_event r
UNION ALL SELECT 'subscription', to_jsonb(s) - 'event_key' FROM smsengage.subscription s WHERE s.event_time < '2026-06-01'
UNION ALL SELECT 'segment', to_jsonb(s) - 'saved_at' FROM smsengage.segment_definition s
UNION ALL SELECT 'outcome', to_jsonb(t.*) FROM (SELECT account, provider, sum(messages) AS messages, sum(parts) AS parts FROM smsengage.outcome_tally WHERE level <= 1 GROUP BY 1, 2) t
UNION ALL SELECT 'tally', to_jsonb(t.*) FROM (SELECT s.account, s.event_type, s.dimension, s.value, sum(smsengage.total(t.tally)) AS n FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE t.level <= 1 GROUP BY 1, 2, 3, 4) t
ORDER BY 1, 2
SQL
my $known = <<'SQL';
CREATE TABLE public.known_column AS
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'smsengage'::regnamespace;
CREATE FUNCTION public.known(relation name, r jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT r - coalesce((SELECT array_agg(k) FROM jsonb_object_keys(r) k WHERE (relation, k) NOT IN (SELECT relname, attname FROM public.known_column)), '{}') $$;
SQL

sub database
{
	my ($name, @statements) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	foreach my $statement (@statements, slurp_file('test/include/snapshot.sql'))
	{
		my ($code, $out, $err) = $node->psql($name, $statement);
		BAIL_OUT("$name: $err") if $code != 0;
	}
	return;
}

# Lines of one side only
sub difference
{
	my ($a, $b) = map { { map { $_ => 1 } split /\n/, $node->safe_psql($_, 'SELECT line FROM public.snapshot()') } } @_;
	return join "\n", (map { "only in $_[0]: " . substr($_, 0, 500) } sort grep { !$b->{$_} } keys %$a),
	  (map { "only in $_[1]: " . substr($_, 0, 500) } sort grep { !$a->{$_} } keys %$b);
}

# Rows of one side only
sub other_rows
{
	my ($a, $b) = map { my $rows = ref $_ ? $$_ : $node->safe_psql($_, $data); +{ map { $_ => 1 } split /\n/, $rows } } @_;
	return join "\n", (map { "only in the first: $_" } sort grep { !$b->{$_} } keys %$a), (map { "only in the second: $_" } sort grep { !$a->{$_} } keys %$b);
}

# What is not there, or is not what the caller takes it for; aggregates' own
# functions and those on batches refuse to be called by hand.
sub unfit
{
	return join "\n", grep { /ERROR:  (42883|42703|42P01|42P13|58|XX)/ && !/outside of an aggregate|state of a funnel|each person of the batch/ } @_;
}

my @half = @fill[ 0 .. $#fill / 2 ];
database('fresh', 'CREATE EXTENSION smsengage', 'SELECT smsengage.create_store()', $known, join("\n", @half), $use, "$later;", $fill);
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

foreach my $version (@old)
{
	my $name = 'from_' . $version =~ tr/./_/r;

	# the old names, the new library
	database($name, "CREATE EXTENSION smsengage VERSION '$version'", 'SELECT smsengage.create_store()', $known, join("\n", @half), $use);
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
	# not migrated yet, it goes on taking events, and reports say what is missing
	is($node->safe_psql($name, $later), '1|0|0|0', "$version: not migrated yet, it ingests");
	like(($node->psql($name, 'SELECT * FROM smsengage.daily_report()'))[2], qr/the store is of an older version\nHINT:  SELECT smsengage\.migrate\(\)/,
		"$version: not migrated yet, reports say so");
	$stored = $node->safe_psql($name, $data);
	$node->safe_psql($name, 'SELECT smsengage.migrate()');
	is(other_rows($name, \$stored), '', "$version: no row is lost or another");
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
	$node->safe_psql($name, "DROP TABLE public.known_column; DROP FUNCTION public.known; $known");
	is(other_rows($name, 'fresh'), '', "$version: row by row");
	is($node->safe_psql($name, 'SELECT * FROM smsengage.doctor()'), '', "$version: doctor() finds nothing");
	is($node->safe_psql($name, 'SELECT count(*) FROM smsengage.event'), $node->safe_psql('fresh', 'SELECT count(*) FROM smsengage.event'),
		"$version: what came again was known");
	$node->safe_psql($name, 'SELECT smsengage.migrate()');
	is(difference($name, 'fresh'), '', "$version: migrate() once more changes nothing");
}

$node->stop;
done_testing();

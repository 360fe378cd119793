# From each frozen version to this one, with a filled store: ALTER EXTENSION
# UPDATE and migrate() end where a fresh install does, nothing is lost, and
# the old version's SQL names work with the new library before the update.
#
# Before a version is frozen (make freeze) there is none to come from; the
# test then makes an older one of this one by taking things away, so that the
# way itself is tested.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'needs the staged extension of "make localcheck"' unless $ENV{TEMP_CONFIG};

# A copy of the staged extension, to put more versions in
my $place = PostgreSQL::Test::Utils::tempdir;
my $settings = slurp_file($ENV{TEMP_CONFIG});
my ($staged) = $settings =~ m{'(\S*?/inst)\b};
system('cp', '-R', $staged, "$place/inst") == 0 or die "cannot copy $staged";
$settings =~ s{\Q$staged\E}{$place/inst}g;
my ($control) = glob("$place/inst/usr/share/postgresql/*/extension/smsengage.control");
$control //= (split /\n/, `find $place/inst -name smsengage.control`)[0];
my $dir = $control =~ s{/[^/]*$}{}r;
my ($current) = slurp_file($control) =~ /^default_version\s*=\s*'(.*)'/m;

my @old = grep { $_ ne $current } map { /--([\d.]+)\.sql$/ ? $1 : () } glob("$dir/smsengage--*.sql");
my $made = !@old;
if ($made)
{
	@old = ('0.9');
	my $script = slurp_file("$dir/smsengage--$current.sql");
	# a function that is not there, another label, a comment of other words
	my ($function, $comment) = $script =~ /^(CREATE FUNCTION smsengage\.default_keywords\(.*?;\n)(COMMENT ON FUNCTION smsengage\.default_keywords\(.*?;\n)/ms
	  or die 'the function to be taken away is not found';
	append_to_file("$dir/smsengage--0.9.sql", $script . <<'SQL');
DROP FUNCTION smsengage.default_keywords();
ALTER FUNCTION smsengage.match_keyword(text, boolean) PARALLEL UNSAFE;
COMMENT ON TYPE smsengage.tally IS 'Older words.';
SQL
	my ($tally) = $script =~ /^(COMMENT ON TYPE smsengage\.tally IS .*?;\n)/ms;
	append_to_file("$dir/smsengage--0.9--$current.sql", $function . $comment . $tally
		. "ALTER FUNCTION smsengage.match_keyword(text, boolean) PARALLEL SAFE;\n");
}

my $node = PostgreSQL::Test::Cluster->new('upgrade');
$node->init;
$node->append_conf('postgresql.conf', $settings);
$node->start;

# One payload a line, the provider before it
my @fill = map { my $file = $_; my ($provider) = $file =~ m{samples/([^/]+)/};
	my $text = slurp_file($file) =~ s/'/''/gr;
	"SELECT smsengage.ingest('$provider', '$text', 'A');" } sort(glob('contrib/samples/*/*.json'));
my $fill = join("\n", @fill);
my $later = '{"event_type":"DELIVERED","event_time":"2026-01-05T10:00:00Z","account":"A","message_id":"later","event_id":"later"}';
my $data = <<'SQL';
SELECT 'event', to_jsonb(e) - 'received_at' - CASE e.time_source WHEN 'arrival' THEN ARRAY['event_time', 'created_time', 'event_key'] ELSE ARRAY['-'] END FROM smsengage.event e
UNION ALL SELECT 'message', to_jsonb(m) - 'first_time' - 'last_time' - 'send_time' FROM smsengage.message m
UNION ALL SELECT 'individual', to_jsonb(i) FROM smsengage.individual i
UNION ALL SELECT 'contact_point', to_jsonb(c) FROM smsengage.contact_point c
UNION ALL SELECT 'rejected_event', to_jsonb(r) - 'received_at' FROM smsengage.rejected_event r
UNION ALL SELECT 'tally', to_jsonb(t.*) FROM (SELECT s.account, s.event_type, s.dimension, s.value, sum(smsengage.total(t.tally)) AS n FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE t.level = 0 GROUP BY 1, 2, 3, 4) t
ORDER BY 1, 2
SQL

sub database
{
	my ($name, @statements) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->safe_psql($name, $_) foreach @statements, slurp_file('test/include/snapshot.sql');
	return;
}

# Lines of one side only
sub difference
{
	my ($a, $b) = map { { map { $_ => 1 } split /\n/, $node->safe_psql($_, 'SELECT line FROM public.snapshot()') } } @_;
	return join "\n", (map { "only in $_[0]: " . substr($_, 0, 500) } sort grep { !$b->{$_} } keys %$a),
	  (map { "only in $_[1]: " . substr($_, 0, 500) } sort grep { !$a->{$_} } keys %$b);
}

database('fresh', 'CREATE EXTENSION smsengage', 'SELECT smsengage.create_store()', $fill, "SELECT smsengage.ingest('native', '$later')");
cmp_ok($node->safe_psql('fresh', 'SELECT count(*) FROM public.snapshot()'), '>', 1000, 'the picture of an install is not empty');
cmp_ok($node->safe_psql('fresh', 'SELECT count(*) FROM smsengage.event'), '>', 30, 'nor is the store');

foreach my $version (@old)
{
	my $name = 'from_' . $version =~ tr/./_/r;
	# half of the data comes before the update, and half behind it
	database($name, "CREATE EXTENSION smsengage VERSION '$version'", 'SELECT smsengage.create_store()',
		join("\n", @fill[ 0 .. $#fill / 2 ]), 'CALL smsengage.fold()');
	my $stored = $node->safe_psql($name, $data);
	if ($made)
	{
		# what an older store could lack
		$node->safe_psql($name, 'DROP VIEW smsengage.sms_status; COMMENT ON COLUMN smsengage.event.account IS NULL; DROP TABLE smsengage.keyword CASCADE;');
		my $lacks = difference($name, 'fresh');
		like($lacks, qr/^only in fresh: $_/m, "the picture shows what $version lacks: $_")
		  foreach 'function: smsengage\.default_keywords', 'function body: smsengage\.match_keyword', 'type: smsengage\.tally',
			'view: smsengage\.sms_status', 'column: smsengage\.event: account', 'table: smsengage\.keyword';
	}
	$node->safe_psql($name, 'ALTER EXTENSION smsengage UPDATE');
	is($node->safe_psql($name, "SELECT extversion FROM pg_extension WHERE extname = 'smsengage'"), $current, "$version is now $current");
	if (!$made)
	{
		# a store as it was goes on taking events, and reports say what is missing
		is($node->safe_psql($name, "SELECT accepted + rejected FROM smsengage.ingest('native', '" . $later . "')"), '1', "$version: not migrated yet, it ingests");
		my ($result, $out, $err) = $node->psql($name, 'SELECT * FROM smsengage.daily_report()');
		like($err, qr/the store is of an older version\nHINT:  SELECT smsengage\.migrate\(\)/, "$version: not migrated yet, reports say so");
		$stored = $node->safe_psql($name, $data);
	}
	$node->safe_psql($name, 'SELECT smsengage.migrate()');
	is($node->safe_psql($name, $data), $stored, "$version: no data is lost");
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
	is($node->safe_psql($name, $data), $stored, "$version: again no data is lost");
	$node->safe_psql($name, $fill);
	is(difference($name, 'fresh'), '', "$version: updated and migrated, it equals a fresh install");
	is($node->safe_psql($name, 'SELECT * FROM smsengage.doctor()'), '', "$version: doctor() finds nothing");
	is($node->safe_psql($name, 'SELECT count(*) FROM smsengage.event'), $node->safe_psql('fresh', 'SELECT count(*) FROM smsengage.event'),
		"$version: what came again was known");
	$node->safe_psql($name, 'SELECT smsengage.migrate()');
	is(difference($name, 'fresh'), '', "$version: migrate() once more changes nothing");
}

$node->stop;
done_testing();

# What an update can bring about.  changes.pl reads statements, and dies at a
# change that needs a hand, with what to write where.  Then each change of
# test/upgrade is made in a copy of the tree's SQL, and a filled store walks
# there: no row is lost, and the objects are those of a fresh install, with the
# rights and views that others have on them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest;
use Test::More;
use UpgradeTest;

my $dir = PostgreSQL::Test::Utils::tempdir;
my $released;

# From one text to another, with a hand-written part or without; $released is
# what views and policies are taken off before
sub script
{
	my ($was, $is, $by_hand) = @_;
	my %text = ('was.sql' => $was, 'is.sql' => $is, '8--9.sql' => $by_hand);
	foreach my $file (keys %text)
	{
		unlink "$dir/$file";
		append_to_file("$dir/$file", $text{$file}) if defined $text{$file};
	}
	my ($done, $out) = changes("$dir/was.sql", "$dir/is.sql", 8, 9, $dir);
	$out =~ s/^\\echo .*\n\n//;
	$released = undef;
	$released = $1 if $out =~ s/^\n?SELECT smsengage_internal\.release_members\(ARRAY\[\n\t'(.*?)'\]\);\n\n//s;
	return $out =~ s/^\n//r;
}
my $one = "CREATE FUNCTION f(a integer) RETURNS text\nLANGUAGE sql\nBEGIN ATOMIC\n\tSELECT CASE WHEN a > 1 THEN 'x;' END;\n\tSELECT 'y';\n    END;\n";
my $says_one = "COMMENT ON FUNCTION f(integer) IS 'F.';\n";
my $two = "CREATE PROCEDURE p(v text DEFAULT 'a,b', OUT w integer)\nLANGUAGE plpgsql\nAS \$body\$\nBEGIN\n\tPERFORM \$\$;\$\$;\nEND\n\$body\$;\n";
my $says_two = "COMMENT ON PROCEDURE p(text) IS\n  'P; it''s\n;';\n";
my $type = "CREATE TYPE t AS (a integer, b numeric(3, 2));\nCOMMENT ON TYPE t IS 'T.';\n";
my $sum = "CREATE AGGREGATE s.total(integer) (SFUNC = s.add, STYPE = integer);\nCOMMENT ON AGGREGATE s.total(integer) IS 'S.';\n";
my $add = "CREATE FUNCTION s.add(a integer, b integer) RETURNS integer AS 'x', 'y' LANGUAGE C;\nCOMMENT ON FUNCTION s.add(integer, integer) IS 'A.';\n";
my $plus = "CREATE OPERATOR s.+ (FUNCTION = s.add, LEFTARG = integer, RIGHTARG = integer);\nCOMMENT ON OPERATOR s.+ (integer, integer) IS 'P.';\n";
my $view = "CREATE VIEW s.v AS SELECT s.add(1, 2) AS n;\nCOMMENT ON VIEW s.v IS 'V.';\nCOMMENT ON COLUMN s.v.n IS 'N.';\nGRANT SELECT ON s.v TO PUBLIC;\n";
my $calls = "CREATE FUNCTION s.g() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT s.add(1, 2); END;\nCOMMENT ON FUNCTION s.g() IS 'G.';\n";
my $set = "SELECT s.set_rights();\n";

is(script("$one$says_one", "$one$says_one"), '', 'changes.pl: no change');
is(script("$one$says_one", "-- it's why;\n/* a /* b; */ ' */ $one$says_one"), '', 'comments and their quotes');
is(script("$one$says_one", "$one$says_one$two$says_two"), "$two$says_two", 'a new procedure');
is(script("$one$says_one$two$says_two", "$one$says_one"), "DROP PROCEDURE p(text);\n", 'one that is gone');
is(script("$one$says_one$set", $one =~ s/'y'/'z'/r . $says_one . $set), 'CREATE OR REPLACE' . substr($one =~ s/'y'/'z'/r, 6) . $set, 'another body, and rights');
is(script("$two$says_two", $two =~ s/;\$\$/\$\$/r . $says_two), 'CREATE OR REPLACE' . substr($two =~ s/;\$\$/\$\$/r, 6), 'in quotes with a tag');
is(script("$two$says_two", $two =~ s/'a,b'/'a'/r . $says_two), 'CREATE OR REPLACE' . substr($two =~ s/'a,b'/'a'/r, 6), 'another default');
is(script("$two$says_two", $two =~ s/ DEFAULT 'a,b'//r . $says_two), "DROP PROCEDURE p(text);\n" . $two =~ s/ DEFAULT 'a,b'//r . $says_two, 'none');
is(script("$one$says_one", $one =~ s/text/bigint/r . $says_one), "DROP FUNCTION f(integer);\n" . $one =~ s/text/bigint/r . $says_one, 'another result');
is(script("$one$says_one", $one . $says_one =~ s/F\./G./r), $says_one =~ s/F\./G./r, 'another comment');
my $other = $add =~ s/b integer/c integer/r;
is(script("$add$calls$set", "$other$calls$set"), "DROP FUNCTION s.g();\nDROP FUNCTION s.add(integer, integer);\n$other$calls$set", 'what stands on it is made again');
is($released, "s.add(integer, integer)',\n\t's.g()", 'and the store lets go of both');
is(script("$add$view", "$other$view"), "DROP FUNCTION s.add(integer, integer);\n$other" . <<'END', 'and a view, whose columns stay');
SELECT smsengage_internal.replace_view('s.v', $view$CREATE OR REPLACE VIEW s.v AS SELECT s.add(1, 2) AS n$view$);
COMMENT ON VIEW s.v IS 'V.';
COMMENT ON COLUMN s.v.n IS 'N.';
GRANT SELECT ON s.v TO PUBLIC;
END
is(script("$add$view", $add), "DROP VIEW s.v;\n", 'a view that is gone');
is($released, 's.v', 'and the store lets go of it');
my $second = "CREATE VIEW s.w AS SELECT n FROM s.v;\nCOMMENT ON VIEW s.w IS 'W.';\n";
like(script("$view$second", $view =~ s/AS n/AS m/r =~ s/v\.n/v.m/r . $second), qr/^SELECT .*replace_view\('s\.v'.*^SELECT .*replace_view\('s\.w', \$view\$CREATE OR REPLACE VIEW s\.w AS /ms, 'a view on a view that has changed');
is(script($view, $view =~ s/COMMENT ON COLUMN.*\n//r), "COMMENT ON COLUMN s.v.n IS NULL;\n", 'a comment less');
is(script("$add$sum", $add . $sum =~ s/=  ?integer\)/= bigint)/r, 'DROP AGGREGATE s.total(integer);'), "-- by hand\nDROP AGGREGATE s.total(integer);\n" . $sum =~ s/=  ?integer\)/= bigint)/r,
	'what a hand drops is made again');
is(script($type, $type =~ s/b num/c text, b num/r, "ALTER TYPE t ADD ATTRIBUTE c text;\n"), "-- by hand\nALTER TYPE t ADD ATTRIBUTE c text;\n\n", 'what a hand alters is as it should be');
my $hand = "write into \Q$dir\E/8--9\\.sql what brings that about, as\n +";
like(script($type, $type =~ s/b num/c text, b num/r), qr/^TYPE t has changed; ${hand}ALTER TYPE t ADD ATTRIBUTE c text;$/, 'another type needs a hand');
like(script("$add$sum", $add . $sum =~ s/= integer\)/= bigint)/r), qr/^AGGREGATE s\.total\(integer\) has changed; ${hand}DROP AGGREGATE s\.total\(integer\);/, 'another aggregate');
like(script("$add$plus", $add), qr/^OPERATOR s\.\+ ?\(integer, integer\) is gone; ${hand}DROP OPERATOR s\.\+ ?\(integer, integer\);$/, 'an operator less');
like(script("$add$plus", "$other$plus"), qr/^OPERATOR s\.\+ ?\(integer, integer\) stands on FUNCTION s\.add\(integer, integer\), which has to be dropped; $hand/, 'and one on a function');
like(script($view, $view =~ s/GRANT.*\n//r), qr/^VIEW s\.v: a right is gone; write into .*\n +REVOKE SELECT ON s\.v FROM PUBLIC;$/, 'a right less');
like(script($type, $type =~ s/b num/c text, b num/r, "ALTER TYPE tt ADD ATTRIBUTE c text;\n"), qr/^.*8--9\.sql:1: the older version has no TYPE tt$/, 'a hand that misses');
like(script("$add$sum", '', "DROP AGGREGATE s.total(integer), s.total(bigint);\n"), qr/^.*8--9\.sql:1: one object in each DROP, please$/, 'two at once');
like(script($one, "$one$two$says_two"), qr/^.*was\.sql:1: CREATE FUNCTION f has no COMMENT$/, 'a function without a comment');
like(script('', $one . $says_one =~ s/integer/bigint/r), qr/^.*is\.sql:7: COMMENT ON FUNCTION f\(bigint\) stands behind no CREATE that it could be about$/, 'one of another function');
like(script('', "$one$says_one COMMENT ON TYPE t IS 'it;\n"), qr/^.*is\.sql:8: a quote has no end$/, 'a quote without an end');
like(script('', "$one$says_one/* /* */ ;\n"), qr/^.*is\.sql:8: a quote or comment has no end$/, 'a comment without an end');
like(script('', $one =~ s/END;$//r . $says_one), qr/^.*is\.sql:1: the statement has no end$/m, 'a body without an end');
like(script('', 'UPDATE s.t SET a = 1;'), qr/^.*is\.sql:1: UPDATE has no place in an install script/, 'something else');

SKIP:
{
	skip 'needs the staged extension of "make localcheck"', 1 unless $ENV{TEMP_CONFIG};

	my $node = start_server('changes', 'owner');
	my ($current) = slurp_file('smsengage.control') =~ /^default_version\s*=\s*'(.*)'/m;
	# Rights by hand and by the store, and views on the store
	my $others = <<'SQL';
SELECT smsengage.grant_reader('tenant', 'A'), smsengage.grant_masked_reader('tenant', 'A');
GRANT SELECT ON smsengage.daily_metrics, smsengage.message_engagement, smsengage.event_masked TO dashboard;
GRANT SELECT (event_id) ON smsengage.message_engagement TO tenant;
CREATE SCHEMA bi;
CREATE VIEW bi.daily AS SELECT day, sent FROM smsengage.daily_metrics;
CREATE VIEW bi.engagement AS SELECT "EventID" FROM smsengage."MessageEngagement";
CREATE VIEW bi.people AS SELECT recipient FROM smsengage.event_masked;
SQL
	$node->safe_psql('postgres', 'CREATE ROLE tenant LOGIN; CREATE ROLE dashboard');
	database('before', 'CREATE EXTENSION smsengage', 'SELECT smsengage.create_store()', join("\n", @fill), $use, $others);
	my $rows = ask('before', $data);
	cmp_ok(scalar(split /\n/, $rows), '>', 100, 'there are rows to lose');

	# What else holds after each change: what stands in the way of the update or
	# of migrate() and is named, and a question to the store that came along
	my %after = (
		column => {
			before => q{SELECT event_type, extra FROM smsengage.parse('native', '{"event_type":"CLICK","operator":"O2"}'::text)}, then => 'CLICK|',
			ask => q{SELECT accepted FROM smsengage.ingest('native', '{"event_type":"CLICK","event_id":"o","operator":"O2"}', 'A'); SELECT operator, operator IS NULL FROM smsengage.event_masked WHERE operator IS NOT NULL;
				SELECT operator, extra FROM smsengage.parse('native', '{"event_type":"CLICK","operator":"O2","more":1}'::text)}, answer => '1\nO2|f\nO2|{"more":1}' },
		report_column => {
			in_the_way => 'CREATE VIEW bi.report AS SELECT day FROM smsengage.daily_report()', named => 'view bi\.report', of => 'update',
			ask => "SELECT count(*) = 90, count(*) FILTER (WHERE answers <> replies + helps) FROM smsengage.daily_metrics", answer => 't|0' },
		aggregate => {
			ask => "SELECT max(r) FROM (SELECT smsengage.funnel(event_type, event_time, '{SENT,DELIVERED}', '7 days') AS r FROM smsengage.event WHERE account = 'A' GROUP BY message_key) f",
			answer => '2' },
		type => { ask => "SELECT event_type, operator IS NULL FROM smsengage.parse('native', '{\"event_type\":\"CLICK\"}'::text)", answer => 'CLICK|t' },
		view_column => {
			in_the_way => 'CREATE VIEW bi.times AS SELECT event_date_time FROM smsengage.message_engagement', named => 'view bi\.times', of => 'migrate',
			ask => 'SELECT count(*) > 5 FROM smsengage."MessageEngagement"', answer => 't' },
		argument => { ask => 'SELECT count(*) FROM smsengage.cost_report(with_tests => true)', answer => '\d+' },
		comment => { ask => "SELECT obj_description('smsengage.tally'::regtype) ~ '^In other words'", answer => 't' },
		policy => {
			as => 'tenant', ask => q{SELECT count(*) > 40, count(*) FILTER (WHERE account <> 'A') FROM smsengage.event}, answer => 't|0',
			unanswered => 'SELECT count(*) FROM smsengage.event' },
		index => { ask => "SELECT pg_get_indexdef('smsengage.contact_point_individual_no_idx'::regclass)", answer => '.*\(individual_no, last_day\)' },
		default => { ask => "INSERT INTO smsengage.block_policy (code, valid_from, description, scope) VALUES (600, 'now', 'x', 'none') RETURNING user_deletable", answer => 'f' });
	my @changes = grep { $_ ne 'edit' } map { m{/(\w+)\.sh$} } sort(glob('test/upgrade/*.sh'));
	is("@changes", join(' ', sort keys %after), 'each change is looked at');

	foreach my $change (@changes)
	{
		my $tree = "$dir/$change";
		my %then = %{ $after{$change} };
		mkdir $tree;
		system("tar -cf - --exclude='smsengage--*' --exclude='*.o' --exclude='*.bc' Makefile smsengage.control sql src test/upgrade | tar -xf - -C '$tree'") == 0 or BAIL_OUT('tar');
		system("cd '$tree' && rm -rf sql/updates && BY_HAND=$current--$change sh -e -c '. test/upgrade/edit.sh; . test/upgrade/$change.sh'") == 0 or BAIL_OUT($change);
		my $new = build_sql($tree);
		append_to_file("$tree/new.sql", $new);
		my $updates = "$tree/sql/updates";
		my @arguments = ("sql/smsengage--$current.sql", "$tree/new.sql", $current, $change);
		like((changes(@arguments, "$tree/none"))[1], qr{; write into \Q$tree\E/none/$current--$change\.sql what brings that about, as\n}, "$change: not without a hand")
		  if -e "$updates/$current--$change.sql";
		my ($done, $update) = changes(@arguments, $updates);
		ok($done, "$change: an update script") or diag($update);
		next unless $done;
		add_version($change, $new, $current, $update);
		if (system("diff -r src '$tree/src' -x '*.o' -x '*.bc' > /dev/null") != 0)
		{
			local @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
			local $ENV{CCACHE_DISABLE} = 1;
			system("make -s -j2 -C '$tree' with_llvm=no COPT='-g0 -O0' smsengage.so") == 0 or BAIL_OUT("$change: make");
			put_library("$tree/smsengage.so");
		}

		$node->safe_psql('postgres', "CREATE DATABASE at_$change TEMPLATE before OWNER owner");
		is(ask("at_$change", $then{before}), $then{then}, "$change: before the update the new library serves the old version") if $then{before};
		my @steps = ([ update => "ALTER EXTENSION smsengage UPDATE TO '$change'" ], [ migrate => 'SELECT smsengage.migrate()' ]);
		ask("at_$change", $then{in_the_way}) if $then{in_the_way};
		foreach my $step (@steps)
		{
			if ($then{in_the_way} && $then{of} eq $step->[0])
			{
				like(complaint("at_$change", "\\set VERBOSITY verbose\n$step->[1]"), qr/ERROR:  2BP01: .*stands on (?:it|them)\nDETAIL:  $then{named}\nHINT:  Drop these, /, "$change: what others made is named");
				ask("at_$change", "DROP VIEW " . ($then{in_the_way} =~ /VIEW (\S+)/)[0]);
			}
			like(complaint("at_$change", $then{unanswered}, $then{as}), qr/ERROR:  the store is of an older version\n/, "$change: not migrated yet, there is an error and not another answer")
			  if $then{unanswered} && $step->[0] eq 'migrate';
			$done &&= is(complaint("at_$change", $step->[1]), '', "$change: $step->[0]");
		}
		next unless $done;
		is(other_rows(\$rows, "at_$change"), '', "$change: no row is lost or another");
		is(ask("at_$change", 'SELECT * FROM smsengage.doctor()'), '', "$change: doctor() finds nothing");
		database("fresh_$change", "CREATE EXTENSION smsengage VERSION '$change'", 'SELECT smsengage.create_store()', $others);
		is(difference("at_$change", "fresh_$change", 'event_\d{4}_'), '', "$change: updated and migrated, it equals a fresh install");
		if (ask("at_$change", 'SELECT count(*) FROM smsengage.store_migration') > 0)
		{
			ask("at_$change", 'DELETE FROM smsengage.store_migration; SELECT smsengage.migrate()');
			is(difference("at_$change", "fresh_$change", 'event_\d{4}_'), '', "$change: a migration may meet what it makes");
		}
		is(ask("at_$change", $later), '1|0|0|0', "$change: it takes events");
		like(ask("at_$change", $then{ask}, $then{as}), qr/^$then{answer}$/, "$change: and answers");
		ask("at_$change", "SELECT * FROM bi.$_") foreach qw(daily engagement people);
		$node->safe_psql('postgres', "DROP DATABASE $_") foreach "at_$change", "fresh_$change";
		put_library('smsengage.so');
	}
	is(ask('before', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing in the store they came from');
	$node->stop;
}

done_testing();

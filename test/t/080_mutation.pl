# Damaged inputs through SQL: parse() of every provider, casts to the types,
# their binary input by COPY, and ingest().  The server stays up, its process
# does not grow, a payload is never an error, and a bad value is one with the
# code of a bad value.
#
# SMS_MUTATIONS=100000 for more inputs than 3,000; SMS_SEED repeats a run.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../perl";
use Mutation qw(pick mutated);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $inputs = $ENV{SMS_MUTATIONS} // 3000;
my $seed = $ENV{SMS_SEED} // time % 1_000_000;
diag("seed $seed, $inputs inputs");
srand($seed);

my %payloads;
foreach my $file (glob('contrib/samples/*/*.json'))
{
	my ($provider) = $file =~ m{samples/([^/]+)/};
	push @{ $payloads{$provider} }, slurp_file($file);
}
push @{ $payloads{native} },
  '{"event_type":"CLICK","event_time":"2026-03-01T10:00:00Z","event_id":"e1","message_id":"m1","recipient":"+12025550101","link_name":"Spring","part":0,"price":"0.05","price_currency":"USD"}',
  '[{"event_type":"SENT","event_time":1772359200000,"message_id":"m2","recipient":"+12025550102","individual_id":"p2"}]';
my @providers = sort keys %payloads;
my @all_payloads = map { @{ $payloads{$_} } } @providers;

my %texts = (
	segment_rule => [
		'click >= 3 in last 1 month',
		"click[link_name = 'Spring'] >= 1 since '2026-03-01' and not unsubscribe in last 90 days",
		"delivered >= 1 in previous month at time zone 'Europe/Berlin' or (known and not in segment 'a')",
		"click > 2 between '2026-01-01' and '2026-02-01T10:00:00Z'",
	],
	tally => [ '{}', '{3,17:2,40}', '{0:2147483647,65535:2}', join('', '{', join(',', map { $_ * 7 } 0 .. 500), '}') ],
	delivery_state => [
		'SMS/0 delivered 4000 @2021-02-05T22:30:26.004Z by code',
		'SMS/254 undelivered 4500 @2021-02-06T00:00:00Z by code, delivered 2021-02-05T00:00:00Z, expired; VIBER_BM sent',
	],
);
my @types = sort keys %texts;

my $node = PostgreSQL::Test::Cluster->new('mutation');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = off\njit = off\nlog_min_messages = fatal\nlog_min_error_statement = panic");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store();');

# The inputs, as a file for COPY; those for recv are files of their own.
my $dir = PostgreSQL::Test::Utils::tempdir;
open my $out, '>', "$dir/inputs" or die $!;
my %binary;
foreach my $type (@types)
{
	foreach my $text (@{ $texts{$type} })
	{
		my $quoted = $text =~ s/'/''/gr;
		push @{ $binary{$type} },
		  pack('H*', $node->safe_psql('postgres', "SELECT encode(smsengage.${type}_send('$quoted'), 'hex')"));
	}
}
foreach my $n (1 .. $inputs)
{
	my $where = rand;
	my ($kind, $what, $bytes);
	if ($where < 0.6)
	{
		($kind, $what) = ('parse', pick(@providers));
		$bytes = mutated(pick(@{ $payloads{$what} }), pick(@all_payloads));
		$what = 'auto' if rand() < 0.1;
		$kind = 'ingest' if $where < 0.1;
	}
	elsif ($where < 0.8)
	{
		($kind, $what) = ('cast', pick(@types));
		$bytes = mutated(pick(@{ $texts{$what} }), pick(@{ $texts{$what} }));
	}
	else
	{
		($kind, $what) = ('recv', pick(@types));
		$bytes = mutated(pick(@{ $binary{$what} }), pick(@{ $binary{$what} }));
		open my $file, '>:raw', "$dir/$n" or die $!;
		print $file "PGCOPY\n\xff\r\n\0", pack('NNnN', 0, 0, 1, length $bytes), $bytes, pack('n', 0xffff);
		close $file;
	}
	printf $out "%d\t%s\t%s\t\\\\x%s\n", $n, $kind, $what, unpack('H*', $bytes);
}
close $out;

$node->safe_psql('postgres', <<"SQL");
CREATE TABLE input (n int PRIMARY KEY, kind text, what text, bytes bytea);
COPY input FROM '$dir/inputs';
CREATE TABLE outcome (n int, code text, problem text);
CREATE TABLE segment_rule_copied (v smsengage.segment_rule);
CREATE TABLE tally_copied (v smsengage.tally);
CREATE TABLE delivery_state_copied (v smsengage.delivery_state);

-- what came of it; problem: what should not be
CREATE FUNCTION try(i input, OUT code text, OUT problem text) LANGUAGE plpgsql AS \$body\$
DECLARE
	as_text text;
	a text;
	b text;
BEGIN
	code := '00000';
	BEGIN
		as_text := convert_from(i.bytes, 'UTF8');
	EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
		IF i.kind = 'cast' THEN
			RETURN;
		END IF;
	END;
	IF i.kind = 'parse' THEN
		SELECT string_agg(p::text, ';') INTO a FROM smsengage.parse(i.what, i.bytes, 'A', '2026-11-01Z') p;
		IF as_text IS NOT NULL THEN
			SELECT string_agg(p::text, ';') INTO b FROM smsengage.parse(i.what, as_text, 'A', '2026-11-01Z') p;
			IF a IS DISTINCT FROM b THEN
				problem := 'text and bytea differ';
			END IF;
		END IF;
	ELSIF i.kind = 'cast' THEN
		EXECUTE format('SELECT (\$1::smsengage.%I)::text, (\$1::smsengage.%1\$I)::text::smsengage.%1\$I::text', i.what)
			INTO a, b USING as_text;
		IF a IS DISTINCT FROM b THEN
			problem := 'another text after another reading';
		END IF;
	ELSIF i.kind = 'recv' THEN
		EXECUTE format('COPY %I FROM %L (FORMAT binary)', i.what || '_copied', '$dir/' || i.n);
	ELSE
		PERFORM smsengage.ingest(i.what, i.bytes);
	END IF;
EXCEPTION WHEN OTHERS THEN
	code := SQLSTATE;
	IF i.kind IN ('parse', 'ingest') OR SQLSTATE NOT IN ('22P02', '22003', '22P03', '22021', '42601', '54000', '54001', '08P01') THEN
		problem := SQLERRM;
	END IF;
END
\$body\$;

-- kilobytes that this process has in memory
CREATE FUNCTION resident() RETURNS int LANGUAGE sql AS \$body\$
	SELECT sum(m[1]::int)::int FROM regexp_matches(pg_read_file('/proc/self/status'), '(?:RssAnon):\\s+(\\d+) kB', 'g') m
\$body\$;
SQL

my $part = int($inputs / 4);
my ($code, $stdout, $stderr) = $node->psql('postgres', <<"SQL");
INSERT INTO outcome SELECT i.n, t.* FROM input i, try(i) t WHERE kind <> 'ingest' AND n <= $part;
SELECT resident();
INSERT INTO outcome SELECT i.n, t.* FROM input i, try(i) t WHERE kind <> 'ingest' AND n > $part;
SELECT resident();
SQL
is($code, 0, "the server is still there after $inputs inputs, seed $seed") or diag($stderr);
my ($before, $after) = split /\n/, $stdout;
note("resident: $before kB, then $after kB");
cmp_ok($after - $before, '<', 16 * 1024, 'its process has not grown') or diag("$before kB, then $after kB");

($code, $stdout, $stderr) = $node->psql('postgres',
	"INSERT INTO outcome SELECT i.n, t.* FROM input i, try(i) t WHERE kind = 'ingest'");
is($code, 0, 'nor did ingest() break it') or diag($stderr);

is( $node->safe_psql('postgres',
		"SELECT n, kind, what, code, problem, encode(substr(bytes, 1, 3000), 'escape') FROM outcome JOIN input USING (n) WHERE problem IS NOT NULL ORDER BY length(bytes) LIMIT 5"),
	'', 'no payload is an error, and errors are those of bad values');
is($node->safe_psql('postgres', 'SELECT count(*) FROM input LEFT JOIN outcome USING (n) WHERE code IS NULL'),
	0, 'every input was tried');
note($node->safe_psql('postgres',
		'SELECT kind, code, count(*) FROM outcome JOIN input USING (n) GROUP BY 1, 2 ORDER BY 1, 2'));
# what got in is sound
is($node->safe_psql('postgres', join ' UNION ALL ',
		map { "SELECT '$_', v::text FROM ${_}_copied WHERE smsengage.${_}_send(v::text::smsengage.$_) <> smsengage.${_}_send(v)" } @types),
	'', 'a value that binary input takes is the one that its text gives');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM outcome JOIN input USING (n) WHERE kind = 'cast' AND code = '00000'"),
	'>', 0, 'some values are still good');
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM smsengage.event'), '>', 0, 'some events are still good');
is($node->safe_psql('postgres', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing');

$node->stop;
done_testing();

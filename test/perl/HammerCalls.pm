# Statements that call the functions and aggregates of the catalogue, each in
# the ways SQL has: in a list of columns, as a table, beside others, over
# groups, in windows, by workers, in aggregates made of support functions.
package HammerCalls;

use strict;
use warnings;
use Exporter qw(import);
use HammerValues qw(chance quoted value learn);
use Mutation qw(pick);

our @EXPORT_OK = qw(read_catalogue prepare_statements call_statements binary_statements);

my (@functions, @aggregates, @transitions, %combining, %finals);
# those with a binary form, and forms that were taken
my @binary_types;
my $made = 0;

# Every C function and aggregate, and what reads in SQL and PL/pgSQL
my $catalogue = <<'SQL';
SELECT p.oid::regproc, p.prokind, l.lanname, p.proretset, format_type(p.prorettype, NULL),
	(SELECT string_agg(format_type(a.type, NULL) || ':' || coalesce(p.proargnames[a.no], ''), ';' ORDER BY a.no) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY a(type, no)),
	p.provariadic <> 0
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.prokind IN ('f', 'a') AND (l.lanname = 'c' OR p.prokind = 'a' OR p.provolatile IN ('i', 's'))
	AND NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[]) t(oid) WHERE t.oid IN ('internal'::regtype, 'trigger'::regtype))
ORDER BY p.oid::regprocedure::text COLLATE "C"
SQL

my $binary = <<'SQL';
SELECT t.typname FROM pg_type t WHERE t.typnamespace = 'smsengage'::regnamespace AND t.typreceive::oid <> 0 AND t.typsend::oid <> 0
	AND t.typtype = 'b' AND t.typcategory <> 'A' ORDER BY 1
SQL

# Whole values of those types; %s: a number to choose by
my %whole = (
	tally => "smsengage.tally(ARRAY(SELECT (g * %s %% 65536) FROM generate_series(0, %s %% 700) g), NULL)",
	day_tally => "smsengage.day_tally('2025-05-01 00:00:00+00'::timestamptz + %s %% 96 * interval '15 minutes', smsengage.tally(ARRAY[%s, 7, 65535]))",
	delivery_state => "smsengage.delivery_report('delivered', %s, '2025-05-01 00:00:00+00', 'SMS', %s %% 255, 'code', NULL)",
	segment_rule => "('click >= 1 in last %s days and (not sent or delivered >= %s since ''2025-05-01'')')::smsengage.segment_rule");

# What a query says, line by line
sub lines
{
	my ($session, $query) = @_;
	my $answer = $session->run($query);

	die "$query\n$answer->{output}" if $answer->{lost} || $answer->{late} || @{ $answer->{errors} };
	return split /\n/, $answer->{output};
}

# read_catalogue SESSION, FOLDER OF THE TESTS: what there is, in words
sub read_catalogue
{
	my ($session, $tests) = @_;
	my %makers;

	foreach my $line (lines($session, $catalogue))
	{
		my ($name, $kind, $language, $is_set, $result, $arguments, $variadic) = split /\|/, $line;
		my @arguments = map { my ($type, $argument) = split /:(?!:)/; { type => $type, name => $argument // '' } } split /;/, $arguments;
		my $function = { name => $name, is_set => $is_set eq 't', result => $result, arguments => \@arguments, language => $language, variadic => $variadic eq 't' };

		push @{ $kind eq 'a' ? \@aggregates : \@functions }, $function;
		next if $kind eq 'a' || $is_set eq 't' || $language ne 'c';
		push @{ $makers{$result} }, $function if $name !~ /(?:_in|_out|ingest|insert_batch|batch_from)$/;
		# what could be the step of an aggregate, or the end of one
		push @transitions, $function if @arguments && $arguments[0]{type} eq $result;
		push @{ $combining{$result} }, $function if @arguments == 2 && $arguments[0]{type} eq $result && $arguments[1]{type} eq $result;
		push @{ $finals{ $arguments[0]{type} } }, $function if @arguments == 1;
	}
	@binary_types = lines($session, $binary);
	die "no functions, or no types with a binary form\n" if !@functions || !@aggregates || !@binary_types || grep { !$whole{$_} } @binary_types;
	learn(\%makers, "$tests/sql");
	return scalar(@functions) . ' functions, ' . scalar(@aggregates) . ' aggregates, ' . scalar(@binary_types) . ' types with a binary form';
}

# Statements before all others: tables to take values from
sub prepare_statements
{
	my @statements = ($HammerValues::setup,
		'CREATE TABLE hammer.source (no serial, payload text, raw bytea, doc json)',
		'CREATE TABLE hammer.bytes (no serial, v bytea)',
		'CREATE SEQUENCE hammer.numbers');

	foreach my $type (@binary_types)
	{
		push @statements, "CREATE TABLE hammer.some_$type (no int DEFAULT nextval('hammer.numbers'), v smsengage.$type)";
		push @statements, map { "INSERT INTO hammer.some_$type (v) VALUES (" . sprintf($whole{$type} =~ s/%s/%1\$s/gr, $_ * 37 % 1999) . ')' } 1 .. 12;
	}
	push @statements, 'CREATE TABLE hammer.arguments (g int, no bigint, t timestamptz, x text, b bytea, ' . join(', ', map { "$_ smsengage.$_" } @binary_types) . ')';
	return @statements;
}

# A value as bytes, damaged, in a file for COPY into the table of its type; and
# a look at what was taken
sub binary_statements
{
	my ($session, $file) = @_;
	my $type = pick(@binary_types);
	my $bytes = $session->run("SELECT encode(hammer.damaged(hammer.damaged(smsengage.${type}_send(v), " . int(rand 1e9) . '), ' . int(rand 1e9) .
		"), 'hex') FROM hammer.some_$type ORDER BY no OFFSET " . int(rand 40) . ' LIMIT 1')->{output};

	return if $bytes !~ /^([0-9a-f]+)\n?$/;
	$bytes = pack 'H*', $1;
	open my $out, '>:raw', $file or die "$file: $!";
	print $out "PGCOPY\n\xff\r\n\0", pack('NNnN', 0, 0, 1, length $bytes), $bytes, pack('n', 0xffff);
	close $out;
	# output and comparison of what was taken
	return "COPY hammer.some_$type (v) FROM '$file' (FORMAT binary)",
		"SELECT left(max(v::text), 80), count(*), count(DISTINCT v), max(smsengage.${type}_send(v)) IS NULL FROM hammer.some_$type WHERE no > (SELECT max(no) - 5 FROM hammer.some_$type)";
}

sub arguments_of
{
	my ($function, $context) = @_;

	return join ', ', map {
		my $argument = $function->{arguments}[$_];
		my $value = value($argument->{type}, $argument->{name}, 0, $context);
		# two values, by row
		$value = "CASE WHEN q.g % 2 = 0 THEN $value ELSE " . value($argument->{type}, $argument->{name}, 1, $context) . ' END'
			if $context->{rows} && chance(0.3);
		($function->{variadic} && $_ == $#{ $function->{arguments} } ? 'VARIADIC ' : '') . $value
	} 0 .. $#{ $function->{arguments} };
}

# What a call says, in short, so that output functions run
sub shown
{
	my ($from) = @_;
	return "SELECT count(*), left(max(t::text), 60) FROM $from";
}

sub function_statement
{
	my ($function) = @_;
	my %context;
	my $from = 'generate_series(1, ' . pick(1, 2, 3, 5) . ') q(g)';

	if (grep { $_->{type} eq 'smsengage.parsed_batch' } @{ $function->{arguments} })
	{
		my $batch = value('smsengage.parsed_batch', '', 0, {});
		$from = "(SELECT $batch AS b, g FROM generate_series(1, " . pick(1, 1, 2) . ') g OFFSET 0) q';
		$context{batch} = 'q.b';
	}
	$context{rows} = 1;
	my $call = "$function->{name}(" . arguments_of($function, \%context) . ')';

	return "SELECT count(*) FROM (SELECT $call FROM $from LIMIT " . pick(1, 2, 1000) . ') x' if chance(0.1);
	return shown("$from, LATERAL (SELECT * FROM $call t LIMIT " . pick(1, 3, 100_000) . ') t') if $function->{is_set} && chance(0.4);
	return shown("$from, LATERAL $call t") if $function->{is_set} || chance(0.2);
	return shown("(SELECT $call AS t FROM $from) x");
}

my @windows = (
	'ORDER BY q.k', 'PARTITION BY q.g ORDER BY q.k ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING', 'ORDER BY q.k ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
	'ORDER BY q.g GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES', 'ORDER BY q.k ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW');
my @groups = ('q.g', 'GROUPING SETS ((q.g), (q.k), ())', 'CUBE (q.g, q.k)', 'ROLLUP (q.g, q.k)', 'GROUPING SETS ((q.k), (q.k))');

# Rows of random arguments: their text, and how the columns are called
sub argument_rows
{
	my ($arguments) = @_;
	my @rows;

	foreach my $k (1 .. pick(1, 2, 4, 9))
	{
		push @rows, '(' . join(', ', $k, pick(1, 1, 2), map { value($_->{type}, $_->{name}, 0, {}) } @$arguments) . ')';
	}
	return ('(VALUES ' . join(', ', @rows) . ') q(k, g' . join('', map { ", a$_" } 1 .. @$arguments) . ')', join(', ', map { "q.a$_" } 1 .. @$arguments));
}

sub aggregate_statement
{
	my ($name, $arguments) = @_;
	my ($rows, $columns) = argument_rows($arguments);
	my $one = @$arguments == 1 ? $columns : undef;

	my @forms = (
		"SELECT $name($columns)::text AS t FROM $rows",
		"SELECT $name($columns) FILTER (WHERE q.k % 2 = 1)::text AS t FROM $rows GROUP BY " . pick(@groups),
		"SELECT $name($columns ORDER BY q.k DESC)::text AS t FROM $rows GROUP BY " . pick(@groups),
		"SELECT ($name($columns) OVER (" . pick(@windows) . "))::text AS t FROM $rows",
		"SELECT x.t::text AS t FROM generate_series(1, 3) n, LATERAL (SELECT $name($columns) AS t FROM $rows WHERE q.k <= n) x");
	push @forms, "SELECT $name(DISTINCT $one)::text AS t FROM $rows" if $one;
	return shown('(' . pick(@forms) . ') x(t)');
}

# The same over a table, by hash or sort and by workers
sub table_statement
{
	my ($aggregate) = @_;
	my %column = (bigint => 'r.no', integer => 'r.no::int', text => 'r.x', 'timestamp with time zone' => 'r.t', bytea => 'r.b', interval => "interval '1 day'", 'text[]' => "'{CLICK,REPLY}'::text[]",
		map { ("smsengage.$_" => "r.$_") } @binary_types);
	my $columns = join ', ', map { $column{ $_->{type} } // return } @{ $aggregate->{arguments} };

	# a worker takes long to start, so that other statements go without
	my %set = (max_parallel_workers_per_gather => pick(0, 2), enable_hashagg => pick('on', 'off'), enable_sort => pick('on', 'off'),
		min_parallel_table_scan_size => 0, parallel_setup_cost => 0, parallel_tuple_cost => 0);
	return (map({ "SET $_ = $set{$_}" } sort keys %set),
		shown("(SELECT $aggregate->{name}($columns)::text AS t FROM hammer.arguments r" . pick('', ' GROUP BY r.g', ' GROUP BY GROUPING SETS ((r.g), ())') . ') x'),
		'RESET enable_hashagg', 'RESET enable_sort', 'SET max_parallel_workers_per_gather = 0');
}

# New rows for that table
sub refill_statements
{
	my @rows = map {
		'(' . join(', ', pick(1, 2, 3), (map { value($_, '', 1, {}) } 'bigint', 'timestamp with time zone'), quoted(pick('CLICK', 'REPLY', 'SENT', '')),
			value('bytea', '', 1, {}), map { value("smsengage.$_", '', 1, {}) } @binary_types) . ')'
	} 1 .. 6;

	return ('DELETE FROM hammer.arguments WHERE g = ' . pick(1, 2, 3), map({ "INSERT INTO hammer.arguments VALUES $_" } @rows),
		'INSERT INTO hammer.arguments SELECT r.* FROM hammer.arguments r, generate_series(1, 40) LIMIT 800');
}

# An aggregate that somebody made of support functions, with a state of their own
sub own_aggregate_statements
{
	my $step = pick(@transitions);
	my ($state, @arguments) = @{ $step->{arguments} };
	my $name = 'hammer.aggregate_' . ++$made;
	my $more = '';

	return if grep { $_->{type} =~ /parsed_batch/ } $state, @arguments;
	$more .= ", COMBINEFUNC = " . pick(@{ $combining{ $state->{type} } })->{name} . ', PARALLEL = SAFE' if $combining{ $state->{type} } && chance(0.5);
	$more .= ", FINALFUNC = " . pick(@{ $finals{ $state->{type} } })->{name} if $finals{ $state->{type} } && chance(0.4);
	if ($state->{type} eq 'bytea')
	{
		my @words = map { pick(0, 1, 2, 8, 16, 100_000, 0x7fffffff, 0xffffffff, 0x01000000, 0x80000000) } 1 .. pick(1, 2, 3, 4, 6, 9);
		$more .= ", INITCOND = '" . ('\\x' . unpack 'H*', pack 'V*', @words) . "'" if chance(0.8);
	}
	elsif ($state->{type} =~ /tally|state|rule/)
	{
		$more .= ', INITCOND = ' . quoted(HammerValues::literal_of($state->{type} =~ /(\w+)$/ && $1 =~ /tally/ ? 'tally' : $1)) if chance(0.5);
	}
	return ("CREATE AGGREGATE $name(" . join(', ', map { $_->{type} } @arguments) . ") (SFUNC = $step->{name}, STYPE = $state->{type}$more)",
		map({ aggregate_statement($name, \@arguments) } 1 .. pick(1, 2, 4)), table_statement({ name => $name, arguments => \@arguments }),
		"DROP AGGREGATE $name(" . join(', ', map { $_->{type} } @arguments) . ')') if @arguments;
	return;
}

# What batch_from() reads
sub source_statements
{
	my ($provider, $text) = HammerFeed::feed();

	return ('TRUNCATE hammer.source', 'INSERT INTO hammer.source (payload, raw, doc) VALUES ' . join ', ', map {
		my (undef, $payload) = HammerFeed::feed($provider);
		'(' . quoted($payload) . ', ' . HammerValues::bytes_of($payload) . ', NULL)'
	} 1 .. pick(1, 3, 8));
}

# The next statements, at least one
sub call_statements
{
	my $what = rand();

	# the library itself for the most part
	return function_statement(pick(grep { $_->{language} eq 'c' } @functions)) if $what < 0.66;
	return function_statement(pick(grep { $_->{language} ne 'c' } @functions)) if $what < 0.74;
	return aggregate_statement(@{ pick(@aggregates) }{qw(name arguments)}) if $what < 0.84;
	return table_statement(pick(@aggregates)) if $what < 0.88;
	return refill_statements() if $what < 0.90;
	return source_statements() if $what < 0.91;
	return own_aggregate_statements();
}

1;

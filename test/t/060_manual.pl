# README.md and doc/*.md tell the truth: their examples run and give what
# stands below them, their links lead somewhere, and doc/reference.md is what
# the catalogue says.
#
# A block "sql" runs in the database of its page, and a block "text" behind it
# is what psql prints, errors included.  The database of README.md begins
# empty and is the reader's after its tutorial; each page begins with a copy of
# that, so pages may be read in any order.  "sql demo" runs in the database of
# "make demo", "sql norun" nowhere.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my @pages = sort glob 'doc/*.md';
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', "timezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', $_) foreach (
	'CREATE ROLE owner LOGIN', 'CREATE DATABASE readme OWNER owner', 'CREATE DATABASE demo OWNER owner',
	'CREATE ROLE analyst', 'CREATE ROLE gateway', 'CREATE ROLE agency');

# What psql prints, as a reader compares it.
sub printed
{
	my ($database, $sql, @options) = @_;
	my $out = '';

	IPC::Run::run([ 'psql', '-X', '-q', '-P', 'footer=off', '-P', 'null=-', '-h', $node->host, '-p', $node->port,
			'-U', 'owner', '-d', $database, @options ], '<', \$sql, '>', \$out, '2>&1');
	return plain($out);
}

sub plain
{
	my ($text) = @_;
	return join "\n", grep { length } map { s/\s+$//r } split /\n/, $text;
}

sub database_of
{
	my ($page) = @_;
	return $page =~ /(\w+)\.md$/ ? lc $1 : die $page;
}

# Runs what stands in a page; returns how many examples that were.
sub run_examples
{
	my ($page) = @_;
	my $text = slurp_file($page);
	my $examples = 0;

	while ($text =~ /^```sql([^\n]*)\n(.*?)^```\n(?:\s*^```text\n(.*?)^```\n)?/msg)
	{
		my ($kind, $sql, $want) = ($1, $2, $3);
		my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);

		next if $kind eq ' norun';
		if (!$examples++ && $page ne 'README.md')
		{
			$node->safe_psql('postgres', 'CREATE DATABASE ' . database_of($page) . ' OWNER owner TEMPLATE readme');
		}
		my $got = printed($kind eq ' demo' ? 'demo' : database_of($page), $sql);
		if (defined $want)
		{
			is($got, plain($want), "$page, line $line");
		}
		else
		{
			unlike($got, qr/^(ERROR|FATAL):/m, "$page, line $line: no error");
		}
	}
	return $examples;
}

{
	my $done = IPC::Run::run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', $node->host, '-p', $node->port, '-U', 'owner',
			'-d', 'demo', '-f', 'demo.sql' ], '>', \my $out, '2>', \my $err, init => sub { chdir 'contrib/demo' or die $! });
	ok($done, 'the demo runs') or diag $err;
}

my $examples = 0;
$examples += run_examples($_) foreach ('README.md', @pages);
cmp_ok($examples, '>', 55, 'there are examples');

my ($rules) = slurp_file('doc/segments.md') =~ /^\| Rule \|.*\n\|.*\n((?:\|.*\n)+)/m;
foreach my $rule ($rules =~ /^\| `([^`]+)`/mg)
{
	like(printed('segments', "SELECT smsengage.segment_size(\$\$$rule\$\$) >= 0 AS holds"), qr/^ t$/m, $rule);
}

# psql runs a command of reference.sql, in the folder we are in.
{
	my $done = IPC::Run::run([ 'psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', $node->host, '-p', $node->port, '-U', 'owner',
			'-d', 'readme', '-f', 'test/reference.sql' ], '>', \my $true, '2>', \my $err);
	ok($done, 'the catalogue is printed') or diag $err;
	my $standing = slurp_file('doc/reference.md');
	my %true = map { $_ => 1 } split /\n/, $true;
	my %standing = map { $_ => 1 } split /\n/, $standing;

	ok($true eq $standing, 'doc/reference.md is what the catalogue says')
	  or diag join "\n", 'call "make reference": it lacks these lines', (grep { !$standing{$_} } sort keys %true),
		'and has these too much', (grep { !$true{$_} } sort keys %standing);
	unlike($true, qr/^## Others/m, 'each function has its section');
}

{
	my @internal = split /\n/, $node->safe_psql('readme', <<'SQL');
SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'smsengage_internal'::regnamespace
	AND proname NOT IN (SELECT proname FROM pg_proc WHERE pronamespace IN ('smsengage'::regnamespace, 'pg_catalog'::regnamespace))
SQL
	my $any = join '|', map { quotemeta } @internal;

	cmp_ok(scalar @internal, '>', 100, 'there are internals');
	foreach my $page ('README.md', @pages)
	{
		is_deeply([ slurp_file($page) =~ /\b((?:$any)\()/g ], [], "$page names no internal");
	}
}

# Headings as anchors, as code hosts make them.
sub anchors
{
	my ($text) = @_;
	my @names;

	foreach ($text =~ /^#+ (.*)$/mg)
	{
		my $name = lc s/[`*]//gr;
		$name =~ s/[^\w -]//g;
		push @names, $name =~ tr/ /-/r;
	}
	return @names;
}

my @all = ('README.md', 'CHANGELOG.md', @pages, glob('contrib/*/README.md'), 'test/README.md');
my (%anchor, %links);
foreach my $page (@all)
{
	my $text = slurp_file($page) =~ s/^```.*?^```$//msgr;
	my %seen;

	is_deeply([ grep { $seen{$_}++ } anchors($text) ], [], "$page: no two headings have one name") if $page ne 'CHANGELOG.md';
	$anchor{$page}{$_} = 1 foreach anchors($text);
	$links{$page} = [ grep { !/^https?:/ } ($text =~ s/`[^`\n]*`//gr) =~ /\]\(([^)\s]+)\)/g ];
}
foreach my $page (@all)
{
	my @astray;

	foreach my $link (@{ $links{$page} })
	{
		my ($to, $name) = $link =~ /^([^#]*)(?:#(.*))?$/;
		my $path = $to eq '' ? $page : dirname($page) eq '.' ? $to : dirname($page) . "/$to";
		1 while $path =~ s{(?:^|(?<=/))(?!\.\.)[^/]+/\.\./}{};
		push @astray, $link if !-e $path || defined $name && !$anchor{$path}{$name};
	}
	is_deeply(\@astray, [], "$page: its links lead somewhere");
}
my %linked = map { s/#.*//r => 1 } @{ $links{'README.md'} };
is_deeply([ grep { !$linked{$_} } @pages ], [], 'README.md leads to every page');
cmp_ok(-s 'README.md', '<', 25_000, 'README.md is short');

StoreTest::all_sound($node);
done_testing();

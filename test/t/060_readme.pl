# README.md tells the truth: its examples run and give what stands below them,
# its reference has every function, table and view.
#
# A block "sql" runs in the database of the manual, which the blocks fill one
# after the other; a block "text" behind it is what psql prints, errors
# included.  "sql demo" runs in the database of "make demo", "sql norun" nowhere.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', "timezone = 'UTC'");
$node->start;
$node->safe_psql('postgres', $_) foreach (
	'CREATE ROLE owner LOGIN', 'CREATE DATABASE manual OWNER owner', 'CREATE DATABASE demo OWNER owner',
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

{
	my $done = IPC::Run::run([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', $node->host, '-p', $node->port, '-U', 'owner',
			'-d', 'demo', '-f', 'demo.sql' ], '>', \my $out, '2>', \my $err, init => sub { chdir 'contrib/demo' or die $! });
	ok($done, 'the demo runs') or diag $err;
}

my $readme = slurp_file('README.md');
my $examples = 0;
while ($readme =~ /^```sql([^\n]*)\n(.*?)^```\n(?:\s*^```text\n(.*?)^```\n)?/msg)
{
	my ($kind, $sql, $want) = ($1, $2, $3);
	my $line = 1 + (substr($readme, 0, $-[0]) =~ tr/\n//);

	next if $kind eq ' norun';
	my $got = printed($kind eq ' demo' ? 'demo' : 'manual', $sql);
	$examples++;
	if (defined $want)
	{
		is($got, plain($want), "README.md, line $line");
	}
	else
	{
		unlike($got, qr/^(ERROR|FATAL):/m, "README.md, line $line: no error");
	}
}
cmp_ok($examples, '>', 40, 'there are examples');

my ($rules) = $readme =~ /^\| Rule \|.*\n\|.*\n((?:\|.*\n)+)/m;
foreach my $rule ($rules =~ /^\| `([^`]+)`/mg)
{
	like(printed('manual', "SELECT smsengage.segment_size(\$\$$rule\$\$) >= 0 AS holds"), qr/^ t$/m, $rule);
}

my @lines = split /\n/, $node->safe_psql('manual', slurp_file('test/reference.sql'));
my %standing = map { $_ => 1 } split /\n/, $readme;
my @missing = grep { !$standing{$_} } @lines;
ok(!@missing, 'the reference has all functions, tables and views') or diag join "\n", 'README.md lacks these lines:', @missing;
my %true = map { $_ => 1 } @lines;
my @other = grep { /^- `.*<br>/ && !$true{$_} } sort keys %standing;
ok(!@other, 'and no other function') or diag join "\n", 'README.md has these lines too much:', @other;

my %anchor;
foreach ($readme =~ /^#+ (.*)$/mg)
{
	my $name = lc s/[`*]//gr;
	$name =~ s/[^a-z0-9 _-]//g;
	$anchor{ $name =~ tr/ /-/r } = 1;
}
is_deeply([ grep { !$anchor{$_} } $readme =~ /\]\(#([^)]+)\)/g ], [], 'its links lead somewhere');
is_deeply([ grep { !-e } $readme =~ /\]\(((?:contrib|test|src|sql)[^)#]*|[A-Z]+(?:\.md)?)\)/g ], [], 'and so do those to files');

StoreTest::all_sound($node);
done_testing();

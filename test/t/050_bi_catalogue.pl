# The views as report builders see them, through JDBC and ODBC: only types
# that every tool knows, numbers with a size, a remark on everything.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";

use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $here = dirname(__FILE__) . '/../bi';
my ($jar) = grep { -e } ('/usr/share/java/postgresql.jar', '/usr/share/java/postgresql-jdbc4.jar');
my $java = $jar && system('java -version > /dev/null 2>&1') == 0;
my $odbc = -e '/usr/include/sql.h' && glob('/usr/lib/*/odbc/psqlodbcw.so');

plan skip_all => 'needs libpostgresql-jdbc-java with a JRE, or odbc-postgresql with unixodbc-dev'
	unless $java || $odbc;

my $node = PostgreSQL::Test::Cluster->new('bi');
$node->init;
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()');
my $port = $node->port;
my $user = $node->safe_psql('postgres', 'SELECT current_user');

my $expected = $node->safe_psql('postgres', q(
	SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v'));
my %is_view = map { $_ => 1 } split /\n/, $node->safe_psql('postgres',
	q(SELECT relname FROM pg_class WHERE relnamespace = 'smsengage'::regnamespace AND relkind = 'v'));

SKIP:
{
	skip 'no JDBC driver or no JRE', 5 unless $java;
	my ($out, $err) = run_command([ 'java', '-cp', $jar, "$here/Catalogue.java", "jdbc:postgresql://127.0.0.1:$port/postgres?user=$user" ]);
	is($err, '', 'JDBC: nothing goes wrong');
	my (%seen, @types, @sizes, @remarks);
	for (split /\n/, $out)
	{
		my ($view, $column, $type, $name, $size, $digits, $remark) = split /\|/, $_, 7;
		next unless defined $remark && $is_view{$view};
		push @remarks, "$view.$column" if $remark eq '';
		next if $column eq '';
		$seen{"$view.$column"} = 1;
		# VARCHAR, INTEGER, SMALLINT, BIGINT, NUMERIC, BIT, BOOLEAN, DATE, TIMESTAMP
		push @types, "$view.$column $name ($type)" unless grep { $_ == $type } (12, 4, 5, -5, 2, -7, 16, 91, 93);
		push @types, "$view.$column $name" if $name =~ /"|citext|json|\[\]|interval/;
		push @sizes, "$view.$column" if $type == 2 && $size == 0;
	}
	is(scalar(keys %seen), $expected, 'JDBC: every column of every view is seen');
	is("@types", '', 'JDBC: only types that every tool knows');
	is("@sizes", '', 'JDBC: numbers have a size');
	is("@remarks", '', 'JDBC: a remark on every view and column');
	like($out, qr/rows of spring: 0/, 'JDBC: a filter with a parameter');
}

SKIP:
{
	skip 'no ODBC driver', 4 unless $odbc;
	my $program = PostgreSQL::Test::Utils::tempdir() . '/catalogue';
	is(system($ENV{CC} || 'cc', '-o', $program, "$here/catalogue.c", '-lodbc'), 0, 'ODBC: the reader builds');
	my $driver = (glob('/usr/lib/*/odbc/psqlodbcw.so'))[0];
	my ($out, $err) = run_command([ $program, "Driver=$driver;Servername=127.0.0.1;Port=$port;Database=postgres;Username=$user;BoolsAsChar=0;" ]);
	is($err, '', 'ODBC: nothing goes wrong');
	my (%seen, @bad);
	for (split /\n/, $out)
	{
		my ($view, $column, $type, $name, $size, $digits) = split /\|/, $_, 6;
		next unless $is_view{$view};
		$seen{"$view.$column"} = 1;
		# LONGVARCHAR, VARCHAR and their wide kin, integers, NUMERIC, BIT, dates and times
		push @bad, "$view.$column $name ($type)" unless grep { $_ == $type } (-1, 12, -9, -10, 4, 5, -5, 2, -7, 91, 93);
		push @bad, "$view.$column $name" unless $name =~ /^(text|varchar|int2|int4|int8|numeric|bool|date|timestamptz)$/;
		# what psqlODBC says of a number without a size
		push @bad, "$view.$column has no size" if $name eq 'numeric' && $size == 28;
	}
	is(scalar(keys %seen), $expected, 'ODBC: every column of every view is seen');
	is("@bad", '', 'ODBC: only types that every tool knows');
}

StoreTest::all_sound($node);
$node->stop;
done_testing();

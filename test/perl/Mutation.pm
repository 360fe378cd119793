# Damaged inputs: pieces of what is good, changed at random.
package Mutation;

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(pick mutated);

# Pieces that parsers trip over
our @tokens = (
	'{', '}', '[', ']', ',', ':', '"', '\\', '\\u0000', '\\ud800', '\\udc00\\ud800', '"":', 'null', 'true', '-', '-0',
	'1e999', '1e-999', '9' x 40, '18446744073709551616', '2147483648', '0001-01-01', '9999-12-31T23:59:60Z',
	'294277-01-01', "\0", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x80\xae", ' ' x 20, 'a' x 600,
	'(', ')', '((((((', 'not ', ' and ', ' or ', "'", "''", '--', '/*', '[' x 50, '{"a":' x 50, '%s%n', '; DROP', '@', '/', '..',
);

sub pick { return $_[ int rand @_ ] }

# A handful of changes; $other lends pieces.
sub mutated
{
	my ($s, $other) = @_;
	foreach (0 .. int rand 4)
	{
		my $at = int rand(length($s) + 1);
		my $n = int rand 2 ? int rand 8 : int rand(length($s) + 1);
		my $kind = int rand 8;
		if ($kind == 0 && $at < length $s) { substr($s, $at, 1) = chr(ord(substr($s, $at, 1)) ^ 1 << int rand 8); }
		elsif ($kind == 1) { substr($s, $at, $n) = ''; }
		elsif ($kind == 2) { substr($s, $at, 0) = substr($s, $at, $n); }
		elsif ($kind == 3) { substr($s, $at, 0) = pick(@tokens); }
		elsif ($kind == 4) { substr($s, $at) = ''; }
		elsif ($kind == 5) { substr($s, $at, $n) = substr($other, int rand length $other, int rand 200); }
		elsif ($kind == 6) { substr($s, $at, int rand 3) = chr int rand 256; }
		else
		{
			# another value for a number or a string
			my $new = pick(@tokens, int rand 1e6, '"' . pick(@tokens) . '"');
			my @spots;
			push @spots, [ $-[0], $+[0] - $-[0] ] while $s =~ /-?\d+|"[^"]*"/g;
			if (@spots) { my $spot = pick(@spots); substr($s, $spot->[0], $spot->[1]) = $new; }
		}
		$s = substr($s, 0, 100_000);
	}
	return $s;
}

1;

#!/usr/bin/env perl
#
# What leads from one install script to another, as an upgrade script: new and
# changed functions, procedures and comments, in the order of the newer one;
# what is gone is dropped first.  Dies at a change that needs a hand: of a
# type, an aggregate, an operator.
#
#   perl sql/changes.pl OLD.sql NEW.sql VERSION
#
use strict;
use warnings;

# The statements of a script, comments between them left out.  All begin in
# the first column; a body lies between dollar quotes, or BEGIN ATOMIC and END.
sub statements
{
	my ($file) = @_;
	my (@found, $open, $body);
	open(my $in, '<', $file) or die "$file: $!\n";
	while (my $line = <$in>)
	{
		next if !defined $open && $line !~ /^[A-Z]/;
		$open .= $line;
		$body = 0 if $body && ($body eq '$$' ? $line =~ /^\$\$/ : $line =~ /^END;/);
		$body = $1 if !$body && $line =~ /(\$\$|BEGIN ATOMIC)$/;
		next if $body || $line !~ /;$/;
		push @found, $open;
		undef $open;
	}
	return @found;
}

# An object is told by what its comment, which follows, calls it.
sub objects
{
	my (@order, %text, %comment, @created);
	foreach my $statement (statements(@_))
	{
		if ($statement =~ /^COMMENT ON (\w+(?: CLASS)?) (.*?) IS '/s)
		{
			my $name = "$1 $2";
			push @order, $name unless exists $comment{$name};
			$comment{$name} = $statement;
			$text{$name} = join('', @created) if @created;
			@created = ();
		}
		else { push @created, $statement; }
	}
	# what stands at the end is to be done again: it sets rights
	return { order => \@order, text => \%text, comment => \%comment, last => join('', @created) };
}

# What CREATE OR REPLACE cannot change: names of arguments, the result
sub face
{
	my ($text) = @_;
	my ($face) = $text =~ /^(.*?)^(?:LANGUAGE|AS )/ms;
	return ($face // $text) =~ s/ DEFAULT [^,)]*(?:\(\))?//gr;
}

die "usage: changes.pl OLD.sql NEW.sql VERSION\n" unless @ARGV == 3;
my ($old, $new) = map { objects($_) } @ARGV[ 0, 1 ];
print "\\echo Use \"ALTER EXTENSION smsengage UPDATE TO '$ARGV[2]'\" to load this file. \\quit\n\n";
print "DROP $_;\n" foreach grep { !exists $new->{comment}{$_} } reverse @{ $old->{order} };

foreach my $name (@{ $new->{order} })
{
	my ($was, $is) = map { $_->{text}{$name} // '' } $old, $new;
	if ($was ne $is)
	{
		my $text = $is;
		if ($was ne '')
		{
			die "$name needs a hand\n" unless $is =~ /^CREATE (?:FUNCTION|PROCEDURE) /;
			if (face($was) eq face($is)) { $text =~ s/^CREATE (?=FUNCTION|PROCEDURE)/CREATE OR REPLACE /gm; }
			else { print "DROP $name;\n"; }
		}
		print $text, $new->{comment}{$name}, "\n";
	}
	elsif ($old->{comment}{$name} ne $new->{comment}{$name})
	{
		print $new->{comment}{$name}, "\n";
	}
}
print $new->{last};

#!/usr/bin/env perl
#
# The update script from one version to another, made of both install scripts:
#
#   perl sql/changes.pl OLD.sql NEW.sql FROM TO [UPDATES_FOLDER]
#
# What it writes, in this order:
#
# 1. the functions of sql/store/detach.sql, and a call that takes the store's
#    views and policies off the functions and views that are dropped further on;
# 2. what a hand wrote into UPDATES_FOLDER/FROM--TO.sql, if that is there;
# 3. DROP for functions and procedures that are gone, or that CREATE OR REPLACE
#    cannot change, and for those that stand on them;
# 4. functions, procedures and views that are new or changed, and comments, in
#    the order of NEW; whatever else a hand dropped is made again from there;
# 5. the statements at the end of NEW, which set rights.
#
# A change that it cannot bring about (of a type, an aggregate, an operator, a
# cast) is an error, unless a statement of the hand-written part names that
# object; the error says what to write where.
#
use strict;
use warnings;

# What an update needs before anything else (sql/store/detach.sql)
my @FIRST = qw(not_migrated is_of_store dependents stub_view drop_view replace_view release_members);
my %BY_GENERATOR = map { $_ => 1 } qw(FUNCTION PROCEDURE VIEW);

# The tokens of a text, each as [kind, text, line]: word, string, quoted,
# sign; white space and comments as blank.
sub tokens
{
	my ($text, $file) = @_;
	my @tokens;
	my $line = 1;
	local $_ = $text;
	pos = 0;
	while (pos() < length)
	{
		my $kind =
		    /\G\s+/gc                                ? 'blank'
		  : /\G^\\\w+[^\n]*/gcm                     ? 'blank'    # for psql
		  : /\G--[^\n]*/gc                           ? 'blank'
		  : /\G(\/\*(?:(?1)|(?!\*\/|\/\*).)*\*\/)/gcs ? 'blank'
		  : /\G[eE]'(?:[^'\\]|\\.|'')*'/gcs          ? 'string'
		  : /\G'(?:[^']|'')*'/gc                     ? 'string'
		  : /\G"(?:[^"]|"")+"/gc                     ? 'quoted'
		  : /\G\$((?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?)\$.*?\$\g{-1}\$/gcs ? 'string'
		  : /\G[A-Za-z_\x80-\xff][\w\$\x80-\xff]*/gc ? 'word'
		  : /\G\d[\w.]*/gc                           ? 'word'
		  : /\G[^\s\w'"]/gc                          ? 'sign'
		  :                                            undef;
		die "$file:$line: a quote has no end\n" unless defined $kind;
		my $token = $&;
		# $1 is a sign and a number
		die "$file:$line: a quote or comment has no end\n" if $token eq '$' && !/\G\d/ || $token eq '/' && /\G\*/;
		push @tokens, [ $kind, $token, $line ];
		$line += ($token =~ tr/\n//);
	}
	return @tokens;
}

# The statements of a script: text, tokens without blanks, line.  One ends with
# a semicolon outside of parentheses and of BEGIN ATOMIC ... END.
sub statements
{
	my ($file) = @_;
	open(my $in, '<', $file) or die "$file: $!\n";
	my $text = do { local $/ = undef; <$in> };
	my (@found, @open);
	my ($parentheses, $blocks) = (0, 0);

	foreach my $token (tokens($text, $file))
	{
		my ($kind, $as_written, $line) = @$token;
		next if !@open && $kind eq 'blank';
		push @open, $token;
		my $word = $kind eq 'word' ? uc $as_written : $as_written;
		if ($kind eq 'word')
		{
			my @words = grep { $_->[0] ne 'blank' } @open[ ($#open > 2 ? -3 : -@open) .. -1 ];
			if ($blocks) { $blocks += $word eq 'CASE' ? 1 : $word eq 'END' ? -1 : 0; }
			elsif ($word eq 'ATOMIC' && @words > 1 && uc $words[-2][1] eq 'BEGIN') { $blocks = 1; }
		}
		next unless $kind eq 'sign';
		$parentheses += $word eq '(' ? 1 : $word eq ')' ? -1 : 0;
		next unless $word eq ';' && !$parentheses && !$blocks;
		my @tokens = grep { $_->[0] ne 'blank' } @open;
		pop @tokens;
		push @found, {
			text => join('', map { $_->[1] } @open) . "\n",
			tokens => [ map { $_->[1] } @tokens ],
			where => "$file:$open[0][2]"
		} if @tokens;
		@open = ();
	}
	die "$file:$open[0][2]: the statement has no end\n" if grep { $_->[0] ne 'blank' } @open;
	return @found;
}

# Tokens as one writes a name: smsengage.f(text, integer)
sub tidy
{
	my $text = join ' ', @_;
	$text =~ s/ ?([(.\[]) ?/$1/g;
	$text =~ s/ ?([)\],])/$1/g;
	return $text;
}

# What a statement is about: CREATE, DROP, ... and the object's kind and name;
# the rest of its tokens
sub about
{
	my @tokens = @_;
	my $verb = uc shift @tokens;
	return ($verb) unless $verb =~ /^(?:CREATE|ALTER|DROP|COMMENT)$/;
	shift @tokens if $verb eq 'COMMENT';
	splice @tokens, 0, 2 if @tokens > 1 && uc("@tokens[0, 1]") eq 'OR REPLACE';
	my $kind = uc shift @tokens;
	$kind .= ' ' . uc shift @tokens if $kind eq 'OPERATOR' && uc $tokens[0] =~ /^(?:CLASS|FAMILY)$/;
	splice @tokens, 0, 2 if @tokens > 1 && uc("@tokens[0, 1]") eq 'IF EXISTS';
	my @name;
	if ($kind eq 'CAST') { push @name, shift @tokens while @tokens && (!@name || $name[-1] ne ')'); }
	elsif ($kind eq 'OPERATOR')
	{
		push @name, splice @tokens, 0, 2 while @tokens > 1 && $tokens[1] eq '.';
		push @name, shift @tokens while @tokens && $tokens[0] =~ /^[-+*\/<>=~!@#%^&|`?]$/;
		@name = tidy(@name[ 0, 1 ]) . join '', @name[ 2 .. $#name ];
	}
	else
	{
		push @name, shift @tokens;
		push @name, splice @tokens, 0, 2 while @tokens && $tokens[0] eq '.';
	}
	return ($verb, $kind, tidy(@name), @tokens);
}

# What lies in the parentheses that come first, split at its commas
sub listed
{
	my @tokens = @_;
	my (@items, @item);
	my $depth = 0;
	foreach my $token (@tokens)
	{
		$depth-- if $token =~ /^[)\]]$/;
		last if $depth == 0 && @items + @item && $token eq ')';
		if ($depth == 1 && $token eq ',') { push @items, [@item]; @item = (); }
		elsif ($depth) { push @item, $token; }
		$depth++ if $token =~ /^[(\[]$/;
		last if $depth == 0;
	}
	push @items, [@item] if @item;
	return @items;
}

# Whether a name with types of arguments means this CREATE
sub is_meant
{
	my ($made, @identity) = @_;
	return 1 if $made->{kind} !~ /^(?:FUNCTION|PROCEDURE)$/;
	my @types = map { tidy(@$_) } listed(@identity);
	my @inputs = map { $_->{face} } grep { $_->{face} !~ /^OUT /i } @{ face($made)->{arguments} };
	return @types == @inputs && !grep { $inputs[$_] !~ /(?:^| )\Q$types[$_]\E$/ } 0 .. $#types;
}

# What CREATE OR REPLACE cannot change: names and types of arguments, a default
# that goes, the result
sub face
{
	my (undef, $kind, $name, @tokens) = about(@{ $_[0]{tokens} });
	my (@arguments, @result);
	foreach my $argument (listed(@tokens))
	{
		my @face;
		foreach (@$argument)
		{
			last if uc eq 'DEFAULT' || $_ eq '=';
			push @face, $_;
		}
		push @arguments, { face => tidy(@face), default => @face < @$argument };
	}
	my $depth = 0;
	foreach (@tokens)
	{
		$depth += $_ eq '(' ? 1 : $_ eq ')' ? -1 : 0;
		push @result, $_ if @result;
		push @result, uc if !$depth && uc eq 'RETURNS';
		last if @result && !$depth && /^(?:LANGUAGE|AS|IMMUTABLE|STABLE|VOLATILE|STRICT|COST|ROWS|PARALLEL|SECURITY|SET|BEGIN|RETURN|CALLED|LEAKPROOF|SUPPORT|WINDOW)$/i;
	}
	pop @result;
	return { arguments => \@arguments, result => tidy(@result) };
}

sub replaceable
{
	my ($was, $is) = map { face($_) } @_;
	return 0 if $was->{result} ne $is->{result} || @{ $was->{arguments} } != @{ $is->{arguments} };
	foreach my $i (0 .. $#{ $was->{arguments} })
	{
		my ($a, $b) = ($was->{arguments}[$i], $is->{arguments}[$i]);
		return 0 if $a->{face} ne $b->{face} || $a->{default} && !$b->{default};
	}
	return 1;
}

# The objects of an install script.  Every CREATE has its COMMENT, which tells
# the name that DROP takes.
sub objects
{
	my ($file) = @_;
	my (@made, %object, %named, @end);

	foreach my $statement (statements($file))
	{
		my ($verb, $kind, $name, @rest) = about(@{ $statement->{tokens} });
		if ($verb eq 'CREATE')
		{
			my $is_shell = $kind eq 'TYPE' && !@rest;
			push @made, { %$statement, kind => $is_shell ? 'SHELL' : $kind, name => $name, rest => \@rest, columns => [], column => {}, grants => [] };
			$made[-1]{key} = "SHELL $name" if $is_shell;
		}
		elsif ($verb eq 'COMMENT' && $kind eq 'COLUMN')
		{
			my $of = $named{ $name =~ s/\.[^.]*$//r };
			die "$statement->{where}: COMMENT ON COLUMN $name stands before the comment of what has that column\n" unless $of;
			push @{ $of->{columns} }, $name;
			$of->{column}{$name} = $statement;
		}
		elsif ($verb eq 'COMMENT')
		{
			my @identity;
			push @identity, shift @rest while @rest && uc $rest[0] ne 'IS';
			my $key = "$kind " . tidy($name, @identity);
			my ($is) = grep { !$_->{key} && $_->{kind} eq $kind && $_->{name} eq $name && is_meant($_, @identity) } @made;
			# the schema that CREATE EXTENSION makes, the family that an operator class brings
			if (!$is && $kind =~ /^(?:SCHEMA|OPERATOR FAMILY)$/)
			{
				push @made, $is = { tokens => [], text => '', kind => $kind, name => $name, rest => [], columns => [], column => {}, grants => [] };
			}
			die "$statement->{where}: COMMENT ON $key stands behind no CREATE that it could be about\n" unless $is;
			@$is{qw(key comment)} = ($key, $statement);
			$named{$name} = $is;
		}
		elsif ($verb eq 'GRANT')
		{
			my ($what, $is_schema, $on, $to) = tidy(@{ $statement->{tokens} }) =~ /^GRANT (.*?) ON (SCHEMA )?(.*) (TO .*)$/i;
			foreach my $object (split /, ?/, $on // '')
			{
				die "$statement->{where}: GRANT on $object stands before its CREATE\n" unless $named{$object};
				push @{ $named{$object}{grants} }, "GRANT $what ON " . ($is_schema // '') . "$object $to;\n";
			}
			die "$statement->{where}: GRANT ... ON ... TO ... was expected\n" unless defined $on;
		}
		elsif ($verb eq 'SELECT') { push @end, $statement; }
		else { die "$statement->{where}: $verb has no place in an install script; CREATE, COMMENT, GRANT and SELECT have\n"; }
	}
	foreach my $made (@made)
	{
		die "$made->{where}: CREATE $made->{kind} $made->{name} has no COMMENT\n" unless defined $made->{key};
		die "$made->{where}: $made->{key} is there twice\n" if $object{ $made->{key} };
		$object{ $made->{key} } = $made;
	}
	return { order => [ map { $_->{key} } @made ], object => \%object, end => \@end };
}

# What the hand-written part does with which object: the last word counts.
sub by_hand
{
	my ($file, $old) = @_;
	my (%hand, $text);
	return ({}, '') unless defined $file && -e $file;
	foreach my $statement (statements($file))
	{
		my ($verb, $kind, $name, @rest) = about(@{ $statement->{tokens} });
		next unless defined $name && $verb ne 'COMMENT';
		die "$statement->{where}: one object in each DROP, please\n" if $verb eq 'DROP' && tidy(@rest) =~ /^(?:\([^()]*\))?,/;
		my @arguments = $rest[0] && $rest[0] eq '(' && $kind ne 'TYPE' && $verb ne 'CREATE' ? @rest : ();
		pop @arguments while @arguments && $arguments[-1] ne ')';
		@arguments = @rest[ 0, 1 ] if $kind =~ /^OPERATOR (?:CLASS|FAMILY)$/ && @rest > 1;
		my $key = "$kind " . tidy($name, @arguments);
		die "$statement->{where}: the older version has no $key\n"
		  if $verb ne 'CREATE' && $kind =~ /^(?:FUNCTION|PROCEDURE|AGGREGATE|TYPE|OPERATOR.*|CAST)$/ && !$old->{object}{$key};
		$hand{$key} = $verb;
	}
	open(my $in, '<', $file) or die "$file: $!\n";
	$text = do { local $/ = undef; <$in> };
	return (\%hand, $text);
}

sub same
{
	my ($a, $b) = @_;
	return defined $a == defined $b && (!defined $a || join("\0", @{ $a->{tokens} }) eq join("\0", @{ $b->{tokens} }));
}

# Whether an object's statement names a function, outside of bodies in quotes
sub names
{
	my ($object, $name) = @_;
	my ($schema, $own) = split /\./, $name, 2;
	my @t = @{ $object->{tokens} };
	foreach my $i (0 .. $#t - 2)
	{
		return 1 if $t[$i] eq $schema && $t[ $i + 1 ] eq '.' && $t[ $i + 2 ] eq $own;
	}
	return 0;
}

die "usage: changes.pl OLD.sql NEW.sql FROM TO [UPDATES_FOLDER]\n" unless @ARGV == 4 || @ARGV == 5;
my ($old_file, $new_file, $from, $to, $folder) = @ARGV;
my $updates = ($folder // 'sql/updates') . "/$from--$to.sql";
my ($old, $new) = map { objects($_) } $old_file, $new_file;
my ($hand, $hand_text) = by_hand($updates, $old);
my @missing;

# What hands have to do, with words for it
sub needs_hand
{
	my ($key, $why, $example) = @_;
	push @missing, "$key $why; write into $updates what brings that about, as\n    $example\n";
	return;
}

# How the attributes of a composite type changed, as a statement
sub type_example
{
	my ($was, $is) = @_;
	my ($a, $b) = map { my %h = map { $_->[0] => tidy(@$_) } listed(@{ $_->{rest} }[ 1 .. $#{ $_->{rest} } ]); \%h } $was, $is;
	my @steps = ((map { "ADD ATTRIBUTE $b->{$_}" } grep { !exists $a->{$_} } sort keys %$b),
		(map { "DROP ATTRIBUTE $_" } grep { !exists $b->{$_} } sort keys %$a));
	return "ALTER TYPE $is->{name} " . (uc($is->{rest}[0] // '') eq 'AS' && @steps ? join(', ', @steps) : '...') . ';';
}

# functions and procedures that have to go, and why
my %drop;
foreach my $key (@{ $old->{order} })
{
	my ($was, $is) = ($old->{object}{$key}, $new->{object}{$key});
	next if $hand->{$key} && $hand->{$key} eq 'DROP';
	if ($was->{kind} eq 'FUNCTION' || $was->{kind} eq 'PROCEDURE')
	{
		$drop{$key} = 1 if !$is || !same($was, $is) && !replaceable($was, $is);
	}
	elsif ($was->{kind} eq 'VIEW') { $drop{$key} = 1 unless $is; }
	elsif (!$is && $was->{kind} ne 'SHELL' && !$hand->{$key}) { needs_hand($key, 'is gone', "DROP $key;"); }
	elsif ($is && !same($was, $is) && !$hand->{$key} && $was->{kind} ne 'SHELL')
	{
		needs_hand($key, 'has changed', $was->{kind} eq 'TYPE' ? type_example($was, $is) : "DROP $key;  -- the rest of the script makes it again");
	}
}
# and those that stand on them, by name
my @gone = keys %drop;
my %again;
my @views = grep { my $was = $old->{object}{$_}; $was->{kind} eq 'VIEW' && $new->{object}{$_} && !same($was, $new->{object}{$_}) } @{ $old->{order} };
while (defined(my $gone = shift @gone))
{
	my $name = $old->{object}{$gone}{name};
	foreach my $key (@{ $old->{order} })
	{
		my $user = $old->{object}{$key};
		next if $key eq $gone || $drop{$key} || $again{$key} || ($hand->{$key} // '') eq 'DROP' || !names($user, $name) || $user->{name} eq $name;
		if ($user->{kind} eq 'VIEW') { $again{$key} = 1; push @views, $key; }
		elsif ($BY_GENERATOR{ $user->{kind} }) { $drop{$key} = 1; push @gone, $key; }
		else { needs_hand($key, "stands on $gone, which has to be dropped", "DROP $key;  -- the rest of the script makes it again"); }
	}
}
# and views on views: where columns go, what stands on them is made again
while (defined(my $view = shift @views))
{
	foreach my $key (grep { $old->{object}{$_}{kind} eq 'VIEW' && !$drop{$_} && !$again{$_} && $_ ne $view } @{ $old->{order} })
	{
		next unless names($old->{object}{$key}, $old->{object}{$view}{name});
		$again{$key} = 1;
		push @views, $key;
	}
}
die join '', @missing if @missing;

sub replace_view
{
	my ($is) = @_;
	my $text = $is->{text} =~ s/^CREATE VIEW/CREATE OR REPLACE VIEW/r =~ s/;\n\z//r;
	die "$is->{where}: \$view\$ in a view\n" if $text =~ /\$view\$/;
	return "SELECT smsengage_internal.replace_view('$is->{name}', \$view\$$text\$view\$);\n";
}

# An object is new, or made again: with all that belongs to it
sub with_rest
{
	my ($is) = @_;
	return join '', (map { $_->{text} } $is->{comment}, @{ $is->{column} }{ @{ $is->{columns} } }), @{ $is->{grants} };
}

my @out;
foreach my $key (@{ $new->{order} })
{
	my ($was, $is) = ($old->{object}{$key}, $new->{object}{$key});
	my $verb = $hand->{$key} // '';
	my $there = $verb eq 'CREATE' || $verb eq 'ALTER' || $was && !$drop{$key} && $verb ne 'DROP';
	if ($is->{kind} eq 'SHELL')
	{
		my $type = $hand->{"TYPE $is->{name}"} // '';
		push @out, $is->{text} unless $type eq 'CREATE' || $was && $type ne 'DROP';
		next;
	}
	if (!$there) { push @out, $is->{text}, with_rest($is); next; }
	if ($is->{kind} eq 'VIEW' && $was && (!same($was, $is) || $again{$key})) { push @out, replace_view($is), with_rest($is); next; }
	if ($BY_GENERATOR{ $is->{kind} } && $was && !same($was, $is) && $verb eq '')
	{
		push @out, $is->{text} =~ s/^CREATE /CREATE OR REPLACE /r;
	}
	push @out, $is->{comment}{text} if !$was || !same($was->{comment}, $is->{comment});
	foreach my $column (@{ $is->{columns} })
	{
		push @out, $is->{column}{$column}{text} if !$was || !same($was->{column}{$column}, $is->{column}{$column});
	}
	push @out, map { "COMMENT ON COLUMN $_ IS NULL;\n" } grep { !$is->{column}{$_} } $was && same($was, $is) ? @{ $was->{columns} } : ();
	my %granted = map { $_ => 1 } $was ? @{ $was->{grants} } : ();
	push @out, grep { !delete $granted{$_} } @{ $is->{grants} };
	foreach my $grant (sort keys %granted)
	{
		my $revoke = $grant =~ s/^GRANT/REVOKE/r =~ s/ TO / FROM /r;
		die "$key: a right is gone; write into $updates\n    $revoke" unless index($hand_text, $revoke) >= 0;
	}
}

my @release = sort(keys %drop, grep { $hand->{$_} eq 'DROP' && /^(?:FUNCTION|PROCEDURE|AGGREGATE|VIEW) / } keys %$hand);
print "\\echo Use \"ALTER EXTENSION smsengage UPDATE TO '$to'\" to load this file. \\quit\n\n";
exit 0 unless @out || %drop || $hand_text ne '';
foreach my $name (@FIRST)
{
	my @keys = grep { /^FUNCTION smsengage_internal\.$name\(/ } @{ $new->{order} };
	# a script that has none has no store either
	die "$new_file: no function smsengage_internal.$name()\n" if @keys != 1 && (@keys || grep { /^FUNCTION smsengage\.migrate\(/ } @{ $new->{order} });
	foreach my $is (map { $new->{object}{$_} } @keys)
	{
		die "$is->{where}: $name() cannot be changed by CREATE OR REPLACE, and is called first\n" if $drop{ $is->{key} };
		print $is->{text} =~ s/^CREATE /CREATE OR REPLACE /r, $is->{comment}{text};
	}
	my %first = map { ($new->{object}{$_}{text} => 1, ($new->{object}{$_}{text} =~ s/^CREATE /CREATE OR REPLACE /r) => 1, $new->{object}{$_}{comment}{text} => 1) } @keys;
	@out = grep { !$first{$_} } @out;
}
print "\nSELECT smsengage_internal.release_members(ARRAY[\n\t", join(",\n\t", map { "'" . s/'/''/gr . "'" } map { s/^\w+ //r } @release), "]);\n" if @release;
print "\n-- by hand\n$hand_text" if $hand_text ne '';
print "\n";
print "DROP $_;\n" foreach grep { $drop{$_} } reverse @{ $old->{order} };
print @out, map { $_->{text} } @{ $new->{end} };

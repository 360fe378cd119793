#!/bin/sh
#
# Small rules of the project, each checked by a few lines.  Needs a built
# tree (smsengage.so).  Prints one line a check and ends with a failure when
# one fails.
#
set -u
cd "$(dirname "$0")/.." || exit
LC_ALL=C
export LC_ALL
: "${CC:=gcc}"
bad=0
found=$(TMPDIR='' mktemp -t smsengage-checks.XXXXXX) || exit
trap 'rm -f "$found"' EXIT

# check NAME COMMAND...: what the command prints breaks the rule.
check()
{
	name=$1
	shift
	if "$@" > "$found" 2>&1 && ! [ -s "$found" ]; then
		echo "check $name ... ok"
	else
		echo "check $name ... FAILED"
		sed 's/^/    /' "$found"
		bad=$((bad + 1))
	fi
}

# One backend holds the libraries of many extensions in one namespace.
symbols()
{
	nm -D --defined-only smsengage.so > "$found.nm" || return
	awk '$3 !~ /^(sms_|pg_finfo_sms_|Pg_magic_func$|_PG_init$)/ {
		print "exported symbol " $3 }' "$found.nm"
	rm -f "$found.nm"
}

# Every test has its output, every output its test, and no two tests share one.
outputs()
{
	for t in test/sql/*.sql test/specs/*.spec; do
		[ -e "$t" ] || continue
		n=${t##*/}
		n=${n%.*}
		[ -e "expected/$n.out" ] || echo "$t has no expected/$n.out"
	done
	for o in expected/*.out; do
		n=${o##*/}
		n=${n%.out}
		if [ -e "test/sql/$n.sql" ] && [ -e "test/specs/$n.spec" ]; then
			echo "test/sql/$n.sql and test/specs/$n.spec share $o"
		elif ! [ -e "test/sql/$n.sql" ] && ! [ -e "test/specs/$n.spec" ]; then
			echo "$o has no test"
		fi
	done
}

# After every TAP test doctor() is asked; after the others by with_doctor.sh.
sound()
{
	for t in test/t/*.pl; do
		! grep -q 'create_store()' "$t" || grep -q 'doctor()\|all_sound(' "$t" ||
			echo "$t does not ask doctor()"
	done
}

# The files that the install script is made of
sql_files()
{
	sed -e 's/#.*//' -e '/^ *$/d' -e 's,^,sql/,' sql/ORDER
}

# The order names every file once, and nothing else.  Files lie in rooms: one
# beside the rooms would be run by pg_regress in place of a test of its name.
order()
{
	find sql -maxdepth 1 -name '*.sql' ! -name 'smsengage--*' | sed 's/$/ is in no room/'
	sql_files | sort > "$found.order"
	uniq -d "$found.order" | sed 's/$/ is in sql\/ORDER twice/'
	find sql -mindepth 1 -name '*.sql' ! -name 'smsengage--*' ! -path 'sql/updates/*' | sort | comm -3 "$found.order" - |
		sed -e 's/^\t\(.*\)/\1 is not in sql\/ORDER/;t' -e 's/$/ is in sql\/ORDER and not there/'
	find sql -name '*.inc' | while read -r f; do
		grep -q "^:include ${f##*/}" "${f%/*}"/*.sql || echo "$f is included nowhere"
	done
	rm -f "$found.order"
}

# What can be read at once: bodies of 80 lines, files of 800.
lengths()
{
	# shellcheck disable=SC2046 # a list
	perl -0777 -ne '
		print "$ARGV has ", tr/\n//, " lines\n" if tr/\n// > 800;
		while (/^CREATE (?:FUNCTION|PROCEDURE) ([\w.]+)(?:(?!^CREATE ).)*?(?:^AS (\$\w*\$)\n(.*?)\n\2|^\t*BEGIN ATOMIC\n(.*?)^\t*END;)/gms) {
			my ($name, $n) = ($1, 1 + (($3 // $4) =~ tr/\n//));
			print "$ARGV: the body of $name has $n lines\n" if $n > 80;
		}' $(sql_files)
}

# Install scripts fail on what is there already; function bodies may differ.
plain_create()
{
	perl -0777 -ne '
		s{(\$\w*\$).*?\1}{ "\n" x ($& =~ tr/\n//) }gse;
		s{--[^\n]*}{}g;
		while (/\bCREATE\s+OR\s+REPLACE\b|\bIF\s+NOT\s+EXISTS\b/gi) {
			my ($what, $line) = ($&, 1 + (substr($_, 0, $-[0]) =~ tr/\n//));
			print "$ARGV:$line: $what\n";
		}' $(sql_files | grep -v '^sql/store/\(tables\|views\|migrations\)/')
}

# The owner's rights are given away with a stated reason only.
definer()
{
	awk 'FNR == 1 { told = -99 }
		/-- *definer:/ { told = FNR }
		!/^ *--/ && /SECURITY +DEFINER/ && FNR - told > 15 {
			print FILENAME ":" FNR ": SECURITY DEFINER without a comment \"definer:\" above" }
		' $(sql_files)
}

# A backslash in a plain literal means another thing where a session has
# standard_conforming_strings = off, and a body is parsed as its first caller
# has it.  Bodies are code, also inside of each other; $c$ holds descriptions.
plain_backslash()
{
	perl -0777 -ne '
		my ($line, $tag) = (1, 0);
		while (/\G(?:(\$c\$.*?\$c\$)|(--[^\n]*)|([eE]\x27(?:[^\x27\\]|\\.|\x27\x27)*\x27)|(\x27(?:[^\x27]|\x27\x27)*\x27)|(\w+|.))/gs) {
			my ($all, $plain) = ($&, $4);
			print "$ARGV:$line: $plain\n" if defined $plain && $plain =~ /\\/;
			$line += ($all =~ tr/\n//);
		}' $(sql_files)
}

# An advisory lock asks for no right: whoever may log in could hold it.
advisory()
{
	grep -nE 'pg_(try_)?advisory|LOCKTAG_ADVISORY|SET_LOCKTAG_ADVISORY' $(sql_files) src/*.c src/*/*.c
	return 0
}

# What a store on a cluster, or on servers of other settings, would answer
# otherwise or refuse; the catalogue's part of it is in test/sql/store.sql.
spread()
{
	perl -0777 -ne '
		s{--[^\n]*}{}g;
		sub told { print "$ARGV:", 1 + (substr($_, 0, $_[0]) =~ tr/\n//), ": $_[1]\n" }
		told($-[0], "a day by the session\x27s zone: $&") while /\w*(?:_time|_at|_seen|now\(\))::date\b/g;
		told($-[0], "trigger") while /\bCREATE\s+(?:CONSTRAINT\s+)?TRIGGER\b/gi;
		told($-[0], "a place of a row is one only on its node: $&") while /\w+\.ctid\b/g;
		told($-[0], "a setting decides: $&") while /\bcurrent_setting\((?!\x27(?:max_prepared_transactions|transaction_isolation)\x27)[^)]*\)/g;
		while (/\bDO\s+UPDATE\s+SET\b(.*?);/gis)
		{
			my ($set, $start) = ($1, $-[1]);
			told($start + $-[0], "not immutable in DO UPDATE: $&") while $set =~ /\b(?:now|clock_timestamp|random|gen_random_uuid|nextval)\(|\binterval\b/gi;
		}' $(sql_files)
}

# A column of event, a delivery column, an event type: each has one definition.
# Types that SQL names are known ones, and what event_phrases.h says once is not
# said again.
definitions()
{
	# shellcheck disable=SC2046 # a list
	perl -0777 -e '
		my ($def, @files) = @ARGV;
		sub text { open my $f, "<", $_[0] or die "$_[0]: $!\n"; local $/; <$f> }
		my %known = map { $_ => 1 } text($def) =~ /^EVENT_TYPE\((\w+),/mg;
		die "no event types in $def\n" unless keys %known > 10;
		for my $file (@files)
		{
			my $sql = text($file);
			my @types = map { /\x27(\w+)\x27/g }
				$sql =~ /\bevent_type (?:(?:=|<>|WHEN) \x27\w+\x27|IN \((?:\x27\w+\x27(?:, )?)+)/g;
			push @types, map { split /,/ } 
				$sql =~ /\b(?:event_counts|cell_sums|shared_names)\((?:[^\x27()]|\([^()]*\))*\x27\{(\w+(?:,\w+)*)\}\x27/g;
			push @types, $sql =~ /\x27event_type\x27, \x27(\w+)\x27/g;
			print "$file: there is no event type $_\n" for grep { !$known{$_} } @types;
		}' src/taxonomy/event_types.def $(sql_files)
	# shellcheck disable=SC2046 # a list
	grep -nE "[a-z]\.part IS NULL OR|coalesce\([a-z.]*part, 0\)" $(sql_files) src/*.c src/*/*.c |
		sed "s/\$/ -- is FIRST_PART/"
	return 0
}

versions()
{
	v=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" smsengage.control)
	for m in $(sed -n '/"meta-spec"/q; s/^ *"version": *"\([0-9.]*\)".*/\1/p' META.json); do
		case $m in
			"$v" | "$v".*) ;;
			*) echo "META.json has $m, smsengage.control $v" ;;
		esac
	done
	c=$(sed -n 's/^## \[\([0-9.]*\)\].*/\1/p' CHANGELOG.md | head -n 1)
	case $c in
		"$v" | "$v".*) ;;
		*) echo "CHANGELOG.md starts with $c, smsengage.control has $v" ;;
	esac
}

# Files with an include that is not ours and not the C library's are glue.
glue()
{
	for f in src/*.c src/*/*.c; do
		[ -e "$f" ] || continue
		for h in $(sed -n 's/^# *include *"\(.*\)".*/\1/p' "$f"); do
			if ! [ -e "src/$h" ] && ! [ -e "${f%/*}/$h" ]; then
				echo "$f"
				break
			fi
		done
	done
}

# Glue starts with postgres.h and then what servers differ in; headers leave
# that to it.
postgres_first()
{
	for f in $(glue); do
		first=$(sed -n 's/^# *include *//p' "$f" | head -n 2 | paste -s -d ' ' -)
		[ "$first" = '"postgres.h" "compat.h"' ] ||
			echo "$f uses the server and starts with $first, not postgres.h and compat.h"
	done
	grep -n '^# *include *"postgres.h"' src/*.h src/*/*.h
	return 0
}

# Cores are plain C99, so that they can be fuzzed without a server.
cores()
{
	glue > "$found.glue"
	for f in src/*.c src/*/*.c; do
		[ -e "$f" ] || continue
		grep -qxF "$f" "$found.glue" ||
			"$CC" -std=c99 -Wall -Wextra -Wpedantic -Isrc -fsyntax-only "$f"
	done
	rm -f "$found.glue"
}

# Rooms include what doc/architecture.md draws, and nothing else.
arrows()
{
	sed -n 's/^   \([a-z]*\) *<- \(.*\)$/\1 \2/p' doc/architecture.md | tr -d , |
		awk '{ for (i = 2; i <= NF; i++) print $1 " <- " $i }' | sort > "$found.drawn"
	for f in src/*/*.c src/*/*.h; do
		room=${f#src/}
		room=${room%%/*}
		sed -n 's/^# *include *"\([a-z]*\/.*\)".*/\1/p' "$f" | while read -r h; do
			[ "${h%%/*}" = "$room" ] || ! [ -e "src/$h" ] || echo "${h%%/*} <- $room"
		done
	done | sort -u | comm -3 "$found.drawn" - |
		sed -e 's/^\t\(.*\)/\1 is not drawn in doc\/architecture.md/;t' -e 's/$/ is drawn and not there/'
	rm -f "$found.drawn"
}

# The rooms of C from the bottom up: a file includes headers of its own room and
# of those before it, so that no two rooms need each other.  What lies beside
# the rooms is below them all, but for smsengage.c.
floors()
{
	rooms='base taxonomy text delivery tally rule provider webhook segment report ingest access store'
	for f in src/*/*.[ch]; do
		room=${f#src/}
		room=${room%%/*}
		case " $rooms " in
			*" $room "*) ;;
			*) echo "room $room has no floor" ;;
		esac
	done | sort -u
	for f in src/*/*.[ch] src/*.h; do
		room=${f#src/}
		case $room in
			*/*) room=${room%%/*} ;;
			*) room= ;;
		esac
		below=${room:+ ${rooms%%"$room"*}$room }
		sed -n 's/^# *include *"\([a-z_]*\)\/\(.*\)".*/\1 \2/p' "$f" | while read -r of h; do
			[ -e "src/$of/$h" ] || continue
			case "$below" in
				*" $of "*) ;;
				*) echo "$f includes $of/$h, which is above it" ;;
			esac
		done
	done
}

# Nothing of one machine, nothing left for later.
leftovers()
{
	git -c safe.directory="$PWD" grep -nIE '(^|[^[:alnum:]_.$}])/(home|root|tmp|work)(/|$)' -- \
		. ':!test/checks.sh'
	git -c safe.directory="$PWD" grep -nIwE 'TODO|FIXME' -- . ':!test/checks.sh'
	return 0
}

check symbols symbols
check outputs outputs
check sound sound
check order order
check lengths lengths
check plain_create plain_create
check definer definer
check plain_backslash plain_backslash
check advisory advisory
check spread spread
check definitions definitions
check versions versions
check postgres_first postgres_first
check cores cores
check floors floors
check arrows arrows
check leftovers leftovers
[ $bad -eq 0 ]

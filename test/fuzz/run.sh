#!/bin/sh
#
# Build the fuzz harnesses with clang's address and undefined-behaviour
# sanitizers over every core, and run each for FUZZ_SECONDS (60) from the
# samples, the literals of the tests and what was found before.  Those that use
# the server run in a process of one (in_server.c), with the whole library
# instrumented.
#
#   make fuzz                              all of them
#   FUZZ_SECONDS=600 FUZZ="payload rule" make fuzz
#   FUZZ_SECONDS=0 make fuzz               only repeat the inputs at hand
#   FUZZ_CORPUS=dir make fuzz              keep and reuse what is found
#
# An input that breaks something is left in test/fuzz/crash; once repaired it
# stays there as a test, which each run repeats first.
#
set -eu
cd "$(dirname "$0")/../.."
: "${CLANG:=clang}" "${FUZZ_SECONDS:=60}"
harnesses=${FUZZ:-$(ls test/fuzz/*_fuzz.c | sed 's,.*/,,; s,_fuzz.c$,,')}

in_server=
in_core=
for h in $harnesses; do
	if grep -q '"postgres.h"' "test/fuzz/${h}_fuzz.c"; then
		in_server="$in_server $h"
	else
		in_core="$in_core $h"
	fi
done

if [ -n "$in_server" ]; then
	. test/server.sh
	. test/asan/server.sh
	. test/fuzz/server.sh
fi
work=$(TMPDIR='' mktemp -d -t smsengage-fuzz.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A core is a file that does not start with the server's header.
mkdir "$work/core"
for f in $([ -z "$in_core" ] || grep -L '"postgres.h"' src/*/*.c); do
	echo "$CLANG -std=c99 -g -O1 -Isrc -fno-omit-frame-pointer" \
		"-fsanitize=fuzzer-no-link,address,undefined" \
		"-fno-sanitize-recover=all -c $f" \
		"-o $work/core/$(echo "${f#src/}" | tr / _).o"
done | xargs -P "$(getconf _NPROCESSORS_ONLN)" -I{} sh -c '{}'

# literals FILE... : each SQL string of these files as a line, quotes undone
literals()
{
	perl -0777 -ne 's/^\s*--.*$//mg;
		print map { "$_\n" } grep { /./ && !/\n/ } map { s/\x27\x27/\x27/gr } /\x27((?:[^\x27]|\x27\x27)*)\x27/g' "$@" |
		sort -u
}

# seeds HARNESS: what its inputs look like, one file each
seeds()
{
	case $1 in
		payload)
			# the last byte chooses the provider
			for f in $(find contrib -name '*.json'); do
				for p in 0 1 2 3 4 5 6 7 8 '!'; do
					{ cat "$f"; printf %s "$p" | tr '0-8' '\000-\010'; } \
						> "$2/$(echo "$f" | tr / _).$p"
				done
			done
			return
			;;
		steps | store)
			# provider 0 is found out; all events are stored, or some
			for f in $(find contrib -name '*.json'); do
				for mode in '\020' '\150' '\001' '\000'; do
					# shellcheck disable=SC2059 # an octal number
					{ cat "$f"; printf "\\000$mode\\003\\007"; } > "$2/$(echo "$f" | tr / _).${mode#?}"
				done
			done
			return
			;;
		states)
			# each function with nothing, and with a few numbers
			for which in 0 1 2 3 4 5 6 7 8 9; do
				printf "\\00$which" > "$2/empty$which"
				# shellcheck disable=SC2059
				printf "\\00$which\\000\\034\\000\\000\\000\\000\\000\\002\\000\\000\\000\\000\\000\\000\\000\\007\\000\\000\\000\\000\\000\\000\\000\\011\\000\\000\\000\\000\\000\\000\\000\\001" \
					> "$2/numbers$which"
			done
			return
			;;
		rule) literals test/sql/segment_rule*.sql ;;
		delivery) literals test/sql/delivery*.sql | sed 's/^/0/' ;;
		# the first byte chooses what is read: '0' tallies, '3' days
		tally)
			literals test/sql/tally*.sql | sed 's/^/0/'
			literals test/sql/day_tally.sql | sed 's/^/3/'
			;;
		text) literals test/sql/keyword.sql test/sql/recipient.sql \
			test/sql/sms_parts.sql test/sql/signature.sql ;;
		*) literals test/sql/taxonomy*.sql | sed 's/^/abc/' ;;
	esac > "$work/lines"
	n=0
	while IFS= read -r line; do
		n=$((n + 1))
		printf %s "$line" > "$2/seed$n"
	done < "$work/lines"
}

# kept HARNESS: what was found before
kept()
{
	find "$PWD/test/fuzz/crash" -name "$1-*" 2> /dev/null
}

# settings HARNESS: how libFuzzer runs it
settings()
{
	# a tally says all in little; its sums are what takes time
	case $1 in
		tally) echo "-max_len=512 -timeout=10" ;;
		# an input is a handful of transactions
		store) echo "-max_len=4096 -timeout=60" ;;
		*) echo "-max_len=8192 -timeout=10" ;;
	esac
	echo "-rss_limit_mb=2048 -print_final_stats=1 -detect_leaks=0"
	if [ "$FUZZ_SECONDS" -gt 0 ]; then
		echo "-max_total_time=$FUZZ_SECONDS"
	else
		echo "-runs=0"
	fi
}

status=0
# verdict HARNESS CODE: of the run whose output is $work/log
verdict()
{
	if [ "$2" -eq 0 ]; then
		echo "fuzz $1 ... ok ($(sed -n 's/^stat::number_of_executed_units: *//p' \
			"$work/log") inputs)"
	else
		grep -E 'ERROR|PANIC|SUMMARY|runtime error' "$work/log" | head -n 5
		tail -n 40 "$work/log"
		echo "fuzz $1 ... FAILED"
		status=1
	fi
}

mkdir -p test/fuzz/crash
for h in $in_core; do
	"$CLANG" -std=c11 -g -O1 -Isrc -fno-omit-frame-pointer \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		"test/fuzz/${h}_fuzz.c" "$work"/core/*.o -o "$work/$h"
	mkdir "$work/seed_$h"
	seeds "$h" "$work/seed_$h"
	corpus=${FUZZ_CORPUS:-$work/corpus}/$h
	mkdir -p "$corpus"
	# shellcheck disable=SC2046 # lists
	if [ -n "$(kept "$h")" ] && ! "$work/$h" $(kept "$h") > "$work/log" 2>&1; then
		verdict "$h, a kept input" 1
		continue
	fi
	# shellcheck disable=SC2046
	set -- $(settings "$h") "-artifact_prefix=test/fuzz/crash/$h-"
	[ ! -e "test/fuzz/$h.dict" ] || set -- "$@" "-dict=test/fuzz/$h.dict"
	code=0
	"$work/$h" "$@" "$corpus" "$work/seed_$h" > "$work/log" 2>&1 || code=$?
	verdict "$h" "$code"
done
if [ -n "$in_server" ]; then
	fuzz_in_server "$in_server"
fi
rmdir test/fuzz/crash 2> /dev/null || :
exit $status

#!/bin/sh
#
# Build the fuzz harnesses with clang's address and undefined-behaviour
# sanitizers over every core, and run each for FUZZ_SECONDS (60) from the
# samples, the literals of the tests and what was found before.
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

work=$(TMPDIR='' mktemp -d -t smsengage-fuzz.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A core is a file that does not start with the server's header.
mkdir "$work/core"
for f in $(grep -L '"postgres.h"' src/*/*.c); do
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

status=0
for h in $harnesses; do
	"$CLANG" -std=c11 -g -O1 -Isrc -fno-omit-frame-pointer \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		"test/fuzz/${h}_fuzz.c" "$work"/core/*.o -o "$work/$h"
	mkdir "$work/seed_$h"
	seeds "$h" "$work/seed_$h"
	corpus=${FUZZ_CORPUS:-$work/corpus}/$h
	mkdir -p "$corpus" test/fuzz/crash
	kept=$(find test/fuzz/crash -name "$h-*")
	# shellcheck disable=SC2086 # a list
	if [ -n "$kept" ] && ! "$work/$h" $kept > "$work/log" 2>&1; then
		tail -n 40 "$work/log"
		echo "fuzz $h ... FAILED on a kept input"
		status=1
		continue
	fi
	# a tally says all in little; its sums are what takes time
	case $h in
		tally) longest=512 ;;
		*) longest=8192 ;;
	esac
	set -- "-max_len=$longest" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 "-artifact_prefix=test/fuzz/crash/$h-"
	[ ! -e "test/fuzz/$h.dict" ] || set -- "$@" "-dict=test/fuzz/$h.dict"
	if [ "$FUZZ_SECONDS" -gt 0 ]; then
		set -- "$@" "-max_total_time=$FUZZ_SECONDS" "$corpus"
	else
		set -- "$@" -runs=0 "$corpus"
	fi
	if "$work/$h" "$@" "$work/seed_$h" > "$work/log" 2>&1; then
		echo "fuzz $h ... ok ($(sed -n 's/^stat::number_of_executed_units: *//p' \
			"$work/log") inputs)"
	else
		tail -n 40 "$work/log"
		echo "fuzz $h ... FAILED"
		status=1
	fi
done
rmdir test/fuzz/crash 2> /dev/null || :
exit $status

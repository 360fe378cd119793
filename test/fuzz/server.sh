# The harnesses that run in a server process, for run.sh: one library has them
# and the extension's own files, all instrumented, and a server for a single
# user calls sms_fuzz().
#
# shellcheck shell=sh

# A database whose store has the months of the samples.
fuzz_database()
{
	"$bin/psql" -XAtq -v ON_ERROR_STOP=1 << 'SQL' > /dev/null
CREATE EXTENSION smsengage;
SELECT smsengage.create_store();
SELECT smsengage.add_tally_dimension('link_name');
CREATE FUNCTION sms_fuzz(text, text[]) RETURNS integer LANGUAGE c STRICT AS '$libdir/smsengage', 'sms_fuzz';
SELECT smsengage_internal.make_partition(m::date) FROM generate_series('2025-01-01Z', '2026-12-01Z', interval '1 month') m;
SQL
	find contrib/samples -name '*.json' | while read -r file; do
		{
			printf "SELECT smsengage.ingest('auto', decode('"
			od -An -v -tx1 "$file" | tr -d ' \n'
			printf "', 'hex'))\n"
		} | "$bin/psql" -XAtq -v ON_ERROR_STOP=1 > /dev/null
	done
}

# in_single_user HARNESS ARGUMENT...: the call; what it says is $work/log
in_single_user()
{
	called=$1
	shift
	list=
	for argument; do list="$list${list:+,}\"$argument\""; done
	echo "SELECT sms_fuzz('$called', '{$list}')" > "$room/call.sql"
	ended=0
	# shellcheck disable=SC2016,SC2086 # expanded there; assignments
	run env $sanitized_env sh -c 'exec "$0" --single -D data -c jit=off \
		-c log_min_messages=error -c log_checkpoints=off postgres < call.sql' \
		"$bin/postgres" > "$work/log" 2>&1 || ended=$?
	cat "$room"/report.* >> "$work/log" 2> /dev/null || :
	rm -f "$room"/report.*
	# what fails before the harness starts ends well
	[ "$ended" -eq 0 ] && grep -q '^Done \|^Executed ' "$work/log"
}

fuzz_in_server()
{
	if ! sanitizer "$CLANG" > /dev/null; then
		for h in $1; do echo "fuzz $h ... skipped: $CLANG has no shared sanitizer"; done
		return
	fi
	room_open
	trap 'room_close; rm -rf "$work"' EXIT
	tree_lock
	mkdir "$room/harness" "$room/harness/fuzz"
	cp test/fuzz/in_server.[ch] test/fuzz/payload_mutation.c "$room/harness/fuzz"
	grep -l '"postgres.h"' test/fuzz/*_fuzz.c | xargs cp -t "$room/harness/fuzz"
	SHLIB_LINK="$("$CLANG" -print-file-name="libclang_rt.fuzzer_no_main-$(uname -m).a") -lstdc++"
	export SHLIB_LINK
	sanitized_stage "$CLANG" -fsanitize=fuzzer-no-link -Wno-ignored-attributes \
		-Wno-unknown-warning-option -Wno-ignored-optimization-argument -Wno-unused-command-line-argument
	unset SHLIB_LINK
	tree_unlock
	server_env=$sanitized_env
	server_start "$sanitized_settings" "jit = off"
	fuzz_database
	run "$bin/pg_ctl" -s -D "$room/data" -m fast -w stop

	for h in $1; do
		mkdir "$room/seed" "$room/corpus" "$room/kept" "$room/crash"
		seeds "$h" "$room/seed"
		[ ! -d "${FUZZ_CORPUS-}/$h" ] || cp -r "$FUZZ_CORPUS/$h/." "$room/corpus"
		kept "$h" | xargs -r cp -t "$room/kept"
		[ ! -e "test/fuzz/$h.dict" ] || cp "test/fuzz/$h.dict" "$room/dict"
		[ -z "$as" ] || chown -R "$CHECK_USER:" "$room/seed" "$room/corpus" "$room/kept" "$room/crash"
		code=0
		# shellcheck disable=SC2046 # lists
		if [ -n "$(kept "$h")" ] && ! in_single_user "$h" $(find "$room/kept" -type f); then
			verdict "$h, a kept input" 1
		else
			in_single_user "$h" $(settings "$h") "-artifact_prefix=$room/crash/$h-" \
				$([ ! -e "$room/dict" ] || echo "-dict=$room/dict") "$room/corpus" "$room/seed" || code=$?
			verdict "$h" "$code"
			find "$room/crash" -type f -exec cp -t test/fuzz/crash {} +
			if [ -n "${FUZZ_CORPUS-}" ]; then
				mkdir -p "$FUZZ_CORPUS/$h"
				cp -r "$room/corpus/." "$FUZZ_CORPUS/$h"
			fi
		fi
		rm -rf "$room/seed" "$room/corpus" "$room/kept" "$room/crash" "$room/dict"
	done
}

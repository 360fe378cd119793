#!/bin/sh
#
# Segments measured on made-up data: plain SQL, the engine, and DuckDB where
# npm can install it, on the same rows in one run; one table for all sizes,
# with ratios.
#
#   SIZES="2000000 20000000 100000000"  how many events
#   PEOPLE=5000000   of how many people, over 60 days
#   RUNS=9           how often each figure is taken, after once for nothing
#   DUCKDB_MOST=20000000   larger sizes are left out there
#
# A smoke test: SIZES="20000 200000" PEOPLE=50000 RUNS=1.  100 million events
# take some 30 GB of disk, which is given back when the script ends, also by a
# signal.
#
set -eu
cd "$(dirname "$0")/../.."
. test/server.sh
: "${SIZES:=2000000 20000000 100000000}" "${PEOPLE:=5000000}" "${RUNS:=9}" "${DUCKDB_MOST:=20000000}"
last_day=2026-06-01
# 3:45 after a quarter hour: neither the best moment nor the worst
at='2026-05-31 16:48:45+00'

room_open
tree_lock
stage
tree_unlock
cp test/bench/segments*.sql test/bench/segments_duckdb.mjs "$room/"
server_start "shared_buffers = 2GB" "work_mem = 256MB" "maintenance_work_mem = 1GB" \
	"max_wal_size = 8GB" "wal_level = minimal" "max_wal_senders = 0" \
	"autovacuum = off" "timezone = UTC" "jit = off"

psql()
{
	run "$("$PG_CONFIG" --bindir)/psql" -X -q -v ON_ERROR_STOP=1 -v people="$PEOPLE" \
		-v runs="$RUNS" -v last_day="$last_day" -v at="$at" "$@"
}

began=$(date +%s)
say()
{
	printf '%5d s  %s\n' $(($(date +%s) - began)) "$*" >&2
}

duckdb=
if mkdir "$room/npm" && command -v npm > /dev/null &&
	npm install --silent --no-audit --no-fund --prefix "$room/npm" @duckdb/node-api > "$room/npm.log" 2>&1; then
	chmod -R a+rX "$room/npm"
	duckdb=yes
else
	say "DuckDB is left out: npm cannot install @duckdb/node-api"
fi

say "making $PEOPLE people"
psql -c 'CREATE EXTENSION smsengage' -c 'SELECT smsengage.create_store()' > /dev/null
psql -f "$room/segments_people.sql" > /dev/null

for events in $SIZES; do
	say "$events events: making them"
	psql -v events="$events" -f "$room/segments_empty.sql" > /dev/null
	# a month each, side by side
	for month in 0 1; do
		echo "\"$("$PG_CONFIG" --bindir)/psql\" -X -q -v ON_ERROR_STOP=1 -v people=$PEOPLE -v last_day=$last_day" \
			"-v events=$events -v month=$month -f segments_events.sql &"
	done > "$room/fill.sh"
	# shellcheck disable=SC2016
	echo 'wait $! && wait' >> "$room/fill.sh"
	run sh -e "$room/fill.sh" > /dev/null
	say "$events events: indexes"
	psql -f "$room/segments_indexes.sql" > /dev/null
	say "$events events: tallies"
	psql -v events="$events" -f "$room/segments_tallies.sql" > /dev/null
	if [ -n "$duckdb" ] && [ "$events" -le "$DUCKDB_MOST" ]; then
		say "$events events: DuckDB"
		psql -c "\\copy (SELECT event_type, event_time, individual_no, part FROM smsengage.event ORDER BY event_time) TO '$room/event.csv' WITH (FORMAT csv)" \
			-c "\\copy (SELECT individual_no, individual_id FROM smsengage.individual) TO '$room/people.csv' WITH (FORMAT csv)"
		run node "$room/segments_duckdb.mjs" "$room/npm" "$room/event.csv" "$room/people.csv" "$at" "$RUNS" "$events" > "$room/duckdb.csv"
		rm "$room/event.csv" "$room/people.csv"
		psql -c "\\copy figure FROM '$room/duckdb.csv' WITH (FORMAT csv)"
	fi
	say "$events events: measuring"
	psql -v events="$events" -f "$room/segments.sql" > /dev/null
	say "so far:"
	psql -P footer=off -P null=- -f "$room/segments_table.sql" >&2
done
say "done"

echo "clicks of $PEOPLE people over 60 days; click >= 3 in last 30 days; milliseconds, medians of $RUNS runs (plain SQL: 3, of 50 million events and more: 1)"
psql -P footer=off -P null=- -f "$room/segments_table.sql"

#!/bin/sh
#
# Segments measured on made-up data: plain SQL, the engine, and DuckDB where
# npm can install it, on the same rows in one run; one table with ratios.
#
#   EVENTS=20000000 PEOPLE=5000000 RUNS=9   what is made, how often measured
#
# A smoke test: EVENTS=200000 PEOPLE=50000 RUNS=1.  20 million events take
# some ten minutes and 10 GB of disk; growth shows between EVENTS=2000000 and
# EVENTS=100000000 (an hour, 50 GB).
#
set -eu
cd "$(dirname "$0")/../.."
. test/server.sh
: "${EVENTS:=20000000}" "${PEOPLE:=5000000}" "${RUNS:=9}"
last_day=2026-06-01
at='2026-05-31 16:46:38.5+00'

room_open
tree_lock
stage
tree_unlock
cp test/bench/segments*.sql test/bench/segments_duckdb.mjs "$room/"
server_start "shared_buffers = 2GB" "work_mem = 64MB" "maintenance_work_mem = 512MB" \
	"max_wal_size = 8GB" "wal_level = minimal" "max_wal_senders = 0" \
	"autovacuum = off" "timezone = UTC"

psql()
{
	run "$("$PG_CONFIG" --bindir)/psql" -X -q -v events="$EVENTS" -v people="$PEOPLE" \
		-v runs="$RUNS" -v last_day="$last_day" "$@"
}

echo "$EVENTS events of $PEOPLE people over 60 days; rule: click >= 3 in last 30 days"
psql -c 'CREATE EXTENSION smsengage' -c 'SELECT smsengage.create_store()' > /dev/null
psql -f "$room/segments_data.sql" > /dev/null
psql -c 'SELECT smsengage.rebuild_tallies()' > /dev/null

if command -v npm > /dev/null && mkdir "$room/npm" &&
	npm install --silent --no-audit --no-fund --prefix "$room/npm" @duckdb/node-api > "$room/npm.log" 2>&1; then
	chmod -R a+rX "$room/npm"
	psql -c "\\copy (SELECT event_type, event_time, individual_no, part FROM smsengage.event ORDER BY event_time) TO '$room/event.csv' WITH (FORMAT csv)" \
		-c "\\copy (SELECT individual_no, individual_id FROM smsengage.individual) TO '$room/people.csv' WITH (FORMAT csv)"
	run node "$room/segments_duckdb.mjs" "$room/npm" "$room/event.csv" "$room/people.csv" "$at" "$RUNS" > "$room/duckdb.csv"
	rm "$room/event.csv" "$room/people.csv"
else
	echo "DuckDB left out: npm cannot install @duckdb/node-api" >&2
fi

psql -f "$room/segments.sql" > /dev/null
if [ -s "$room/duckdb.csv" ]; then
	psql -c "\\copy figure FROM '$room/duckdb.csv' WITH (FORMAT csv)"
fi
psql -P footer=off -f "$room/segments_report.sql"

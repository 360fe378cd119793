#!/bin/sh
#
# How fast events get in, beside what PostgreSQL does without us: one table,
# all of it from one run on one private server.
#
#   test/bench/ingest.sh [EVENTS]     default 500000
#   RUNS=5      take the median of as many (default 3)
#   FSYNC=off   leaves the disk out (default on, as in production)
#   SECONDS_EACH=10   for each pgbench figure (default 5)
#
set -eu
cd "$(dirname "$0")/../.."
. test/server.sh

events=${1:-500000}
: "${RUNS:=3}" "${FSYNC:=on}" "${SECONDS_EACH:=5}"
bench=test/bench

room_open
tree_lock
stage
tree_unlock
server_start "fsync = $FSYNC" "shared_buffers = 1GB" "max_wal_size = 16GB" \
	"checkpoint_timeout = 1h" "max_parallel_workers_per_gather = 0" \
	"autovacuum = off" "work_mem = 64MB"
bin=$("$PG_CONFIG" --bindir)

sql()
{
	"$bin/psql" -X -q -At -v ON_ERROR_STOP=1 -v events="$events" "$@"
}

now()
{
	date +%s%N
}

# A store without events, with the partitions that the events need.
fresh()
{
	sql > /dev/null 2>&1 <<-'END'
		SET client_min_messages = error;
		SELECT smsengage.drop_store(true) WHERE smsengage_internal.store_exists();
		SELECT smsengage.create_store();
		SELECT smsengage_internal.make_partition(m) FROM (VALUES (date '2025-03-01'), ('2025-04-01'), ('2025-05-01')) v (m);
		CHECKPOINT;
	END
}

# measure NAME PREPARE COMMAND...: the median in milliseconds, in $NAME
measure()
{
	name=$1 prepare=$2
	shift 2
	i=0 all=
	while [ $i -lt "$RUNS" ]; do
		$prepare
		start=$(now)
		"$@" > /dev/null 2>> "$room/bench.log" || { tail "$room/bench.log" >&2; exit 1; }
		all="$all $(( ($(now) - start) / 1000000 ))"
		i=$((i + 1))
	done
	# shellcheck disable=SC2086
	median=$(printf '%s\n' $all | sort -n | sed -n "$(( (RUNS + 1) / 2 ))p")
	eval "$name=$median"
	echo "  $name:$all" >&2
}

bare()
{
	sql -c "DROP TABLE IF EXISTS bare" -c "CREATE TABLE bare (LIKE smsengage.event)" \
		-c "ALTER TABLE bare ADD PRIMARY KEY (event_time, event_key)" -c CHECKPOINT > /dev/null 2>&1
}

two_at_once()
{
	sql -c "CALL smsengage.ingest_from('salesforce_ens', 'half_1')" &
	first=$!
	sql -c "CALL smsengage.ingest_from('salesforce_ens', 'half_2')"
	wait $first
}

# line TEXT MILLISECONDS NOTE
line()
{
	awk -v text="$1" -v ms="$2" -v n="$events" -v note="$3" 'BEGIN {
		printf "%-44s %9.2f %12d   %s\n", text, ms / 1000, n * 1000 / ms, note }'
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

# script NAME SIZE BEFORE AFTER: a pgbench script whose payload of so many
# events is in no other call; they happened just now, as those of a webhook,
# and their people are among 1000 times as many.
script()
{
	{
		echo '\set n random(1, 2000000000)'
		echo '\set p random(1, 1000)'
		sql -c "SELECT '$3 replace(replace(replace(\$q\$' || regexp_replace(replace(replace(CASE $2 WHEN 1 THEN min(payload) ELSE '[' || string_agg(payload, ',') || ']' END,
				'\"compositeId\":\"', '\"compositeId\":\"@'), '\"customer-', '\"customer-@'), '(\"timestampUTC\":)[0-9]{7}', '\1~', 'g')
				|| '\$q\$, ''\"@'', ''\"'' || :n), ''-@'', ''-'' || :p), ''~'', floor(extract(epoch FROM now()) / 1000)::text)$4'
			FROM (SELECT payload FROM raw_ens LIMIT $2) r"
	} > "$room/$1.pgbench"
}

# tps NAME CLIENTS: transactions a second
tps()
{
	"$bin/pgbench" -n -M prepared -f "$room/$1.pgbench" -c "$2" -j 2 \
		-T "$SECONDS_EACH" 2>> "$room/bench.log" | sed -n 's/^tps = \([0-9]*\).*/\1/p'
}

echo "preparing $events events" >&2
sql -c "CREATE EXTENSION smsengage" -f $bench/ens_events.sql
sql > /dev/null <<'END'
CREATE TABLE raw_1000 (payload text);
ALTER TABLE raw_1000 ALTER payload SET STORAGE EXTERNAL;
INSERT INTO raw_1000
SELECT '[' || string_agg(payload, ',') || ']' FROM (SELECT payload, (row_number() OVER () - 1) / 1000 AS g FROM raw_ens) r GROUP BY g ORDER BY g;
CREATE TABLE half_1 AS SELECT payload FROM raw_ens LIMIT (SELECT count(*) / 2 FROM raw_ens);
CREATE TABLE half_2 AS SELECT payload FROM raw_ens OFFSET (SELECT count(*) / 2 FROM raw_ens);
CREATE TABLE one_bad_in_ten AS
SELECT CASE WHEN row_number() OVER () % 10 = 0 THEN left(payload, -20) ELSE payload END AS payload FROM raw_ens;
VACUUM ANALYZE;
END

parse="count(smsengage_internal.batch('salesforce_ens', payload, NULL, '2026-01-01'))"
measure json : sql -c "SELECT count(payload::json) FROM raw_ens"
measure jsonb : sql -c "SELECT count(payload::jsonb) FROM raw_ens"
measure ten : sql -f $bench/ten_fields.sql
measure parsed : sql -c "SELECT $parse FROM raw_ens"
measure json_1000 : sql -c "SELECT count(payload::json) FROM raw_1000"
measure parsed_1000 : sql -c "SELECT $parse FROM raw_1000"

load="CALL smsengage.ingest_from('salesforce_ens', 'raw_ens')"
measure c fresh sql -c "$load"
size=$(sql -c "SELECT format('%s + %s', round(sum(pg_table_size(oid)) / $events), round(sum(pg_indexes_size(oid)) / $events))
	FROM pg_class WHERE relnamespace = 'smsengage'::regnamespace AND relkind = 'r' AND relname LIKE 'event\_2%'")
size_all=$(sql -c "SELECT format('%s + %s', round(sum(pg_table_size(oid)) / $events), round(sum(pg_indexes_size(oid)) / $events))
	FROM pg_class WHERE relnamespace = 'smsengage'::regnamespace AND relkind = 'r'")
sql -c "\\copy (SELECT * FROM smsengage.event ORDER BY event_time, event_key) TO '$room/event.bin' (FORMAT binary)"
measure again : sql -c "$load"
measure two fresh two_at_once
measure bad fresh sql -c "CALL smsengage.ingest_from('salesforce_ens', 'one_bad_in_ten')"
measure c_1000 fresh sql -c "CALL smsengage.ingest_from('salesforce_ens', 'raw_1000')"
measure a bare sql -c "\\copy bare FROM '$room/event.bin' (FORMAT binary)"
measure b_event fresh sql -f $bench/usual_event.sql
measure b fresh sql -f $bench/usual_all.sql

echo
echo "PostgreSQL $(sql -c 'SHOW server_version'), fsync = $FSYNC, $events ENS events of" \
	"$(sql -c 'SELECT round(avg(octet_length(payload))) FROM raw_ens') bytes, median of $RUNS"
printf '%-44s %9s %12s   %s\n' "" seconds "events/s" ""
line "count(payload::json)" "$json" ""
line "count(payload::jsonb)" "$jsonb" ""
line "ten fields through jsonb" "$ten" ""
line "parse alone, one a row" "$parsed" "$(ratio "$json" "$parsed") x json, $(ratio "$ten" "$parsed") x ten fields"
line "count(payload::json), 1000 a row" "$json_1000" ""
line "parse alone, 1000 a row" "$parsed_1000" "$(ratio "$json_1000" "$parsed_1000") x json"
line "(a) copy of parsed rows, bare table" "$a" ""
line "(b) jsonb and SQL, the same tables" "$b" ""
line "(b') jsonb and SQL, event alone" "$b_event" ""
line "(c) ingest_from" "$c" "$(ratio "$b" "$c") x (b), $(ratio "$b_event" "$c") x (b'), $(ratio "$a" "$c") x (a)"
line "    1000 events a row" "$c_1000" ""
line "    two connections" "$two" "$(ratio "$c" "$two") x one"
line "    one row in ten is broken" "$bad" "$(ratio "$bad" "$c") x the time"
line "    all of it known already" "$again" ""
echo "bytes an event, tables + indexes: event $size, the whole store $size_all"

fresh
sql -c "SELECT smsengage_internal.make_partition(date_trunc('month', now())::date)" > /dev/null
sql -c "CREATE TABLE plain (no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(), payload text NOT NULL)"
echo
printf '%-24s %8s %12s %12s %12s   %s\n' "calls a second" clients ingest "plain INSERT" inbox "ingest : INSERT"
for sized in 1 10 100 1000; do
	script ingest $sized "SELECT * FROM smsengage.ingest(''salesforce_ens''," ");"
	script plain $sized "INSERT INTO plain (payload) VALUES (" ");"
	script inbox $sized "INSERT INTO smsengage.inbox (provider, payload) VALUES (''salesforce_ens'', convert_to(" ", ''UTF8''));"
	for clients in 1 2 4 8; do
		ingest=$(tps ingest $clients)
		plain=$(tps plain $clients)
		inbox=$(tps inbox $clients)
		printf '%-24s %8s %12s %12s %12s   %s\n' "$sized events a call" $clients "$ingest" "$plain" "$inbox" "$(ratio "$ingest" "$plain")"
		sql -c "TRUNCATE plain, smsengage.inbox" > /dev/null
	done
done

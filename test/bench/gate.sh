#!/bin/sh
#
# What the gate costs: an audience of 1 million numbers against 10 million
# blocks and 2 million opt-outs, beside the anti-join that one would write by
# hand with block list and opt-outs only; then single calls.
#
#   make bench-gate          SCALE=0.1 for a tenth, ROUNDS=3, SECONDS_EACH=10
#
# The two take turns in one run; medians and their ratio are printed.  The
# gate does all its checks: numbers, countries, blocks and removals, consent,
# content, two frequency caps over 200,000 sends, quiet hours in every zone.
#
set -eu
cd "$(dirname "$0")/../.."
. test/server.sh
: "${SCALE:=1}" "${ROUNDS:=3}" "${SECONDS_EACH:=10}"

sh test/prepare.sh build
room_open
tree_lock
stage
tree_unlock
server_start "shared_buffers = 2GB" "work_mem = 256MB" "maintenance_work_mem = 512MB" \
	"max_wal_size = 16GB" "autovacuum = off"
bin=$("$PG_CONFIG" --bindir)
sql()
{
	run "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -v scale="$SCALE" "$@"
}

echo "filling the store at scale $SCALE" >&2
cat > "$room/fill.sql" <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION smsengage;
SELECT smsengage.create_store();
-- numbers in an order that no index or table has: multiples of a prime, modulo another
CREATE FUNCTION number(n bigint, factor bigint) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
	AS $$ SELECT '+1' || (2010000000 + n * factor % 39999983) $$;
INSERT INTO smsengage.block (recipient, blocked_at, event_key, account, code, expires_at, scope, deletable, source, reason)
SELECT number(n, 15485863), t, n, 'a' || n % 10, CASE WHEN n % 5 = 0 THEN 520 ELSE 500 END,
	t + CASE WHEN n % 5 = 0 THEN interval '1 hour' ELSE interval '30 days' END, CASE WHEN n % 5 = 0 THEN 'local' ELSE 'global' END, true, 'event', 'failed'
FROM generate_series(1, (10000000 * :scale)::bigint) n, LATERAL (SELECT timestamptz '2025-06-04 18:00Z' - interval '1 minute' * (n * 7 % 57600) AS t) x;
INSERT INTO smsengage.unblock (recipient, account, unblocked_at, event_key)
SELECT b.recipient, b.account, b.blocked_at + interval '1 minute', b.event_key FROM smsengage.block b WHERE b.event_key % 100 = 0;
INSERT INTO smsengage.subscription (recipient, account, sender, state, event_time, event_key, source)
SELECT number(n, 32452843), 'a1', '22000', 'UNSUBSCRIBED', timestamptz '2025-06-04 18:00Z' - interval '1 second' * n, n, 'event' FROM generate_series(1, (2000000 * :scale)::bigint) n;
SELECT smsengage_internal.make_partition(d) FROM unnest(ARRAY[date '2025-05-01', '2025-06-01']) d;
INSERT INTO smsengage.event (event_time, event_key, individual_no, created_time, received_at, message_key, status_class, provider, event_type, account, recipient, sender_id)
SELECT t, n, n, t, t, gen_random_uuid(), 4, 'native', 'SENT', 'a1', number(n % 100000 + 1, 49979687), '22000'
FROM generate_series(1, (200000 * :scale)::bigint) n, LATERAL (SELECT timestamptz '2025-06-04 18:00Z' - interval '2 seconds' * n AS t) x;
INSERT INTO smsengage.individual (individual_no, scope, individual_id) OVERRIDING SYSTEM VALUE
SELECT e.individual_no, 'a1', 'tel:' || e.recipient FROM smsengage.event e ON CONFLICT DO NOTHING;
INSERT INTO smsengage.frequency_cap (account, period, max_messages) VALUES ('a1', '1 day', 2), ('a1', '7 days', 5);
INSERT INTO smsengage.quiet_hours (account, quiet_start, quiet_end) VALUES ('a1', '22:00', '07:00');
INSERT INTO smsengage.country_rule (account, country, supported) VALUES ('a1', 'US', true), ('a1', 'CA', true), ('a1', '*', true);
INSERT INTO smsengage.content_rule (rule, kind, pattern) VALUES ('loans', 'contains', 'fast loan'), ('guns', 'word', 'gun');
CREATE TABLE audience AS SELECT number(n, 49979687) AS recipient FROM generate_series(1, (1000000 * :scale)::bigint) n;
VACUUM ANALYZE;
SQL
sql -f "$room/fill.sql" > /dev/null

by_hand="SELECT count(*) FROM audience a WHERE NOT EXISTS (SELECT FROM smsengage.block b
	WHERE b.recipient = a.recipient AND b.expires_at > '2025-06-04 18:00Z' AND (b.scope = 'global' OR b.account = 'a1'))
	AND NOT EXISTS (SELECT FROM smsengage.subscription s WHERE s.recipient = a.recipient AND s.account = 'a1' AND s.sender IN ('', '22000') AND s.state = 'UNSUBSCRIBED')"
gate="SELECT count(*) FROM smsengage.can_send_all('SELECT recipient FROM public.audience', 'a1', '22000', 'Hello, your parcel is here', at => '2025-06-04 18:00Z') WHERE allowed"

# Keys begin with the account: without a nested loop the query by hand has the
# plan that is best for it, whatever the planner expects of the first anti-join.
by_hand="SET enable_nestloop = off; $by_hand"

milliseconds()
{
	sql -c '\timing on' -c "$1" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' | tail -n 1
}
median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
: > "$room/hand"; : > "$room/gate"
for round in $(seq "$ROUNDS"); do
	milliseconds "$by_hand" >> "$room/hand"
	milliseconds "$gate" >> "$room/gate"
	echo "round $round: by hand $(tail -n 1 "$room/hand") ms, gate $(tail -n 1 "$room/gate") ms" >&2
done
hand=$(median < "$room/hand")
all=$(median < "$room/gate")

cat > "$room/single.sql" <<'SQL'
\set n random(1, 1000000)
SELECT allowed FROM smsengage.can_send('+1' || (2010000000 + :n * 49979687::bigint % 39999983), 'a1', '22000', 'Hello, your parcel is here', at => '2025-06-04 18:00Z');
SQL
single()
{
	run "$bin/pgbench" -n -M prepared -c "$1" -j "$1" -T "$SECONDS_EACH" -f "$room/single.sql" 2> /dev/null |
		awk -v c="$1" '/latency average/ { l = $4 } /^tps/ { t = $3 } END { printf "can_send(), %s client(s)      %10.3f ms  %8.0f calls/s\n", c, l, t }'
}
chmod a+r "$room/single.sql"
awk -v h="$hand" -v g="$all" 'BEGIN {
	printf "anti-join by hand           %10.0f ms  1.00\n", h
	printf "can_send_all(), all checks  %10.0f ms  %.2f\n", g, g / h }'
single 1
single 2

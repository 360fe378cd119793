#!/bin/sh
#
# A filled store through pg_upgrade: all of it is there afterwards, doctor()
# finds nothing, and what comes again is known.  Needs two servers with the
# extension installed in both (make install PG_CONFIG=...).
#
#   OLD=/usr/lib/postgresql/15/bin NEW=/usr/lib/postgresql/17/bin \
#       sh test/pg_upgrade.sh
#
set -eu
cd "$(dirname "$0")/.."
: "${OLD:?the folder of the old programs}" "${NEW:?the folder of the new ones}"
: "${CHECK_USER:=postgres}"
room=$(TMPDIR='' mktemp -d -t smsengage-upgrade.XXXXXX)
as=
if [ "$(id -u)" -eq 0 ]; then
	as="runuser -u $CHECK_USER --"
	chown "$CHECK_USER" "$room"
fi
leave()
{
	for data in "$room/old" "$room/new"; do
		if [ -e "$data/postmaster.pid" ]; then
			run "$NEW/pg_ctl" -s -m immediate -D "$data" stop || :
		fi
	done
	rm -rf "$room"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# shellcheck disable=SC2086 # two words or none
run() { env -C "$room" $as "$@"; }
ask() { "$NEW/psql" -XqAt -v ON_ERROR_STOP=1 -h "$room" -p 5432 -U postgres -d store "$@"; }
start() { run "$1/pg_ctl" -s -w -D "$2" -l "$room/log" -o "-k $room -p 5432 -c listen_addresses=" start; }

for f in contrib/samples/*/*.json; do
	provider=${f%/*}
	echo "SELECT smsengage.ingest('${provider##*/}', '$(sed "s/'/''/g" "$f")', 'A');"
done > "$room/fill.sql"
cat > "$room/look.sql" <<'SQL'
SELECT 'event', count(*), sum(event_key::numeric) FROM smsengage.event
UNION ALL SELECT 'message', count(*), sum(hashtext(message_key::text || state::text)) FROM smsengage.message
UNION ALL SELECT 'person', count(*), sum(individual_no) FROM smsengage.individual
UNION ALL SELECT 'tally', count(*), sum(smsengage.total(tally)) FROM smsengage.engagement_tally
UNION ALL SELECT 'rejected', count(*), 0 FROM smsengage.rejected_event
UNION ALL SELECT 'segment', count(*), sum(individual_no) FROM smsengage.segment('sent >= 1 or click >= 1 or delivered >= 1')
UNION ALL SELECT 'saved segment', count(*), 0 FROM smsengage.segment_definition
UNION ALL SELECT 'report', count(*), 0 FROM smsengage.sms_delivery_report
UNION ALL SELECT 'comment', count(*), sum(hashtext(obj_description(c.oid, 'pg_class'))) FROM pg_class c WHERE relnamespace = 'smsengage'::regnamespace
SQL

for version in old new; do
	bin=$OLD
	[ $version = old ] || bin=$NEW
	# checksums are on by default from 18; both the same
	run "$bin/initdb" -D "$room/$version" -U postgres -A trust -E UTF8 --no-locale -N > /dev/null
done
start "$OLD" "$room/old"
"$NEW/psql" -Xq -h "$room" -p 5432 -U postgres -d postgres -c 'CREATE DATABASE store'
ask -c 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()' > /dev/null
ask -f "$room/fill.sql" > /dev/null
ask -c 'CALL smsengage.fold()'
ask -c "SELECT smsengage.save_segment('clickers', 'click >= 1 in last 1 year')" > /dev/null
ask -f "$room/fill.sql" > /dev/null
ask -f "$room/look.sql" > "$room/before"
run "$OLD/pg_ctl" -s -m fast -D "$room/old" stop

run "$NEW/pg_upgrade" -b "$OLD" -B "$NEW" -d "$room/old" -D "$room/new" -U postgres \
	-s "$room" > "$room/pg_upgrade.log" 2>&1 || {
	tail -n 30 "$room/pg_upgrade.log" $(find "$room/new" -name "pg_upgrade_dump_*.log")
	exit 1
}

start "$NEW" "$room/new"
ask -f "$room/look.sql" > "$room/after"
diff "$room/before" "$room/after"
ask -c 'SELECT * FROM smsengage.doctor()' > "$room/doctor"
ask -c 'SELECT smsengage.migrate()' > /dev/null
events=$(ask -c 'SELECT count(*) FROM smsengage.event')
ask -f "$room/fill.sql" > /dev/null
[ "$events" = "$(ask -c 'SELECT count(*) FROM smsengage.event')" ] || { echo "events came in twice"; exit 1; }
ask -c 'CALL smsengage.maintain()' -c 'SELECT * FROM smsengage.doctor()' >> "$room/doctor"
if [ -s "$room/doctor" ]; then cat "$room/doctor"; exit 1; fi
echo "pg_upgrade of a store with $events events ... ok"

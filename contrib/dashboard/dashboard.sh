#!/bin/sh
#
# The dashboard on made-up data: a private throw-away server, a quarter of
# generated traffic, the site built from it.
#
#   sh contrib/dashboard/dashboard.sh          serve it until Ctrl-C
#   sh contrib/dashboard/dashboard.sh check    open it in Chromium and compare
#                                              its figures with SQL; left out
#                                              where a program is missing
#
# EVENTS=50000 SEED=1 PORT=0 CHROMIUM=/usr/bin/chromium are the defaults;
# SCREENSHOT=file.png keeps what check saw.
#
set -eu
cd "$(dirname "$0")/../.."
: "${EVENTS:=50000}" "${SEED:=1}" "${PORT:=0}" "${CHROMIUM:=/usr/bin/chromium}"
export CHROMIUM
todo=${1-serve}

missing=
for program in node npm; do
	command -v $program > /dev/null || missing="$missing $program"
done
[ "$todo" = serve ] || [ -x "$CHROMIUM" ] || missing="$missing $CHROMIUM"
if [ -n "$missing" ]; then
	echo "smsengage: no dashboard, as this is missing:$missing" >&2
	[ "$todo" = check ] && exit 0
	exit 1
fi

. test/server.sh
sh test/prepare.sh build
room_open
tree_lock
stage

# The packages stay in the tree, until the list of them changes.
cd contrib/dashboard
if ! cmp -s package-lock.json node_modules/.installed; then
	echo "Installing the packages of the dashboard ..."
	npm ci --no-audit --no-fund --loglevel=error > "$room/npm.log" 2>&1 || {
		cat "$room/npm.log" >&2
		exit 1
	}
	cp package-lock.json node_modules/.installed
fi

echo "Loading about $EVENTS made-up events ..."
server_start 9<&-      # a lock that it inherited would outlive us here
mkdir "$room/traffic"
perl ../samples/generate.pl --seed "$SEED" --events "$EVENTS" "$room/traffic"
chmod -R a+rX "$room/traffic"
psql="$("$PG_CONFIG" --bindir)/psql -X -q -v ON_ERROR_STOP=1"
$psql -c "CREATE ROLE demo LOGIN CREATEROLE" -c "CREATE DATABASE demo OWNER demo"
export PGDATABASE=demo
$psql -U demo -c "CREATE EXTENSION smsengage" -c "SELECT smsengage.create_store()" \
	-f roles.sql -v folder="$room/traffic" -f ../samples/load.sql > "$room/load.log"

# What loaders printed is kept by Framework; other data needs a fresh start.
echo "Building the site ..."
rm -rf dist src/.observablehq/cache/data
PGUSER=dashboard OBSERVABLE_TELEMETRY_DISABLE=true watch node node_modules/.bin/observable build \
	> "$room/build.log" 2>&1 || {
	cat "$room/build.log" >&2
	exit 1
}

if [ "$todo" = check ]; then
	watch node check.js ${SCREENSHOT:+"$SCREENSHOT"}
else
	tree_unlock
	echo "The data: psql -h $room -U dashboard demo"
	watch node serve.js "$PORT"
fi

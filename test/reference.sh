#!/bin/sh
#
# Write doc/reference.md from the comments of a fresh install (reference.sql).
#
set -eu
cd "$(dirname "$0")/.."
. test/server.sh

sh test/prepare.sh build
room_open
tree_lock
stage
tree_unlock
server_start

psql=$("$PG_CONFIG" --bindir)/psql
"$psql" -X -q -v ON_ERROR_STOP=1 \
	-c 'SET client_min_messages = warning' -c 'CREATE EXTENSION smsengage' \
	-c 'SELECT smsengage.create_store()' > /dev/null
"$psql" -X -q -At -v ON_ERROR_STOP=1 -f test/reference.sql > "$room/reference.md"
cat "$room/reference.md" > doc/reference.md

#!/bin/sh
#
# In the copy of the tree that localcheck.sh runs: regress and isolation tests
# ask doctor() before a store goes, with drop_store() or at the end of its
# transaction.  It must find nothing.  TAP tests ask themselves (checks.sh).
#
#   sh test/with_doctor.sh TREE
#
set -eu
cd "$1"

# where there is a store, and whoever runs the test may look at it
look='DO $doctor$ DECLARE d record; BEGIN'
look="$look IF to_regclass('smsengage.event') IS NOT NULL AND to_regproc('smsengage.doctor') IS NOT NULL THEN"
look="$look FOR d IN SELECT * FROM smsengage.doctor() LOOP RAISE EXCEPTION 'doctor() finds: %', d; END LOOP; END IF;"
look="$look EXCEPTION WHEN insufficient_privilege THEN NULL; END \$doctor\$;"

# the line is echoed, so it also goes into what is expected; "&" would be what was found
for f in test/sql/*.sql test/specs/*.spec; do
	grep -q 'create_store()' "$f" || continue
	name=${f##*/}
	if grep -q 'drop_store(' "$f"; then
		end='[[:blank:]]*\(SELECT\|DO \$\$ BEGIN PERFORM\) smsengage\.drop_store('
	else
		end='ROLLBACK;'
	fi
	sed -i "s/^$end/$look\\n&/" "$f" "expected/${name%.*}.out"
done

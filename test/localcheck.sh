#!/bin/sh
#
# Build, then run every test in a throw-away copy of the tree, with
# throw-away servers on private sockets.  Nothing is installed into the
# system but packages that are missing (prepare.sh).
#
#   REGRESS="a b"  ISOLATION="c"  PROVE_TESTS="test/t/x.pl"  narrow the run;
#   an empty value leaves that kind out.
#   DIRECT=off stores every event by SQL, as where it cannot be done page by
#   page; tests of the pages themselves ask for them (SET smsengage.direct).
#
set -eu
cd "$(dirname "$0")/.."
. test/server.sh

# TAP tests need a Perl module more; without the right to install it, a run
# without them must be asked for.
if [ -n "${PROVE_TESTS-all}" ]; then
	sh test/prepare.sh build tap
else
	sh test/prepare.sh build
fi

room_open
tree_lock
stage
[ -z "${DIRECT-}" ] || echo "smsengage.direct = $DIRECT" >> "$room/extra.conf"
mkdir "$room/tree"
tar -cf - --exclude=./.git --exclude=./results --exclude=./tmp_check \
	--exclude=./regression.diffs --exclude=./regression.out \
	--exclude=./contrib/dashboard/node_modules . |
	tar -xf - -C "$room/tree"
tree_unlock
sh test/with_doctor.sh "$room/tree"
[ -z "$as" ] || chown -R "$CHECK_USER:" "$room/tree"

check()
{
	# LANG: the TAP tests' initdb takes the encoding from it, without LC_ALL
	run env LC_ALL=C LANG=C.UTF-8 TZ=UTC TMPDIR="$room" SMS_VERSIONS="$versions" \
		TEMP_CONFIG="$room/extra.conf" \
		"$MAKE" -s -C "$room/tree" PG_CONFIG="$PG_CONFIG" "$@" || status=$?
	# the next kind of test starts a new file
	if [ -s "$room/tree/regression.diffs" ]; then
		cat "$room/tree/regression.diffs" >> "$room/diffs"
	fi
	rm -f "$room/tree/regression.diffs"
}

# The upgrade test walks from older versions, each built as it was.
versions=$room/versions
case ${PROVE_TESTS-084_upgrade.pl} in
	*084_upgrade.pl*)
		mkdir "$versions"
		if sh sql/updates/fetch.sh "$versions" > "$room/versions.log" 2>&1; then
			for v in "$versions"/*; do
				# -g0: the compiler cache would not know another folder else
				watch "$MAKE" -s -C "$v" -j "$(getconf _NPROCESSORS_ONLN)" PG_CONFIG="$PG_CONFIG" \
					with_llvm=no COPT='-g0 -O1' smsengage.so
			done
		else
			mv "$room/versions.log" "$versions/missing"
		fi
		[ -z "$as" ] || chown -R "$CHECK_USER:" "$versions"
		;;
esac

status=0
server="EXTRA_REGRESS_OPTS=--temp-instance=$room/pg --temp-config=$room/extra.conf"
if [ -n "${REGRESS-all}" ]; then
	check installcheck ISOLATION= ${REGRESS+"REGRESS=$REGRESS"} "$server"
fi
if [ -n "${ISOLATION-all}" ]; then
	check installcheck REGRESS= ${ISOLATION+"ISOLATION=$ISOLATION"} "$server"
fi
if [ -n "${PROVE_TESTS-$(ls test/t/*.pl 2> /dev/null)}" ]; then
	check prove_installcheck ${PROVE_TESTS+"PROVE_TESTS=$PROVE_TESTS"}
fi

# Leave what a developer needs to see beside the sources.
tree_lock
rm -rf results regression.diffs regression.out tmp_check
if [ -d "$room/tree/results" ]; then
	find "$room/tree/results" -name '*.out' -exec sed -i '/^DO \$doctor\$/d' {} +
	cp -R "$room/tree/results" .
fi
if [ $status -ne 0 ]; then
	if [ -d "$room/tree/tmp_check/log" ]; then
		mkdir tmp_check
		cp -R "$room/tree/tmp_check/log" tmp_check
	fi
	if [ -s "$room/diffs" ]; then
		cp "$room/diffs" regression.diffs
		cat regression.diffs
	fi
fi
exit $status

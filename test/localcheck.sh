#!/bin/sh
#
# Build, then run every test in a throw-away copy of the tree, with
# throw-away servers on private sockets.  Nothing is installed into the
# system.  A root caller hands the run over to $CHECK_USER, because no
# PostgreSQL server starts as root.
#
#   REGRESS="a b"  ISOLATION="c"  PROVE_TESTS="test/t/x.pl"  narrow the run;
#   an empty value leaves that kind out.
#
set -eu
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS MAKELEVEL PGHOST PGPORT PGUSER PGDATABASE PGSERVICE
: "${MAKE:=make}" "${PG_CONFIG:=pg_config}" "${CHECK_USER:=postgres}"

work=$(mktemp -d -t localcheck.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$work"

"$MAKE" -s PG_CONFIG="$PG_CONFIG" all
"$MAKE" -s PG_CONFIG="$PG_CONFIG" install DESTDIR="$work/inst" > /dev/null
mkdir "$work/tree"
tar -cf - --exclude=./.git . | tar -xf - -C "$work/tree"

# How the server is told to load the extension from $work/inst: PostgreSQL 18
# has a setting for it, Debian's older builds have another.
settings=$("$("$PG_CONFIG" --bindir)/postgres" --describe-config | cut -f1)
case $settings in
	*extension_control_path*)
		echo "extension_control_path = '$work/inst$("$PG_CONFIG" --sharedir):\$system'"
		echo "dynamic_library_path = '$work/inst$("$PG_CONFIG" --pkglibdir):\$libdir'"
		;;
	*extension_destdir*)
		echo "extension_destdir = '$work/inst'"
		;;
	*)
		echo "this server loads installed extensions only:" \
			"use \"make install\" and \"make installcheck\"" >&2
		exit 2
		;;
esac > "$work/extra.conf"
echo "fsync = off" >> "$work/extra.conf"

as=
if [ "$(id -u)" -eq 0 ]; then
	chown -R "$CHECK_USER" "$work"
	as="runuser -u $CHECK_USER --"
fi
run="$as env LC_ALL=C TZ=UTC TMPDIR=$work TEMP_CONFIG=$work/extra.conf $MAKE -s -C $work/tree PG_CONFIG=$PG_CONFIG"
status=0
$run installcheck ${REGRESS+REGRESS="$REGRESS"} ${ISOLATION+ISOLATION="$ISOLATION"} \
	EXTRA_REGRESS_OPTS="--temp-instance=$work/pg --temp-config=$work/extra.conf" || status=$?
if perl -MIPC::Run -e 1 2> /dev/null; then
	if [ -n "${PROVE_TESTS-$(ls test/t/*.pl 2> /dev/null)}" ]; then
		$run prove_installcheck ${PROVE_TESTS+PROVE_TESTS="$PROVE_TESTS"} || status=$?
	fi
else
	echo "TAP tests skipped: Perl's IPC::Run is missing (Debian: libipc-run-perl)"
fi

# Leave what a developer needs to see beside the sources.
rm -rf results regression.diffs regression.out
for f in results regression.diffs regression.out; do
	if [ -e "$work/tree/$f" ]; then cp -R "$work/tree/$f" .; fi
done
if [ $status -ne 0 ] && [ -s regression.diffs ]; then cat regression.diffs; fi
exit $status

#!/bin/sh
#
# Build and test with the server, gcc and clang of other Debian releases, each
# in a system of its own made by debootstrap.  Needs root and a Debian mirror;
# nothing outside of the given folder is touched.
#
#   make matrix                                  trixie, in a temporary folder
#   MATRIX_DIR=dir make matrix                   keep the systems for next time,
#                                                and what each step said, in dir/log
#   MATRIX="trixie sid experimental bookworm/i386" MATRIX_MIRROR=url make matrix
#   REGRESS=... ISOLATION=... PROVE_TESTS=...    narrow the suite, as elsewhere;
#                                                an empty value leaves a kind out
#
# A system is a release, with an architecture that this machine runs if it is
# another.  experimental is no whole release: it is sid, and the newest server
# that experimental has.
#
# Strict builds by both compilers, then the suite with gcc's library and the
# regress tests with clang's.  The last lines are a table of all of it.
#
set -eu
cd "$(dirname "$0")/.."
: "${MATRIX:=trixie}" "${MATRIX_MIRROR:=http://deb.debian.org/debian}" \
	"${MATRIX_SECURITY:=${MATRIX_MIRROR}-security}"
[ "$(id -u)" -eq 0 ] || { echo "make matrix needs root" >&2; exit 2; }
command -v debootstrap > /dev/null || {
	echo "make matrix needs debootstrap (Debian: apt-get install debootstrap)" >&2
	exit 2
}
made=
if [ -z "${MATRIX_DIR-}" ]; then
	MATRIX_DIR=$(TMPDIR='' mktemp -d -t smsengage-matrix.XXXXXX)
	made=$MATRIX_DIR
fi
mkdir -p "$MATRIX_DIR/log"
log=$MATRIX_DIR/log/now
table=$MATRIX_DIR/log/table
: > "$table"
trap 'rm -rf "$log" ${made:+"$made"}' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

flags="-Werror -Wextra -Wno-unused-parameter -Wno-sign-compare -DUSE_ASSERT_CHECKING"
# the server's flags and header settings are gcc's
clang_flags="$flags -Wno-unknown-warning-option -Wno-ignored-attributes \
	-Wno-ignored-optimization-argument -Wno-unused-command-line-argument"

# inside COMMAND: as a script in the system, with its own /proc and shared
# memory, which go when it ends.
inside()
{
	# shellcheck disable=SC2016 # expands inside
	unshare --mount --pid --fork --propagation private sh -eu -c '
		mount -t proc proc "$1/proc"
		mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
		exec chroot "$1" env -i PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin \
			LC_ALL=C DEBIAN_FRONTEND=noninteractive sh -eu -c "$2"' \
		sh "$root" "$1"
}

# Ends with what was said last if a system cannot be made.
or_end()
{
	"$@" > "$log" 2>&1 || { tail -n 20 "$log"; exit 1; }
}

packages="gcc clang libc6-dev make git perl libipc-run-perl"

# The system $root of a release and an architecture, with what is needed in it.
make_system()
{
	if ! [ -e "$root/etc/debian_version" ]; then
		suite=$1
		[ "$suite" != experimental ] || suite=sid
		mkdir -p "$root"
		or_end debootstrap --variant=minbase ${2:+"--arch=$2"} "$suite" "$root" "$MATRIX_MIRROR"
		# a mirror may lag behind
		echo 'Acquire::Check-Valid-Until "false";' > "$root/etc/apt/apt.conf.d/99-smsengage"
		case $1 in
			sid | unstable) ;;
			experimental) echo "deb $MATRIX_MIRROR experimental main" ;;
			*) echo "deb $MATRIX_SECURITY $1-security main" ;;
		esac >> "$root/etc/apt/sources.list"
	fi
	ls "$root"/usr/lib/postgresql/*/bin/pg_config > /dev/null 2>&1 && return
	mkdir -p "$root/etc/postgresql-common/createcluster.d"
	echo "create_main_cluster = false" \
		> "$root/etc/postgresql-common/createcluster.d/smsengage.conf"
	# without the security archive where a mirror's copy of it is broken
	inside 'apt-get -qq update' > "$log" 2>&1 || {
		sed -i '/-security /d' "$root/etc/apt/sources.list"
		or_end inside 'apt-get -qq update'
	}
	if [ "$1" != experimental ]; then
		or_end inside "apt-get -qq -y --no-install-recommends install postgresql postgresql-server-dev-all $packages"
		return
	fi
	# of experimental no more than the server: all else there fits together seldom
	or_end inside "apt-get -qq -y --no-install-recommends install $packages postgresql-common"
	# shellcheck disable=SC2016
	or_end inside '
		v=$(apt-cache search --names-only "^postgresql-server-dev-[0-9]+$" |
			sed "s/^postgresql-server-dev-\([0-9]*\) .*/\1/" | sort -n | tail -n 1)
		apt-get -qq -y --no-install-recommends install $(for p in postgresql-$v postgresql-client-$v \
			postgresql-server-dev-$v libpq5 libpq-dev libpgtypes3; do echo "$p/experimental"; done)'
}

status=0
# step NAME COMMAND: sets $cell to what the table says of it.
step()
{
	printf '%s: %s ... ' "$system" "$1"
	if inside "cd /build; export PG_CONFIG=$pg_config; $2" > "$log" 2>&1; then
		cell=ok
	else
		cell=FAILED
		status=1
		tail -n 100 "$log"
	fi
	# what pg_regress, or prove, says at last
	count=$(sed -n 's/^[# ]*\(All [0-9]* tests passed\|[0-9]* of [0-9]* tests failed\).*/\1/p
		s/^Files=[0-9]*, Tests=\([0-9]*\),.*/\1 tests/p' "$log" | tail -n 1)
	[ -z "$count" ] || cell="$cell ($(echo "$count" | sed 's/^All //; s/ tests.*//'))"
	cp "$log" "$MATRIX_DIR/log/$(echo "$system $1" | tr ' /' '__')"
	echo "$cell"
}

# suite KIND COMPILER [ARGUMENT]: one kind of test, if it is not left out.
suite()
{
	eval "wanted=\${$1-all}"
	[ -n "$wanted" ] || { cell=-; return; }
	case $1 in
		REGRESS) rest="ISOLATION= PROVE_TESTS=" name="regress by $2" ;;
		ISOLATION) rest="REGRESS= PROVE_TESTS=" name="isolation by $2" ;;
		*) rest="REGRESS= ISOLATION=" name="TAP by $2" ;;
	esac
	[ "$wanted" = all ] || rest="$rest $1='$wanted'"
	# what is built is up to date, so that the suite takes it
	step "$name" "$rest ${3-} make -s localcheck"
}

row()
{
	printf '%-14s %-10s %-14s %-12s %-14s %-14s %-14s\n' "$@" >> "$table"
}

row release server compiler "strict build" regress isolation TAP
for system in $MATRIX; do
	release=${system%/*}
	architecture=
	[ "$release" = "$system" ] || architecture=${system#*/}
	root=$MATRIX_DIR/$release${architecture:+-$architecture}
	make_system "$release" "$architecture"
	pg_config=$(cd "$root" && printf '%s\n' usr/lib/postgresql/*/bin/pg_config | sort -t / -k 4 -n | tail -n 1)
	pg_config=/$pg_config
	server=$(inside "$pg_config --version" | cut -d ' ' -f 2)
	rm -rf "$root/build"
	mkdir "$root/build"
	tar -cf - --exclude=./results --exclude=./tmp_check . | tar -xf - -C "$root/build"

	compiler=$(inside 'clang -dumpversion')
	step "strict build by clang" \
		"make -s clean; make -s -j2 CC=clang with_llvm=no COPT='$clang_flags' all"
	built=$cell
	suite REGRESS clang with_llvm=no
	row "$system" "$server" "clang $compiler" "$built" "$cell" - -

	compiler=$(inside 'gcc -dumpfullversion')
	step "strict build by gcc" "make -s clean; make -s -j2 COPT='$flags' all"
	built=$cell
	suite REGRESS gcc
	regress=$cell
	suite ISOLATION gcc
	isolation=$cell
	suite PROVE_TESTS gcc
	row "$system" "$server" "gcc $compiler" "$built" "$regress" "$isolation" "$cell"
done
echo
cat "$table"
exit $status

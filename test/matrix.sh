#!/bin/sh
#
# Build and test with the server, gcc and clang of other Debian releases, each
# in a system of its own made by debootstrap.  Needs root and a Debian mirror;
# nothing outside of the given folder is touched.
#
#   make matrix                                  trixie, in a temporary folder
#   MATRIX_DIR=dir make matrix                   keep the systems for next time
#   MATRIX="trixie sid" MATRIX_MIRROR=url make matrix
#   REGRESS=... ISOLATION=... PROVE_TESTS=...    narrow the suite, as elsewhere
#
# Strict builds by both compilers, then the suite with gcc's library and the
# regress tests with clang's.
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
log=$(TMPDIR='' mktemp -t smsengage-matrix.XXXXXX)
made=
if [ -z "${MATRIX_DIR-}" ]; then
	MATRIX_DIR=$(TMPDIR='' mktemp -d -t smsengage-matrix.XXXXXX)
	made=$MATRIX_DIR
fi
trap 'rm -rf "$log" ${made:+"$made"}' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

flags="-Werror -Wextra -Wno-unused-parameter -Wno-sign-compare -DUSE_ASSERT_CHECKING"
# the server's flags and header settings are gcc's
clang_flags="$flags -Wno-unknown-warning-option -Wno-ignored-attributes \
	-Wno-ignored-optimization-argument -Wno-unused-command-line-argument"

# inside SYSTEM COMMAND: as a script in there, with its own /proc and shared
# memory, which go when it ends.
inside()
{
	unshare --mount --pid --fork --propagation private sh -eu -c '
		mount -t proc proc "$1/proc"
		mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
		exec chroot "$1" env -i PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin \
			LC_ALL=C DEBIAN_FRONTEND=noninteractive sh -eu -c "$2"' \
		sh "$MATRIX_DIR/$1" "$2"
}

# step NAME SYSTEM COMMAND
step()
{
	printf '%s %s ... ' "$2" "$1"
	if inside "$2" "cd /build; $3" > "$log" 2>&1; then
		echo ok
	else
		echo FAILED
		tail -n 100 "$log"
		status=1
	fi
}

status=0
for system in $MATRIX; do
	root=$MATRIX_DIR/$system
	if ! [ -e "$root/etc/debian_version" ]; then
		mkdir -p "$root"
		debootstrap --variant=minbase "$system" "$root" "$MATRIX_MIRROR" > "$log" 2>&1 ||
			{ tail -n 20 "$log"; exit 1; }
		case $system in
			sid | unstable) ;;
			*) echo "deb $MATRIX_SECURITY $system-security main" >> "$root/etc/apt/sources.list" ;;
		esac
	fi
	if ! [ -e "$root/usr/bin/pg_config" ]; then
		mkdir -p "$root/etc/postgresql-common/createcluster.d"
		echo "create_main_cluster = false" \
			> "$root/etc/postgresql-common/createcluster.d/smsengage.conf"
		inside "$system" 'apt-get -qq update
			apt-get -qq -y --no-install-recommends install postgresql \
				postgresql-server-dev-all gcc clang libc6-dev make git perl \
				libipc-run-perl' > "$log" 2>&1 ||
			{ tail -n 20 "$log"; exit 1; }
	fi
	rm -rf "$root/build"
	mkdir "$root/build"
	tar -cf - --exclude=./results --exclude=./tmp_check . | tar -xf - -C "$root/build"
	echo "$system: $(inside "$system" 'pg_config --version; gcc --version | head -n 1; clang --version | head -n 1' | paste -s -d ,)"
	narrow=
	for v in REGRESS ISOLATION PROVE_TESTS; do
		eval "[ -z \"\${$v+x}\" ] || narrow=\"\$narrow $v='\$$v'\""
	done
	step "strict build by clang" "$system" \
		"make -s clean; make -s -j2 CC=clang with_llvm=no COPT='$clang_flags' all"
	# what is built is up to date, so that the suite takes it
	step "regress by clang" "$system" "$narrow ISOLATION= PROVE_TESTS= with_llvm=no make -s localcheck"
	step "strict build by gcc" "$system" \
		"make -s clean; make -s -j2 COPT='$flags' all"
	step "suite by gcc" "$system" "$narrow make -s localcheck"
done
exit $status

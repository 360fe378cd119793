#!/bin/sh
#
# Install the Debian packages that the build and the tests need, where they
# are missing; silent and quick when nothing is.
#
#   sh test/prepare.sh [build] [tap] [bi] [cron] [audit]    default: build and tap
#
# cron: pg_cron.  audit: pgaudit.  bi: what the tests of reports read them with, ODBC, JDBC and Chromium; a test
# that finds them missing is skipped.
#
# Nothing but packages stays in the system: a server package would also make
# and start a cluster "main", so cluster creation is switched off while apt
# runs.  No cluster is ever removed, as none comes into being.
#
set -eu
: "${PG_CONFIG:=pg_config}"
lowest=15

# Put the newest server here, or else the system's own, in place of VERSION.
with_version()
{
	v=$(ls -d /usr/lib/postgresql/*/bin/postgres 2> /dev/null |
		cut -d/ -f5 | sort -n | tail -n 1)
	[ -n "$v" ] || v=$(apt-cache show postgresql 2> /dev/null |
		sed -n 's/^Version: \([0-9]*\)+.*/\1/p' | sort -n | tail -n 1)
	echo "$1" | sed "s/VERSION/${v:-$lowest}/g"
}

# Runs as root, one at a time: the second of two runs finds all in place.
if [ "${1-}" = --install ]; then
	shift
	export DEBIAN_FRONTEND=noninteractive LC_ALL=C
	off=/etc/postgresql-common/createcluster.d/zz-smsengage-prepare.conf
	made=
	log=$(TMPDIR='' mktemp -t smsengage-prepare.XXXXXX)
	leave()
	{
		rm -f "$off" "$log"
		# not ours to keep if the packages have not come
		for dir in $made; do rmdir "$dir" 2> /dev/null || :; done
	}
	trap leave EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	for dir in /etc/postgresql-common /etc/postgresql-common/createcluster.d; do
		if ! [ -d "$dir" ]; then
			mkdir "$dir"
			made="$dir $made"
		fi
	done
	echo "create_main_cluster = false" > "$off"
	# An update that fails, off line say, leaves the lists at hand.
	apt-get -qq update > "$log" 2>&1 || :
	packages=$(with_version "$*")
	echo "smsengage: installing $packages" >&2
	# shellcheck disable=SC2086 # a list
	apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Use-Pty=0 install $packages < /dev/null >> "$log" 2>&1 && exit
	tail -n 20 "$log" >&2
	exit 1
fi

[ $# -gt 0 ] || set -- build tap
wants_build=
wants_tap=
wants_bi=
wants_cron=
wants_audit=
for want; do
	case $want in
		build) wants_build=1 ;;
		tap) wants_tap=1 ;;
		bi) wants_bi=1 ;;
		cron) wants_cron=1 ;;
		audit) wants_audit=1 ;;
		*) echo "usage: $0 [build] [tap] [bi] [cron] [audit]" >&2; exit 2 ;;
	esac
done

fail()
{
	echo "smsengage: $1" >&2
	shift
	for line; do echo "  $line" >&2; done
	exit 1
}

# The major version that PG_CONFIG speaks of, or nothing.
server_version()
{
	"$PG_CONFIG" --version 2> /dev/null |
		sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p'
}

# Sets "packages" to those that lack something.
look()
{
	packages=
	version=$(server_version)
	if [ -n "$wants_build" ]; then
		if ! echo '#include <stdio.h>' | gcc -E - > /dev/null 2>&1; then
			packages="$packages gcc libc6-dev"
		fi
		if [ -z "$version" ]; then
			packages="$packages postgresql-VERSION postgresql-server-dev-VERSION"
		else
			bindir=$("$PG_CONFIG" --bindir)
			if ! [ -x "$bindir/initdb" ] || ! [ -x "$bindir/psql" ]; then
				packages="$packages postgresql-$version"
			fi
			# the headers tell: Debian's client package has the build files too
			if ! [ -e "$("$PG_CONFIG" --includedir-server)/postgres.h" ]; then
				packages="$packages postgresql-server-dev-$version"
			fi
		fi
	fi
	if [ -n "$wants_tap" ]; then
		if ! perl -MIPC::Run -e 1 2> /dev/null; then
			packages="$packages libipc-run-perl"
		fi
		command -v prove > /dev/null || packages="$packages perl"
	fi
	if [ -n "$wants_bi" ]; then
		[ -e /usr/include/sql.h ] || packages="$packages unixodbc-dev"
		ls /usr/lib/*/odbc/psqlodbcw.so > /dev/null 2>&1 || packages="$packages odbc-postgresql"
		[ -e /usr/share/java/postgresql.jar ] || packages="$packages libpostgresql-jdbc-java"
		# the compiler too: the reader is one source file
		command -v javac > /dev/null || packages="$packages default-jdk-headless"
		[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || packages="$packages chromium fonts-dejavu-core"
		command -v npm > /dev/null || packages="$packages nodejs npm"
	fi
	if [ -n "$wants_cron" ] && [ -n "$version" ] &&
		! [ -e "$("$PG_CONFIG" --sharedir)/extension/pg_cron.control" ]; then
		packages="$packages postgresql-$version-cron"
	fi
	if [ -n "$wants_audit" ] && [ -n "$version" ] &&
		! [ -e "$("$PG_CONFIG" --sharedir)/extension/pgaudit.control" ]; then
		packages="$packages postgresql-$version-pgaudit"
	fi
	packages=${packages# }
}

look
if [ -n "$version" ] && [ "$version" -lt $lowest ]; then
	fail "PostgreSQL $lowest or newer is needed, $PG_CONFIG is of $version." \
		"Say PG_CONFIG=/path/to/pg_config of a newer one."
fi
[ -n "$packages" ] || exit 0

# A server from elsewhere is not completed by Debian's packages.
case $packages in
	*postgresql-*)
		if [ -z "$version" ] && [ "$PG_CONFIG" != pg_config ]; then
			fail "PG_CONFIG=$PG_CONFIG does not run."
		fi
		case ${bindir-/usr/lib/postgresql/} in
			/usr/lib/postgresql/*) ;;
			*)
				fail "the server in $bindir lacks programs or development files." \
					"Install them from where it came from, or choose another PG_CONFIG."
				;;
		esac
		;;
esac
if ! command -v apt-get > /dev/null; then
	fail "missing on this machine, which has no apt-get:" \
		"a C compiler, PostgreSQL's server and development files, Perl's IPC::Run" \
		"Debian's names: $(with_version "$packages")"
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! sudo -n true 2> /dev/null; then
		fail "packages are missing, and this user may not install any. As root:" \
			"apt-get install --no-install-recommends $(with_version "$packages")"
	fi
	sudo="sudo -n"
fi

# shellcheck disable=SC2086 # a list, and a word or none
if ! $sudo flock /etc/apt sh "$0" --install $packages; then
	fail "apt-get could not install: $(with_version "$packages")"
fi

look
[ -z "$packages" ] || fail "still missing after the installation: $packages"

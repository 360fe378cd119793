#!/bin/sh
# Sorting a CSV of replies turns YES into True and the reply NONE into nothing.
#
# Expected: csvsort puts rows in order, as its manual says, "like the Unix sort";
#   the cells come out as they went in.
# Happens: types are guessed to sort by, and the guess is what is written: a column
#   of YES and NO becomes True and False, one of 1 and 0 as well; NONE, N/A and NA
#   are emptied in any text column; 12E5 becomes 1.2E+6, and a phone number loses
#   its plus sign and the zeros in front.  With -I it is left alone.
# Matters: keyword replies and message ids are just such words; a list that was
#   only sorted before the import has other keywords, and numbers without plus.
# Seen: csvkit 1.0.7-1 with python3-agate 1.6.3-2, Debian 12, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
[ -x /usr/bin/python3 ] || exit 77
apt-get -o APT::Sandbox::User=root download \
	csvkit=1.0.7-1 \
	python3-csvkit=1.0.7-1 \
	python3-agate=1.6.3-2 \
	python3-leather=0.3.4-2 \
	python3-parsedatetime=2.6-3 \
	python3-slugify=4.0.0-2 \
	python3-pytimeparse=1.1.5-3 \
	python3-isodate=0.6.1-1 \
	python3-babel=2.10.3-1 \
	python-babel-localedata=2.10.3-1 \
	python3-six=1.16.0-4 \
	python3-sqlalchemy=1.4.46+ds1-1 \
	python3-text-unidecode=1.3-1 \
	python3-awesomeversion=22.9.0-1 \
	python3-typing-extensions=4.4.0-1 \
	python3-tz=2022.7.1-4 \
	python3-dbfread=2.0.7-5 \
	python3-openpyxl=3.0.9-1 \
	python3-xlrd=1.2.0-3 \
	> apt.log 2>&1 || exit 77
for deb in *.deb; do dpkg-deb -x "$deb" .; done

cat > seen <<'EOF'
csvsort -c phone answers.csv
phone,reply,id
12025550101,False,5
12025550102,True,1.2E+6
csvsort -I -c phone answers.csv
phone,reply,id
+12025550102,YES,12E5
0012025550101,NO,5
csvsort -c who words.csv
who,reply
a,STOP
b,
c,
EOF
export PYTHONPATH="$PWD/usr/lib/python3/dist-packages" LC_ALL=C.UTF-8
printf 'phone,reply,id\n+12025550102,YES,12E5\n0012025550101,NO,5\n' > answers.csv
printf 'who,reply\nb,NONE\na,STOP\nc,N/A\n' > words.csv
for arguments in '-c phone answers.csv' '-I -c phone answers.csv' '-c who words.csv'; do
	echo "csvsort $arguments"
	# shellcheck disable=SC2086 # words
	/usr/bin/python3 usr/bin/csvsort $arguments
done > now 2> err
cat now
diff seen now

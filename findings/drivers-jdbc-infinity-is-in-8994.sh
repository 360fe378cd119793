#!/bin/sh
# "For ever" is a day in August 8994 for JDBC, and midnight has three faces.
#
# Expected: PostgreSQL's infinity as a date is an error, null or something that
#   says so; the driver's manual speaks of constants for it.  time '24:00' is one
#   value.
# Happens: getObject() of date 'infinity' is a java.sql.Date that prints as
#   8994-08-16 (the year 292278994, cut to four digits by Java); written back it
#   is infinity again, so it shows only where it is printed or put into JSON.
#   time '24:00' is 00:00:00 by getTime(), 23:59:59.999999999 by LocalTime and
#   24:00:00 by getString().
# Matters: reports show a block "until 16 August 8994", which nobody takes for
#   "without end"; quiet hours until 24:00 end at once, or a nanosecond early, by
#   the getter that was used.
# Seen: libpostgresql-jdbc-java 42.5.5-0+deb12u1, PostgreSQL 15.20, OpenJDK 17,
#   Debian 12, 2026-11-30.
set -u
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
cd "$here" || exit 1
command -v pg_virtualenv > /dev/null || exit 77
command -v java > /dev/null || exit 77
apt-get -o APT::Sandbox::User=root download \
	libpostgresql-jdbc-java=42.5.5-0+deb12u1 \
	> apt.log 2>&1 || exit 77
for deb in *.deb; do dpkg-deb -x "$deb" .; done

cat > seen <<'EOF'
date 'infinity': getObject() 8994-08-16, getString() infinity
time '24:00': getTime() 00:00:00, LocalTime 23:59:59.999999999, getString() 24:00:00
written back: infinity
EOF
cat > Ask.java <<'EOF'
import java.sql.*;
import java.time.*;

public class Ask {
	public static void main(String[] arguments) throws Exception {
		try (Connection c = DriverManager.getConnection("jdbc:postgresql://localhost:" + System.getenv("PGPORT") + "/postgres",
				System.getenv("PGUSER"), System.getenv("PGPASSWORD")); Statement s = c.createStatement()) {
			ResultSet r = s.executeQuery("SELECT date 'infinity', time '24:00'");
			r.next();
			System.out.println("date 'infinity': getObject() " + r.getObject(1) + ", getString() " + r.getString(1));
			System.out.println("time '24:00': getTime() " + r.getTime(2) + ", LocalTime " + r.getObject(2, LocalTime.class)
				+ ", getString() " + r.getString(2));
			PreparedStatement p = c.prepareStatement("SELECT ?::date::text");
			p.setDate(1, r.getDate(1));
			ResultSet back = p.executeQuery();
			back.next();
			System.out.println("written back: " + back.getString(1));
		}
	}
}
EOF
TZ=UTC pg_virtualenv -v 15 sh -c 'touch started; java -cp usr/share/java/postgresql.jar Ask.java > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now

#!/bin/sh
# A column that ignores case does not, when asked by JDBC with a parameter.
#
# Expected: citext compares without case, as its manual says of all its operators,
#   and psql's literal and node's parameter do.
# Happens: setString() sends the parameter as varchar, so citext = varchar is
#   resolved to text = text, which has case: no error, no notice, no row.  The
#   literal in the same session finds it; with stringtype=unspecified in the URL
#   the parameter does too.
# Matters: keywords and names are what citext is used for: "stop" is not found
#   under STOP by the Java service, and by everybody who tries the query in psql.
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
default: literal finds 1, parameter finds 0
?stringtype=unspecified: literal finds 1, parameter finds 1
EOF
cat > Ask.java <<'EOF'
import java.sql.*;

public class Ask {
	public static void main(String[] arguments) throws Exception {
		for (String option : new String[] {"", "?stringtype=unspecified"}) {
			try (Connection c = DriverManager.getConnection("jdbc:postgresql://localhost:" + System.getenv("PGPORT") + "/postgres" + option,
					System.getenv("PGUSER"), System.getenv("PGPASSWORD")); Statement s = c.createStatement()) {
				s.execute("CREATE EXTENSION IF NOT EXISTS citext");
				s.execute("CREATE TEMP TABLE reply (keyword citext)");
				s.execute("INSERT INTO reply VALUES ('STOP')");
				ResultSet literal = s.executeQuery("SELECT count(*) FROM reply WHERE keyword = 'stop'");
				literal.next();
				PreparedStatement p = c.prepareStatement("SELECT count(*) FROM reply WHERE keyword = ?");
				p.setString(1, "stop");
				ResultSet parameter = p.executeQuery();
				parameter.next();
				System.out.println((option.isEmpty() ? "default" : option) + ": literal finds " + literal.getInt(1) + ", parameter finds " + parameter.getInt(1));
			}
		}
	}
}
EOF
TZ=UTC pg_virtualenv -v 15 sh -c 'touch started; java -cp usr/share/java/postgresql.jar Ask.java > now 2> err' > log 2>&1
[ -e started ] || exit 77
tail -n 3 err | cut -c 1-200
cat now
diff seen now

// What a tool that reads a database through JDBC sees of the views of schema
// smsengage: a line "view|column|type number|type name|size|digits|remarks"
// each; a view has no column.
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;

public class Catalogue {
	private static String plain(String text) {
		return text == null ? "" : text.replace('\n', ' ').replace('|', '/');
	}

	public static void main(String[] args) throws Exception {
		try (Connection connection = DriverManager.getConnection(args[0])) {
			DatabaseMetaData meta = connection.getMetaData();
			try (ResultSet views = meta.getTables(null, "smsengage", "%", new String[] {"VIEW"})) {
				while (views.next())
					System.out.println(views.getString("TABLE_NAME") + "||||||" + plain(views.getString("REMARKS")));
			}
			try (ResultSet columns = meta.getColumns(null, "smsengage", "%", "%")) {
				while (columns.next())
					System.out.println(columns.getString("TABLE_NAME") + "|" + columns.getString("COLUMN_NAME") + "|" +
						columns.getInt("DATA_TYPE") + "|" + columns.getString("TYPE_NAME") + "|" + columns.getInt("COLUMN_SIZE") + "|" +
						columns.getInt("DECIMAL_DIGITS") + "|" + plain(columns.getString("REMARKS")));
			}
			// a filter with a parameter, as report builders write it
			try (var query = connection.prepareStatement("SELECT count(*) FROM smsengage.campaign_metrics WHERE bulk_message = ?")) {
				query.setString(1, "spring");
				try (ResultSet rows = query.executeQuery()) {
					rows.next();
					System.out.println("rows of spring: " + rows.getLong(1));
				}
			}
		}
	}
}

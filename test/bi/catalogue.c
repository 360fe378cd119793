/*
 * What a tool that reads a database through ODBC sees of the views of schema
 * smsengage: a line "view|column|type number|type name|size|digits" each.
 */
#include <stdio.h>
#include <sql.h>
#include <sqlext.h>

static const char *
text_of(SQLHSTMT statement, int column, char *room, int size)
{
	SQLLEN		length;

	if (!SQL_SUCCEEDED(SQLGetData(statement, column, SQL_C_CHAR, room, size, &length)) ||
		length == SQL_NULL_DATA)
		return "";
	return room;
}

int
main(int argc, char **argv)
{
	SQLHENV		environment;
	SQLHDBC		connection;
	SQLHSTMT	statement;
	SQLCHAR		message[512] = "";
	char		room[256];

	if (argc != 2)
		return 2;
	SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
	SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, (void *) SQL_OV_ODBC3, 0);
	SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection);
	if (!SQL_SUCCEEDED(SQLDriverConnect(connection, NULL, (SQLCHAR *) argv[1], SQL_NTS,
										NULL, 0, NULL, SQL_DRIVER_NOPROMPT)))
	{
		SQLGetDiagRec(SQL_HANDLE_DBC, connection, 1, NULL, NULL, message, sizeof(message), NULL);
		fprintf(stderr, "%s\n", message);
		return 1;
	}
	SQLAllocHandle(SQL_HANDLE_STMT, connection, &statement);
	if (!SQL_SUCCEEDED(SQLColumns(statement, NULL, 0, (SQLCHAR *) "smsengage", SQL_NTS,
								  (SQLCHAR *) "%", SQL_NTS, (SQLCHAR *) "%", SQL_NTS)))
		return 1;
	while (SQL_SUCCEEDED(SQLFetch(statement)))
	{
		printf("%s|", text_of(statement, 3, room, sizeof(room)));
		printf("%s|", text_of(statement, 4, room, sizeof(room)));
		printf("%s|", text_of(statement, 5, room, sizeof(room)));
		printf("%s|", text_of(statement, 6, room, sizeof(room)));
		printf("%s|", text_of(statement, 7, room, sizeof(room)));
		printf("%s\n", text_of(statement, 9, room, sizeof(room)));
	}
	return 0;
}

#!/bin/sh
# What the harness wants of a server, in the words of MariaDB; containers/postgresql/database.sh is its twin.
# Of the environment: PORT, and of one database NAME, OWNER, PASSWORD. SQL that is to be loaded is standard input.
set -eu
data=/var/lib/mysql/lab
socket=/run/mysqld/mysqld.sock

ask() { # options of mariadb
    mariadb --no-defaults --socket "$socket" --default-character-set=utf8mb4 "$@"
}

given() { # what the environment says, as variables of SQL, whatever characters are in it
    for name in NAME OWNER PASSWORD; do
        value=$(eval "printf %s \"\$$name\"" | base64 --wrap 0)
        echo "SET @$name = CONVERT(FROM_BASE64('$value') USING utf8mb4);"
    done
}

case $1 in
prepare)
    mariadb-install-db --no-defaults --datadir="$data" --skip-test-db --auth-root-authentication-method=normal > /dev/null
    # A site's own user may well be root.
    mariadbd --no-defaults --datadir="$data" --bootstrap <<'SQL'
FLUSH PRIVILEGES;
DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';
FLUSH PRIVILEGES;
CREATE USER 'harness'@'localhost';
GRANT ALL ON *.* TO 'harness'@'localhost' WITH GRANT OPTION;
SQL
    ;;
serve) # nothing has to outlive the run, so nothing waits for a disk
    exec mariadbd --no-defaults --datadir="$data" --socket="$socket" --port="$PORT" --bind-address=localhost \
        --skip-name-resolve --skip-log-bin --max-connections=200 --max-allowed-packet=256M \
        --innodb-buffer-pool-size=32M --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync \
        --innodb-doublewrite=0 --aria-pagecache-buffer-size=8M --key-buffer-size=8M --performance-schema=off
    ;;
ready)
    ask --user harness --execute "SELECT 1" > /dev/null 2>&1
    ;;
create) # whoever owns it may do everything: what the dump makes is the owner's
    { given; cat <<'SQL'; } | ask --user harness
EXECUTE IMMEDIATE CONCAT('CREATE OR REPLACE USER ', QUOTE(@OWNER), '@''%'' IDENTIFIED BY ', QUOTE(@PASSWORD));
EXECUTE IMMEDIATE CONCAT('CREATE OR REPLACE USER ', QUOTE(@OWNER), '@localhost IDENTIFIED BY ', QUOTE(@PASSWORD));
EXECUTE IMMEDIATE CONCAT('GRANT ALL ON *.* TO ', QUOTE(@OWNER), '@''%'' WITH GRANT OPTION');
EXECUTE IMMEDIATE CONCAT('GRANT ALL ON *.* TO ', QUOTE(@OWNER), '@localhost WITH GRANT OPTION');
EXECUTE IMMEDIATE CONCAT('CREATE DATABASE IF NOT EXISTS `', REPLACE(@NAME, '`', '``'), '`');
SQL
    ;;
load)
    export MYSQL_PWD="$PASSWORD"
    ask --user="$OWNER" --database="$NAME" --max-allowed-packet=256M > /dev/null
    ;;
count) # a line of JSON for each table: its rows, and in how many of them each column says something
        # The harness's own calls (Local/mark@harness-leg) come as often as waiting takes: they do not count.
    { given; cat <<'SQL'; } | ask --user harness --batch --raw --skip-column-names |
SET SESSION group_concat_max_len = 16777216;
SELECT CONCAT('SELECT JSON_OBJECT(''table'', ', QUOTE(t.TABLE_NAME), ', ''rows'', COUNT(*), ''columns'', JSON_ARRAY(',
    GROUP_CONCAT(QUOTE(c.COLUMN_NAME) ORDER BY c.ORDINAL_POSITION), '), ''filled'', JSON_ARRAY(',
    GROUP_CONCAT(CONCAT('COUNT(NULLIF(CAST(`', REPLACE(c.COLUMN_NAME, '`', '``'), '` AS CHAR), ''''))')
        ORDER BY c.ORDINAL_POSITION),
    ')) FROM `', REPLACE(t.TABLE_NAME, '`', '``'), '` WHERE CONCAT_WS('' ''',
    GROUP_CONCAT(CONCAT(', `', REPLACE(c.COLUMN_NAME, '`', '``'), '`') SEPARATOR ''),
    ') NOT LIKE ''%/mark@harness-leg%'';')
FROM information_schema.TABLES t
JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
WHERE t.TABLE_SCHEMA = @NAME AND t.TABLE_TYPE = 'BASE TABLE'
GROUP BY t.TABLE_NAME ORDER BY t.TABLE_NAME;
SQL
        ask --user harness --database="$NAME" --batch --raw --skip-column-names
    ;;
esac

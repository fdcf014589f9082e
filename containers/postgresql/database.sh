#!/bin/sh
# What the harness wants of a server, in the words of PostgreSQL; containers/mariadb/database.sh is its twin.
# Of the environment: PORT, and of one database NAME, OWNER, PASSWORD. SQL that is to be loaded is standard input.
set -eu
bin=$(echo /usr/lib/postgresql/*/bin)
data=/var/lib/postgresql/lab
export PGHOST=/run/postgresql PGPORT="${PORT:-5432}"

ask() { # options of psql
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set VERBOSITY=terse "$@"
}

case $1 in
prepare)
    "$bin/initdb" --pgdata "$data" --username harness --encoding UTF8 --locale C.UTF-8 --no-sync > /dev/null
    # Passwords are asked for, as in production: one that was mistyped in a migrated file is to be found.
    printf '%s\n' 'local all harness trust' 'local all all scram-sha-256' \
        'host all all all scram-sha-256' > "$data/pg_hba.conf"
    ;;
serve) # nothing has to outlive the run, so nothing waits for a disk
    exec "$bin/postgres" -D "$data" -c listen_addresses=localhost -c port="$PGPORT" \
        -c unix_socket_directories="$PGHOST" -c shared_buffers=32MB -c max_connections=200 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 \
        -c max_wal_size=256MB -c max_parallel_workers_per_gather=0 -c max_parallel_maintenance_workers=0 \
        -c logging_collector=off -c log_min_messages=fatal -c log_min_error_statement=panic
    ;;
ready)
    "$bin/pg_isready" --quiet --username harness --dbname postgres
    ;;
create) # its owner may do everything; dumps often name postgres, the owner of most servers
    ask --username harness --dbname postgres <<'SQL'
\getenv name NAME
\getenv owner OWNER
\getenv password PASSWORD
SELECT format('CREATE ROLE %I', :'owner') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT 'CREATE ROLE postgres SUPERUSER' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postgres') \gexec
ALTER ROLE :"owner" LOGIN SUPERUSER PASSWORD :'password';
SELECT format('CREATE DATABASE %I', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
ALTER DATABASE :"name" OWNER TO :"owner";
SQL
    ;;
load)
    export PGPASSWORD="$PASSWORD"
    ask --username "$OWNER" --dbname "$NAME" --file - > /dev/null
    ;;
count) # a line of JSON for each table: its rows, and in how many of them each column says something
        # The harness's own calls (Local/mark@harness-leg) come as often as waiting takes: they do not count.
    ask --username harness --dbname "$NAME" --tuples-only --no-align <<'SQL'
SET client_encoding = 'UTF8';
SELECT format(
    'SELECT json_build_object(''table'', %L, ''rows'', count(*), ''columns'', ARRAY[%s]::text[], ''filled'', ARRAY[%s]::bigint[]) FROM %I.%I AS r WHERE r::text NOT LIKE ''%%/mark@harness-leg%%''',
    CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END,
    string_agg(format('%L', a.attname), ', ' ORDER BY a.attnum),
    string_agg(format('count(NULLIF(%I::text, ''''))', a.attname), ', ' ORDER BY a.attnum),
    n.nspname, c.relname)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
GROUP BY n.nspname, c.relname ORDER BY 1 \gexec
SQL
    ;;
esac

#!/usr/bin/env bash
# Runs once, when the database cluster is created: lets a replica follow it.
set -euo pipefail
if [ -z "${REPLICATION_PASSWORD:-}" ]; then
    echo "no REPLICATION_PASSWORD: no replica can follow this database"
    exit 0
fi
psql --set=ON_ERROR_STOP=1 --set=password="$REPLICATION_PASSWORD" \
    --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'password';
SQL
echo "host replication replicator samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"

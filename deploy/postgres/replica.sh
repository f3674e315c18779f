#!/usr/bin/env bash
# A streaming replica: copied from the primary at the first start, follows it from then on.
set -euo pipefail
: "${REPLICATION_PASSWORD:?set it in .env}"
export PGPASSWORD="$REPLICATION_PASSWORD"
install -d -o postgres -g postgres -m 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # An interrupted copy left something behind that cannot be continued.
    find "$PGDATA" -mindepth 1 -delete
    gosu postgres pg_basebackup --host "$PRIMARY_HOST" --username replicator \
        --pgdata "$PGDATA" --write-recovery-conf --wal-method stream --checkpoint fast
fi
exec gosu postgres postgres -c hot_standby_feedback=on

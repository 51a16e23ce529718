#!/bin/sh
# Temporal's two databases, created or brought up to the server's version; may run again at any time.
# Where PostgreSQL is comes from SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD and SQL_PLUGIN.
set -eu

schema=/etc/temporal/schema/postgresql/v12

create() {
  temporal-sql-tool --db "$1" create --defaultdb postgres
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "$schema/$2/versioned"
}

create temporal temporal
create temporal_visibility visibility

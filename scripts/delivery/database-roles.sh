#!/usr/bin/env bash
# Makes the two roles that the shop signs in as, or gives them the passwords that are in Secrets Manager now. An
# administrator runs it after the services layer was applied for the first time, and after each rotation.
# shellcheck source=scripts/ops/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../ops/lib.sh"

options 'Make the roles of the server and of the migrations in the database.' "$@" <<'END'
environment demo|prod
END
cluster="$(parameter services/database-cluster-arn)"
master="$(parameter services/database-master-secret)"

# One statement as the master, through the database's own door for administrators: it is reachable from nowhere else.
sql() {
  bounded aws rds-data execute-statement --resource-arn "$cluster" --secret-arn "$master" --database shop --sql "$1" \
    >/dev/null || die 'the database has refused a statement'
}

# role <name of the role> <name of the secret>: exists, may sign in, and has the secret's password.
role() {
  local url verifier
  url="$(bounded aws secretsmanager get-secret-value --secret-id "$(name)/$2" --query SecretString --output text |
    jq -er .DATABASE_URL)" || die "the secret $2 can not be read"
  # Terraform makes passwords of letters and digits.
  [[ "$url" =~ ^postgres://$1:([A-Za-z0-9]{32,64})@ ]] || die "the secret $2 is not for the role $1"
  # A statement may be logged, and a command's arguments are seen by others: the password itself is in neither.
  verifier="$(printf '%s' "${BASH_REMATCH[1]}" | python3 "$(dirname "${BASH_SOURCE[0]}")/scram.py")" ||
    die "no verifier can be computed for the role $1"
  sql "DO \$\$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$1') THEN CREATE ROLE $1 LOGIN; END IF; END \$\$"
  # The master is no superuser, so it can't make one, and may not even say that this is none.
  sql "ALTER ROLE $1 WITH LOGIN NOCREATEDB NOCREATEROLE PASSWORD '$verifier'"
}

role shop_migrate database-migrate
role shop_app database
# The migrations own the tables; the server reads and writes what is in them, now and later. Nobody else has a say.
sql 'REVOKE ALL ON DATABASE shop FROM PUBLIC'
sql 'GRANT CONNECT ON DATABASE shop TO shop_migrate, shop_app'
sql 'GRANT USAGE, CREATE ON SCHEMA public TO shop_migrate'
sql 'GRANT USAGE ON SCHEMA public TO shop_app'
sql 'GRANT shop_migrate TO master'
for objects in 'SELECT, INSERT, UPDATE, DELETE ON TABLES' 'USAGE, SELECT ON SEQUENCES'; do
  sql "ALTER DEFAULT PRIVILEGES FOR ROLE shop_migrate IN SCHEMA public GRANT $objects TO shop_app"
  sql "GRANT ${objects/ ON / ON ALL } IN SCHEMA public TO shop_app"
done
note "The roles shop_migrate and shop_app of ${OPTION[environment]} have the passwords of their secrets."

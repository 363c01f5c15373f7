#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, in ./secrets; what is there already stays as it is.
# Keep a copy of encryption_key apart from the database's backups: neither is of use without the other.
set -eu
cd "$(dirname "$0")/.."
mkdir -p -m 700 secrets
cd secrets

if [ ! -s encryption_key ]; then
  head -c 32 /dev/urandom | base64 >encryption_key
fi
if [ ! -s postgres_password ]; then
  head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >postgres_password
fi
printf 'postgres://identity:%s@postgres:5432/identity\n' "$(cat postgres_password)" >database_url

# The containers' users have other ids than yours, so each file must be open to all: it is the folder that is shut.
chmod 700 .
chmod 644 encryption_key postgres_password database_url
echo "The secrets are in $(pwd)."

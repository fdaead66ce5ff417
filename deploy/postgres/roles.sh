#!/bin/sh
# Makes the two roles and the database when the server's folder is new; the image runs it once.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
CREATE ROLE lyceum_owner LOGIN PASSWORD :'owner';
CREATE ROLE lyceum_app LOGIN PASSWORD :'app';
CREATE DATABASE lyceum OWNER lyceum_owner;
SQL

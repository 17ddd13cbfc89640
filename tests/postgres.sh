#!/usr/bin/env bash
# A real PostgreSQL server for the tests: on a private port of this machine, in a temporary folder, under an unprivileged user.
#
#   tests/postgres.sh COMMAND...     starts it, runs the command with CLQ_TEST_POSTGRES set to its connection string, stops it; answers with the command's exit code
#   . tests/postgres.sh              defines postgres_start (sets and exports CLQ_TEST_POSTGRES) and postgres_stop (to be called at the end, also after a failure)
#
# Where CLQ_TEST_POSTGRES is set already, that server is used and nothing is started. Where no server can be had, it says so and fails.

# More settings for the server, each "name=value": POSTGRES_SETTINGS="shared_buffers=1GB max_wal_size=8GB"
POSTGRES_SETTINGS=${POSTGRES_SETTINGS:-}

postgres_folder=
postgres_binaries=
postgres_user=()

postgres_start() {
    if [ -n "${CLQ_TEST_POSTGRES:-}" ]; then
        echo "PostgreSQL: the one that CLQ_TEST_POSTGRES names" >&2
        return 0
    fi

    _postgres_find || _postgres_install || return 1
    postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/clq-postgres.XXXXXX") || return 1
    postgres_user=()
    if [ "$(id -u)" = 0 ]; then
        # The server refuses to run as root, and rightly.
        local name=nobody
        id postgres >/dev/null 2>&1 && name=postgres
        chown "$name" "$postgres_folder" || return 1
        if command -v runuser >/dev/null; then
            postgres_user=(runuser -u "$name" --)
        elif command -v setpriv >/dev/null; then
            postgres_user=(setpriv "--reuid=$name" "--regid=$(id -g "$name")" --clear-groups --)
        else
            echo "PostgreSQL: run this as an unprivileged user; neither runuser nor setpriv is here to become one" >&2
            return 1
        fi
    fi

    local password
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    _postgres_run sh -c "umask 077; echo $password >password" || return 1
    _postgres_run "$postgres_binaries/initdb" --pgdata=data --username=clq --pwfile=password --auth=scram-sha-256 --encoding=UTF8 --locale=C >"$postgres_folder.log" 2>&1 || {
        echo "PostgreSQL: initdb failed:" >&2
        cat "$postgres_folder.log" >&2
        return 1
    }

    {
        echo "listen_addresses = '127.0.0.1'"
        echo "unix_socket_directories = ''"
        echo "max_connections = 300"
        echo "logging_collector = off"
        for setting in $POSTGRES_SETTINGS; do
            echo "${setting%%=*} = '${setting#*=}'"
        done
    } | _postgres_run tee -a data/postgresql.conf >/dev/null

    # A port that is free when it is chosen may be taken when it is used: then another one.
    local attempt port
    for attempt in 1 2 3 4 5 6 7 8; do
        port=$((20000 + RANDOM % 20000))
        if _postgres_run "$postgres_binaries/pg_ctl" start --pgdata=data --log=server.log --wait --silent --options="-p $port" >>"$postgres_folder.log" 2>&1; then
            export CLQ_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=clq;Password=$password;Database=postgres"
            echo "PostgreSQL: $("$postgres_binaries/postgres" --version) on port $port in $postgres_folder" >&2
            return 0
        fi
    done

    echo "PostgreSQL: the server did not start:" >&2
    cat "$postgres_folder.log" "$postgres_folder/server.log" >&2
    postgres_stop
    return 1
}

# Leaves the command's exit code as it was, so that it can be the last thing in a trap.
postgres_stop() {
    local code=$?
    if [ -n "$postgres_folder" ]; then
        _postgres_run "$postgres_binaries/pg_ctl" stop --pgdata=data --mode=immediate --silent >/dev/null 2>&1 || true
        rm -rf "$postgres_folder" "$postgres_folder.log"
        postgres_folder=
        unset CLQ_TEST_POSTGRES
    fi

    return $code
}

# In the server's folder: the one that the caller stands in may be closed to the server's user.
_postgres_run() {
    (cd "$postgres_folder" && exec "${postgres_user[@]}" "$@")
}

_postgres_find() {
    local folder
    for folder in "$(pg_config --bindir 2>/dev/null)" $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -rV) \
        "$(dirname "$(command -v postgres 2>/dev/null)" 2>/dev/null)" /usr/local/pgsql/bin /opt/homebrew/bin; do
        if [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            postgres_binaries=$folder
            return 0
        fi
    done

    return 1
}

_postgres_install() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "PostgreSQL: none found, installing it" >&2
        # Without a cluster of the distribution's: the server here is ours, for as long as the tests run.
        mkdir -p /etc/postgresql-common
        [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
        { DEBIAN_FRONTEND=noninteractive apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >&2
        _postgres_find && return 0
    fi

    echo "PostgreSQL: no server found and none could be installed. Install the package postgresql (as root: apt-get install postgresql)," >&2
    echo "or set CLQ_TEST_POSTGRES to the connection string of a server on which the tests may create and drop databases." >&2
    return 1
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    if [ $# = 0 ]; then
        echo "usage: tests/postgres.sh COMMAND..." >&2
        exit 2
    fi

    trap postgres_stop EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    postgres_start || exit 1
    "$@"
fi

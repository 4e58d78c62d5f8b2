#!/usr/bin/env bash
# Sees to the servers that tests start by themselves, on loopback and in directories of their own: redis-server,
# redis-sentinel and PostgreSQL's programs, from Debian's packages. As root it installs what is missing; none of the
# services that those packages would run is left running, or started at all.
#   bash tests/services.sh
# Exits 0 where all of them are there, 77 where one is missing: tests that need it are skipped then and say so.
set -uo pipefail

has_postgres() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

missing_packages() {
  command -v redis-server >/dev/null || echo redis-server
  command -v redis-sentinel >/dev/null || echo redis-sentinel
  has_postgres || echo postgresql
}

# Debian starts a service with its package, unless this file says that it may not (101: action forbidden by policy). A
# machine's own policy is put back as it was.
readonly policy=/usr/sbin/policy-rc.d
own_policy=

restore_policy() {
  if [[ -n $own_policy ]]; then
    rm -f "$policy"
    if [[ -e $policy.before-llmeter ]]; then
      mv "$policy.before-llmeter" "$policy"
    fi
    own_policy=
  fi
}

install_without_starting() {
  local status=0
  trap restore_policy EXIT
  trap 'exit 130' INT TERM
  if [[ -e $policy ]]; then
    mv "$policy" "$policy.before-llmeter"
  fi
  own_policy=1
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } || status=$?
  restore_policy

  # Not started now must not mean started at the next boot.
  if command -v systemctl >/dev/null; then
    systemctl disable redis-server redis-sentinel postgresql >/dev/null 2>&1
  fi
  return "$status"
}

mapfile -t missing < <(missing_packages)
if ((${#missing[@]})) && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  install_without_starting "${missing[@]}" >/dev/null 2>&1 || echo "Could not install ${missing[*]}."
  mapfile -t missing < <(missing_packages)
fi

if ((${#missing[@]})); then
  echo "Missing (Debian packages): ${missing[*]}; the tests that start them are left out."
  exit 77
fi

#!/bin/sh
# Starts the sandbox in the background and waits until it serves. Options go to the sandbox, for example:
#   sh start.sh --policy strict --client-id local.00000000000000.00000000 --client-secret test
# Addresses, keys and people are in sandbox.json then; `kill "$(cat sandbox.pid)"` stops the sandbox.
set -eu
rm -f sandbox.json
npx --yes bitrix24-sandbox --json "$@" > sandbox.json 2> sandbox.log &
starter=$!
tries=0
until [ -s sandbox.json ]; do
  tries=$((tries + 1))
  if ! kill -0 "$starter" 2> /dev/null || [ "$tries" -gt 300 ]; then
    echo 'The sandbox did not start:' >&2
    cat sandbox.log >&2
    exit 1
  fi
  sleep 0.2
done
# The process id of npx would not do, since npx passes no signal on.
sed 's/.*"pid":\([0-9]*\).*/\1/' sandbox.json > sandbox.pid

# Shared by the client tests. Sourced, not run. Each test starts a cluster of its own in a directory and on ports of its own,
# by the same command as everybody, and leaves nothing behind.
set -euo pipefail
export LC_ALL=C
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
NAME=$(basename "$0" .sh)
WORK=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/ashlar-$NAME.XXXXXX")}
OFFSET=${OFFSET:-$((20000 + RANDOM % 20000))}
export ASHLAR_DATA=$WORK/data
PYTHON=/usr/bin/python3
NBD_PORT=$((10809 + OFFSET))
HTTP_PORT=$((8600 + OFFSET))
ZOOKEEPER_PORT=$((2281 + OFFSET))
QUICK=${QUICK:-1}

say() { echo "[$NAME] $*"; }
fail() { echo "[$NAME] FAILED: $*" >&2; exit 1; }
ashlar() { "$TOP/runtime/ashlar" "$@"; }
up() { ashlar up --detach --port-offset "$OFFSET" >"$WORK/up.out" 2>&1 || { cat "$WORK/up.out" >&2; fail "up"; }; }
uri() { ashlar volume uri "$1"; }
# field JSON-PATH: reads JSON on standard input and prints what the Python expression on `d` gives
field() { $PYTHON -c 'import json,sys; d=json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }
pid() { ashlar status --json | field 'd["nodes"][0]["pid"]'; }
rss_mib() { awk '/^VmRSS/{printf "%d", $2/1024}' "/proc/$1/status"; }

# Waits until a command succeeds: wait_for SECONDS COMMAND...
wait_for() {
  local tries=$(($1 * 5))
  shift
  while ! "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || return 1
    sleep 0.2
  done
}

# The command must fail, not crash, and say a remedy: refused WHAT COMMAND...
refused() {
  local what=$1 out status=0
  shift
  out=$("$@" 2>&1) || status=$?
  [ $status -ne 0 ] || fail "$what was accepted: $out"
  grep -qi "remedy" <<<"$out" || fail "$what: no remedy in: $out"
  ! grep -q $'\tat [a-z]' <<<"$out" || fail "$what: a stack trace: $out"
  say "$what -> exit $status: $(head -2 <<<"$out" | tr '\n' ' ')"
}

cleanup() {
  local status=$?
  trap - EXIT
  declare -F at_exit >/dev/null && at_exit || true
  if [ $status -ne 0 ] && [ -f "$ASHLAR_DATA/log/ashlar.log" ]; then
    echo "--- the end of $ASHLAR_DATA/log/ashlar.log" >&2
    tail -40 "$ASHLAR_DATA/log/ashlar.log" >&2
  fi
  [ -d "$ASHLAR_DATA" ] && ashlar down >/dev/null 2>&1 || true
  [ -n "${KEEP:-}" ] || rm -rf "$WORK"
  exit $status
}
trap cleanup EXIT

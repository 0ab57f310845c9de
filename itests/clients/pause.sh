#!/usr/bin/env bash
# The whole process is stopped for longer than its leases and its coordinator session live, under load, and goes on: the client sees
# latency, no error; every acknowledged write is there and no replica was lost.
. "$(dirname "$0")/common.sh"
PAUSE_SECONDS=${PAUSE_SECONDS:-$([ "$QUICK" = 1 ] && echo 14 || echo 40)}
at_exit() { [ -n "${process:-}" ] && kill -CONT "$process" 2>/dev/null; return 0; }
up
ashlar volume create demo/pause --size 1G >/dev/null
process=$(pid)
$PYTHON "$HERE/crash_load.py" write "$(uri demo/pause)" "$WORK/state" --seconds $((PAUSE_SECONDS + 12)) --timeout $((PAUSE_SECONDS + 60)) \
  >"$WORK/load.out" 2>&1 &
load=$!
wait_for 20 grep -q writing "$WORK/load.out" || fail "the load did not start: $(cat "$WORK/load.out")"
sleep 4
kill -STOP "$process"
sleep "$PAUSE_SECONDS"
kill -CONT "$process"
wait $load || { cat "$WORK/load.out"; fail "the load saw an error"; }
grep -q "connection broken: no" "$WORK/load.out" || { cat "$WORK/load.out"; fail "the connection broke"; }
$PYTHON "$HERE/crash_load.py" verify "$(uri demo/pause)" "$WORK/state" >"$WORK/check.out" || { cat "$WORK/check.out"; fail "data lost"; }
ashlar extent verify demo/pause >/dev/null || fail "replicas differ"
short=$(ashlar extent list demo/pause --json | field 'sum(1 for e in d["extents"] if e["location"] and len(e["location"]) < 3)')
[ "$short" = 0 ] || fail "$short extents lost a replica"
say "stopped for $PAUSE_SECONDS s under load: $(tail -1 "$WORK/load.out"); $(tail -1 "$WORK/check.out"); all replicas kept and identical"

#!/usr/bin/env bash
# The whole process is killed with -9 under load, again and again: after each start every acknowledged write is there and the replicas
# are identical.
. "$(dirname "$0")/common.sh"
ROUNDS=${ROUNDS:-$([ "$QUICK" = 1 ] && echo 2 || echo 10)}
up
first=$(pid)
ashlar volume create demo/crash --size 1G >/dev/null
for round in $(seq "$ROUNDS"); do
  seconds=$((2 + RANDOM % 5))
  $PYTHON "$HERE/crash_load.py" write "$(uri demo/crash)" "$WORK/state" --seconds 60 >"$WORK/load.out" 2>&1 &
  load=$!
  wait_for 20 grep -q writing "$WORK/load.out" || fail "the load did not start: $(cat "$WORK/load.out")"
  sleep "$seconds.$((RANDOM % 10))"
  victim=$(pid)
  kill -9 "$victim"
  wait $load || { cat "$WORK/load.out"; fail "the load saw an error before the kill"; }
  start=$(date +%s.%N)
  up
  ready=$(echo "$start $(date +%s.%N)" | awk '{printf "%.1f", $2-$1}')
  $PYTHON "$HERE/crash_load.py" verify "$(uri demo/crash)" "$WORK/state" >"$WORK/check.out" || { cat "$WORK/check.out"; fail "round $round lost data"; }
  ashlar extent verify demo/crash >"$WORK/verify.out" || { cat "$WORK/verify.out"; fail "round $round: replicas differ"; }
  short=$(ashlar extent list demo/crash --json | field 'sum(1 for e in (d["extents"] if isinstance(d, dict) else d) if e["location"] and len(e["location"]) < 3)')
  [ "$short" = 0 ] || fail "round $round: $short extents lost a replica over a restart"
  say "round $round: killed $victim after $seconds s; $(tail -1 "$WORK/load.out"); ready after $ready s; $(tail -1 "$WORK/check.out"); replicas identical"
done

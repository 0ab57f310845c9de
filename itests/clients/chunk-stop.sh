#!/usr/bin/env bash
# One chunk service is stopped under verified load: I/O goes on, the location shrinks, new extents are placed on the others.
. "$(dirname "$0")/common.sh"
SECONDS_OF_LOAD=${SECONDS_OF_LOAD:-$([ "$QUICK" = 1 ] && echo 8 || echo 30)}
up
ashlar volume create demo/stop --size 2G >/dev/null
rows() { ashlar extent list "$1" --json | field "$2"; }
ALL='(d["extents"] if isinstance(d, dict) else d)'
nbdsh_write() { (cd "$WORK" && fio --name=touch --ioengine=nbd --uri="$(uri demo/stop)" --rw=write --bs=64k --offset="$1" --size=1m --output=/dev/null); }
nbdsh_write 0
(cd "$WORK" && fio --name=stop --ioengine=nbd --uri="$(uri demo/stop)" --rw=randwrite --bsrange=4k-128k --iodepth=16 --size=512m \
  --verify=crc32c --verify_backlog=256 --time_based --runtime="$SECONDS_OF_LOAD" --output="$WORK/fio.out") &
load=$!
sleep 3
victim=$(ashlar chunk list --json | field '[c["id"] for c in (d["chunks"] if isinstance(d, dict) else d)][1]')
ashlar chunk stop "$victim" >/dev/null
wait $load || { cat "$WORK/fio.out"; fail "the load saw an error"; }
grep -q 'err= 0' "$WORK/fio.out" || { cat "$WORK/fio.out"; fail "fio found errors"; }
say "chunk $victim stopped under load: fio without an error, $(grep -E '^ *write:' "$WORK/fio.out" | xargs)"
[ "$(rows demo/stop "len($ALL[0]['location'])")" = 2 ] || { ashlar extent list demo/stop; fail "the location of extent 0 was not shortened"; }
nbdsh_write 1536m
[ "$(rows demo/stop "len($ALL[6]['location'])")" = 2 ] || { ashlar extent list demo/stop; fail "a new extent is not on two chunks"; }
ashlar extent list demo/stop
if status=$(ashlar status --json); then :; fi
[ "$(field 'd["healthy"]' <<<"$status")" = False ] || fail "status calls a degraded cluster healthy"
ashlar extent verify demo/stop >/dev/null || fail "the remaining replicas differ"
ashlar chunk start "$victim" >/dev/null
serving() { [ "$(ashlar status --json | field 'd["chunksServing"]')" = 3 ]; }
wait_for 20 serving || fail "the chunk did not come back"
nbdsh_write 1792m
[ "$(rows demo/stop "len($ALL[7]['location'])")" = 3 ] || fail "the returned chunk takes no new extent"
say "the chunk came back and takes new extents"

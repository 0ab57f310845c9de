#!/usr/bin/env bash
# Bad input of every kind gets a clear error; the process stays up and its memory returns.
. "$(dirname "$0")/common.sh"
SECONDS_OF_GARBAGE=${SECONDS_OF_GARBAGE:-$([ "$QUICK" = 1 ] && echo 6 || echo 60)}
up
refused "unknown volume" ashlar volume show demo/none
refused "unknown volume's extents" ashlar extent list demo/none
refused "unknown pool" ashlar volume create nopool/x --size 1G
refused "size 0" ashlar volume create demo/x --size 0
refused "negative size" ashlar volume create demo/x --size=-1G
refused "size that is no size" ashlar volume create demo/x --size 1Q
refused "size that overflows" ashlar volume create demo/x --size 99999999999999999999
refused "odd size" ashlar volume create demo/x --size 1000001
refused "thick beyond capacity" ashlar volume create demo/huge --size 60T --thick
refused "name with a slash" ashlar volume create demo/a/b --size 1G
refused "no pool in the name" ashlar volume create disk --size 1G
refused "name of 300 characters" ashlar volume create "demo/$(printf 'a%.0s' $(seq 300))" --size 1G
refused "name of control characters" ashlar volume create "demo/$(printf '\001\002\033[31m')" --size 1G
refused "unknown placement" ashlar volume create demo/x --size 1G --placement none
refused "0 replicas" ashlar volume create demo/x --size 1G --replicas 0
refused "existing volume" ashlar volume create demo/disk0 --size 1G
refused "existing pool" ashlar pool create demo
refused "shrinking" ashlar volume resize demo/disk0 --size 1G
refused "unknown chunk" ashlar chunk stop 77
echo wrong >"$WORK/wrong"; chmod 600 "$WORK/wrong"
refused "wrong password" ashlar status --password-file "$WORK/wrong"
for path in /api/v1/status /api/v1/volumes /system/console/bundles; do
  code=$(curl -s -o /dev/null -w '%{http_code}' -u admin:wrong "http://127.0.0.1:$HTTP_PORT$path")
  [ "$code" = 401 ] || fail "wrong password on $path gives $code"
  code=$(curl -s -o /dev/null -w '%{http_code}' -u admin:admin "http://127.0.0.1:$HTTP_PORT$path")
  [ "$code" = 401 ] || fail "admin:admin on $path gives $code"
done
[ "$(curl -s -o /dev/null -w '%{http_code}' -u "admin:$(cat "$ASHLAR_DATA/secrets/admin.password")" "http://127.0.0.1:$HTTP_PORT/system/console/bundles")" = 200 ] || fail "the console does not open with the password"
leftovers=$(ashlar volume list --json | field 'sorted(v["name"] for v in (d["volumes"] if isinstance(d, dict) else d))')
[ "$leftovers" = "['demo/disk0']" ] || fail "refused volumes were left behind: $leftovers"

process=$(pid)
$PYTHON "$HERE/bad_nbd.py" 127.0.0.1 "$NBD_PORT" demo/disk0 2 || fail "bad NBD clients"
before=$(rss_mib "$process")
$PYTHON "$HERE/bad_nbd.py" 127.0.0.1 "$NBD_PORT" demo/disk0 "$SECONDS_OF_GARBAGE" || fail "bad NBD clients"
$PYTHON "$HERE/garbage.py" "$SECONDS_OF_GARBAGE" 127.0.0.1:$NBD_PORT 127.0.0.1:$HTTP_PORT 127.0.0.1:$ZOOKEEPER_PORT || fail "garbage"
[ "$(pid)" = "$process" ] || fail "the process is another one"
after=$(rss_mib "$process")
say "memory: $before MiB before, $after MiB after"
[ "$after" -lt $((before + 200)) ] || fail "memory did not return"
connections() { [ "$(ls -l "/proc/$process/fd" | grep -c socket)" -lt 60 ]; }
wait_for 30 connections || fail "sockets leak: $(ls -l "/proc/$process/fd" | grep -c socket)"
healthy() { [ "$(ashlar status --json | field 'd["healthy"]')" = True ]; }
wait_for 15 healthy || { ashlar status; fail "the cluster is not healthy"; }
ashlar extent verify demo/disk0 >/dev/null || fail "replicas differ"
say "the process stayed up and is healthy"

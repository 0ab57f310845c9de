#!/usr/bin/env bash
# The disk fills up: writes that need room fail with "no space", everything written before is there, overwrites go on, nothing is removed for
# it; after a volume was deleted there is room again. Needs root, for a small file system of its own.
. "$(dirname "$0")/common.sh"
[ "$(id -u)" -eq 0 ] || fail "needs root to mount a small file system; run it as root"
at_exit() {
  ashlar down >/dev/null 2>&1
  mountpoint -q "$ASHLAR_DATA" && wait_for 20 umount "$ASHLAR_DATA"
  return 0
}
truncate -s 5G "$WORK/disk"
mke2fs -q -t ext4 "$WORK/disk"
mkdir -p "$ASHLAR_DATA"
mount -o loop "$WORK/disk" "$ASHLAR_DATA"
up
process=$(pid)
ashlar volume create demo/first --size 512M >/dev/null
ashlar volume create demo/big --size 8G >/dev/null
head -c 300M /dev/urandom >"$WORK/first"
nbdcopy "$WORK/first" "$(uri demo/first)"
# more than fits: must end with an error, not hang
status=0
(cd "$WORK" && timeout 400 fio --name=fill --ioengine=nbd --uri="$(uri demo/big)" --rw=write --bs=1m --iodepth=8 --size=6G --output="$WORK/fill.out") || status=$?
[ $status -ne 124 ] || fail "filling the disk hangs"
[ $status -ne 0 ] || fail "6 GiB in three copies fit on a disk of 5 GiB"
say "full: fio exit $status, $(grep -m1 -oE 'No space left on device|error=[A-Za-z ]+|err=[^,]+' "$WORK/fill.out" | head -1); $(df -h --output=used,avail "$ASHLAR_DATA" | tail -1 | xargs) used and left"
[ "$(pid)" = "$process" ] || fail "the process died"
nbdcopy "$(uri demo/first)" "$WORK/back"
cmp -n "$(stat -c %s "$WORK/first")" "$WORK/first" "$WORK/back" || fail "what was written before is damaged"
nbdcopy "$WORK/first" "$(uri demo/first)" || fail "overwriting fails on a full disk"
short=$(ashlar extent list demo/first --json | field 'sum(1 for e in d["extents"] if e["location"] and len(e["location"]) < 3)')
[ "$short" = 0 ] || fail "$short extents lost a replica because of the full disk"
ashlar extent verify demo/first >/dev/null || fail "replicas of demo/first differ"
ashlar extent verify demo/big >"$WORK/verify.out" || { tail -5 "$WORK/verify.out"; fail "replicas of demo/big differ"; }
ashlar volume delete demo/big >/dev/null || fail "the volume cannot be deleted"
# the chunks ask once a minute which of their segments are garbage
collected() { [ "$(ashlar chunk list --json | field 'max(c["segments"] for c in d["chunks"])')" = 2 ]; }
wait_for 150 collected || { ashlar chunk list; fail "the room of a deleted volume does not come back"; }
ashlar volume create demo/again --size 512M >/dev/null
nbdcopy "$WORK/first" "$(uri demo/again)" || { ashlar chunk list; ashlar extent list demo/again; fail "no room after the volume was deleted"; }
say "after the volume was deleted there is room again, and everything else is intact"

#!/usr/bin/env bash
# A file system made from a real tree goes in and comes back byte for byte, is mounted, written and checked; an image of qemu's goes
# in and compares equal; fio writes and verifies. TREE_MIB says how much of /usr the tree takes.
. "$(dirname "$0")/common.sh"
TREE_MIB=${TREE_MIB:-$([ "$QUICK" = 1 ] && echo 200 || echo 1500)}
FIO_SECONDS=${FIO_SECONDS:-$([ "$QUICK" = 1 ] && echo 8 || echo 60)}
MOUNT=$WORK/mnt
FUSE=$WORK/fuse

at_exit() {
  mountpoint -q "$MOUNT" && umount "$MOUNT"
  [ -n "${LOOP:-}" ] && losetup -d "$LOOP" 2>/dev/null
  mountpoint -q "$FUSE" && fusermount3 -u "$FUSE"
  return 0
}

up
mkdir -p "$WORK/tree" "$MOUNT" "$FUSE"
# until the tree is large enough: whole packages of this machine's /usr, with their links and modes
for part in /usr/share/doc /usr/share/perl /usr/lib/git-core /usr/lib/python3 /usr/share/locale /usr/bin /usr/lib/x86_64-linux-gnu /usr/lib/jvm /usr/share /usr/lib /usr; do
  missing=$((TREE_MIB - $(du -sm "$WORK/tree" | cut -f1)))
  [ $missing -gt 0 ] || break
  [ -d "$part" ] || continue
  mkdir -p "$WORK/tree$part"
  tar -C "$part" -cf - . 2>/dev/null | head -c "${missing}M" | tar -C "$WORK/tree$part" -xf - 2>/dev/null || true
done
say "tree of $(du -sm "$WORK/tree" | cut -f1) MiB, $(find "$WORK/tree" | wc -l) files"
mke2fs -q -t ext4 -d "$WORK/tree" "$WORK/image" "$((TREE_MIB * 3 / 2 + 200))M"
size=$(stat -c %s "$WORK/image")

ashlar volume create demo/image --size "$size" >/dev/null
start=$(date +%s.%N)
nbdcopy --flush "$WORK/image" "$(uri demo/image)"
say "nbdcopy in: $(echo "$size $start $(date +%s.%N)" | awk '{printf "%d MiB in %.1f s", $1/1048576, $3-$2}')"
nbdcopy "$(uri demo/image)" "$WORK/back"
cmp "$WORK/image" "$WORK/back" || fail "what came back is not what went in"
rm "$WORK/back"
say "read back: identical"

nbdfuse "$FUSE/disk" "$(uri demo/image)" &
wait_for 20 test -e "$FUSE/disk" || fail "nbdfuse did not mount"
LOOP=$(losetup --find --show "$FUSE/disk")
mount "$LOOP" "$MOUNT"
cp -a "$TOP/bundles" "$MOUNT/written"
dd if=/dev/urandom of="$MOUNT/random" bs=1M count=50 status=none
sum=$(sha256sum <"$MOUNT/random")
umount "$MOUNT"
mount "$LOOP" "$MOUNT"
[ "$(sha256sum <"$MOUNT/random")" = "$sum" ] || fail "a file changed over a remount"
diff -r "$TOP/bundles" "$MOUNT/written" || fail "written files differ"
umount "$MOUNT"
losetup -d "$LOOP"; LOOP=
fusermount3 -u "$FUSE"
wait
nbdcopy "$(uri demo/image)" "$WORK/back"
e2fsck -fn "$WORK/back" >"$WORK/e2fsck.out" 2>&1 || { cat "$WORK/e2fsck.out"; fail "e2fsck"; }
say "mounted, written, unmounted: e2fsck clean ($(tail -1 "$WORK/e2fsck.out"))"

qemu-img create -q -f qcow2 "$WORK/disk.qcow2" 256M
qemu-io -c 'write -P 0x5a 0 10M' -c 'write -P 0xa5 100M 3M' -c 'write -z 50M 1M' -c 'write -P 7 255M 1M' "$WORK/disk.qcow2" >/dev/null
ashlar volume create demo/qemu --size 256M >/dev/null
qemu-img convert -n -f qcow2 -O raw "$WORK/disk.qcow2" "$(uri demo/qemu)"
qemu-img compare -f qcow2 -F raw "$WORK/disk.qcow2" "$(uri demo/qemu)" || fail "qemu-img compare"

ashlar volume create demo/fio --size 1G >/dev/null
(cd "$WORK" && fio --name=verify --ioengine=nbd --uri="$(uri demo/fio)" --rw=randwrite --bsrange=4k-128k --iodepth=32 --size=1G \
  --verify=crc32c --verify_backlog=512 --time_based --runtime="$FIO_SECONDS" --group_reporting --output="$WORK/fio.out") ||
  { cat "$WORK/fio.out"; fail "fio --verify"; }
grep -q 'err= 0' "$WORK/fio.out" || { cat "$WORK/fio.out"; fail "fio found errors"; }
say "fio --verify=crc32c: $(grep -E '^ *write:' "$WORK/fio.out" | xargs)"
for volume in image qemu fio; do
  ashlar extent verify "demo/$volume" >"$WORK/verify.out" || { cat "$WORK/verify.out"; fail "replicas of demo/$volume differ"; }
done
say "replicas of all three volumes identical"

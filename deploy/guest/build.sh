#!/bin/bash
# Builds the Sternpost test guest: OUTDIR/linux-guest.qcow2 and OUTDIR/guest.json. See README.md.
#   build.sh [--force] [OUTDIR]      default OUTDIR: var/guest at the root of the repository
# Needs no root: no mount, no loop device. Does nothing when sources and Debian packages are those of the last build.
# Environment: STERNPOST_GUEST_CACHE, where downloaded packages are kept (default OUTDIR/cache).
set -euo pipefail
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin" TZ=UTC SOURCE_DATE_EPOCH=1735689600
umask 022

here=$(cd "$(dirname "$0")" && pwd)
force=no
if [ "${1:-}" = --force ]; then force=yes; shift; fi
case "${1:-}" in -*) sed -n '2,6s/^# //p' "$0"; exit 2 ;; esac
out=${1:-$here/../../var/guest}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cache=${STERNPOST_GUEST_CACHE:-$out/cache}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

disk_mib=256            # virtual size; the file is thin
esp_first_mib=1 esp_mib=32
root_first_mib=33
download_seconds_max=300
fixed_uuid=5737e297-0057-4000-8000-6775657374aa

say() { printf 'guest: %s\n' "$*"; }
fail() { printf 'guest: %s\n' "$*" >&2; exit 1; }
lines_of() { sed 's/#.*//' "$1" | awk 'NF { print $1 }'; }

need_tools() {
  local tool missing=
  for tool in apt-get dpkg-deb gcc objdump cpio zstd depmod modprobe mke2fs debugfs mformat mcopy syslinux qemu-img; do
    command -v $tool >/dev/null || missing="$missing $tool"
  done
  for tool in /usr/lib/SYSLINUX/mbr.bin /usr/lib/systemd/boot/efi/systemd-bootx64.efi; do
    [ -e $tool ] || missing="$missing $tool"
  done
  [ -z "$missing" ] || fail "missing:$missing; as root: apt-get install $(lines_of "$here/packages.txt" | tr '\n' ' ')"
}

# One line "file size hash url" for each package of the guest; empty when apt knows nothing (no lists, no network).
resolve_packages() {
  local names kernel empty
  kernel=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '/Depends: linux-image-/ { print $2; exit }')
  [ -n "$kernel" ] || return 0
  names=$(lines_of "$here/guest-packages.txt" | sed "s/^linux-image-cloud-amd64\$/$kernel/")
  empty=$(mktemp -d)                        # apt says nothing about a file that lies in the current directory already
  (cd "$empty" && apt-get download --print-uris $names 2>/dev/null) | tr -d "'" | awk '{ print $2, $3, $4, $1 }' | sort
  rmdir "$empty"
}

hash_sources() {
  (cd "$here" && find build.sh guest-packages.txt modules.txt rootfs initramfs guest-load boot -type f -print0 | sort -z \
    | xargs -0 sha256sum; gcc -dumpfullversion; qemu-img --version | head -n 1) | sha256sum | cut -d' ' -f1
}

# Changes whenever apt may know other packages; asking apt itself takes seconds.
hash_lists() {
  { stat -c '%n %s %Y' /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/sources.list.d/* /etc/apt/preferences.d/* \
    /var/lib/apt/lists/*_Packages* 2>/dev/null || true; } | sha256sum | cut -d' ' -f1
}

# Packages not yet in the cache are fetched together; each file is then checked against apt's own hash of it.
fetch_packages() {
  local file size hash url wanted=
  while read -r file size hash url; do
    [ "$(stat -c %s "$cache/$file" 2>/dev/null)" = "$size" ] || wanted="$wanted ${file%%_*}"
  done <<<"$packages"
  if [ -n "$wanted" ]; then
    say "downloading$wanted"
    (cd "$cache" && timeout $download_seconds_max apt-get -q download $wanted >"$work/download.log" 2>&1) \
      || { cat "$work/download.log" >&2; fail "download failed; is the network there, are the apt lists fresh (apt-get update)?"; }
  fi
  while read -r file size hash url; do
    printf '%s  %s\n' "${hash#*:}" "$cache/$file" | "${hash%%:*}sum" -c --status 2>/dev/null \
      || fail "$cache/$file is not what apt says it is ($hash); remove it and try again"
  done <<<"$(awk '{ sub("^MD5Sum:", "md5:", $3); print $1, $2, tolower($3), $4 }' <<<"$packages")"
}

unpack_packages() {
  local file size hash url
  mkdir "$work/deb"
  while read -r file size hash url; do
    dpkg-deb --fsys-tarfile "$cache/$file" | tar -x -C "$work/deb" --no-same-owner \
      --exclude='./usr/share/*' --exclude='./usr/lib/x86_64-linux-gnu/gconv/*'
  done <<<"$packages"
  kernel_version=$(ls "$work/deb/lib/modules")
  depmod -b "$work/deb" "$kernel_version" 2>/dev/null
}

# copy_modules ROOT NAME...: the modules, all they depend on, and their index files.
copy_modules() {
  local root=$1 name path
  shift
  for name in "$@"; do
    path=$(modprobe -d "$work/deb" -S "$kernel_version" --show-depends "$name" 2>&1) \
      || fail "modules.txt: $name is not in the kernel $kernel_version"
    awk '$1 == "insmod" { print $2 }' <<<"$path"
  done | sort -u | while read -r path; do
    install -D -m 644 "$path" "$root/${path#"$work/deb/"}"
  done
  cp "$work/deb/lib/modules/$kernel_version"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/$kernel_version/"
  depmod -b "$root" "$kernel_version"
}

make_initramfs() {
  local root=$work/initramfs
  mkdir -p "$root"/{bin,dev,proc,sys,root,sbin}
  cp "$work/deb/bin/busybox" "$root/bin/"
  ln -s ../bin/busybox "$root/sbin/modprobe"   # the kernel calls it by this path
  cp "$here/initramfs/init" "$root/init"
  copy_modules "$root" $(sed 's/#.*//' "$here/modules.txt" | awk '$2 == "boot" { print $1 }')
  find "$root" -exec touch -h -d @$SOURCE_DATE_EPOCH {} +
  (cd "$root" && find . | sort | cpio --quiet --reproducible -R 0:0 -o -H newc | zstd -q -19 --single-thread -o "$work/initrd.img")
}

compile_guest_load() {
  gcc -std=c17 -O2 -static -s -Wall -Wextra -Werror -Wl,--build-id=none -ffile-prefix-map="$here=." \
    -o "$work/guest-load" "$here"/guest-load/*.c
}

# The shared libraries the guest agent wants, by the loader of the guest itself.
check_agent_libraries() {
  local root=$1 library
  for library in $(objdump -p "$root/usr/sbin/qemu-ga" "$root"/lib/x86_64-linux-gnu/*.so* | awk '$1 == "NEEDED" { print $2 }' | sort -u); do
    [ -e "$root/lib/x86_64-linux-gnu/$library" ] \
      || fail "qemu-ga needs $library: add its package to guest-packages.txt and build.sh's list"
  done
}

make_root() {
  local root=$work/root applet library
  mkdir -p "$root"/{bin,sbin,dev,proc,sys,run,tmp,root,mnt,etc,usr/bin,usr/sbin,var,lib/x86_64-linux-gnu,lib64}
  cp "$work/deb/bin/busybox" "$root/bin/"
  for applet in $("$work/deb/bin/busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
  done
  for applet in init modprobe mdev acpid hwclock ip udhcpc; do ln -s ../bin/busybox "$root/sbin/$applet"; done
  cp -r "$here/rootfs/." "$root/"
  for applet in poweroff halt reboot; do ln -s shutdown "$root/sbin/$applet"; done
  ln -s /proc/mounts "$root/etc/mtab"
  ln -s /run "$root/var/run"
  ln -s /run/resolv.conf "$root/etc/resolv.conf"
  cp "$work/guest-load" "$root/usr/bin/guest-load"
  cp "$work/deb/usr/sbin/qemu-ga" "$root/usr/sbin/"
  for library in libc libm libglib-2.0 libgmodule-2.0 libnuma libpcre2-8 libudev liburing ld-linux-x86-64; do
    find "$work/deb/lib/x86_64-linux-gnu" "$work/deb/usr/lib/x86_64-linux-gnu" -maxdepth 1 -name "$library.so.[0-9]" \
      -exec cp -L {} "$root/lib/x86_64-linux-gnu/" \;
  done
  ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$root/lib64/"
  check_agent_libraries "$root"
  copy_modules "$root" $(lines_of "$here/modules.txt")
  find "$root" -exec touch -h -d @$SOURCE_DATE_EPOCH {} +
}

# An ext4 image filled without mounting it; then every inode gets owner 0 and the fixed time.
make_root_image() {
  local image=$work/root.img
  E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -t ext4 -b 4096 -L sternpost-root -U $fixed_uuid -J size=4 -m 1 -I 256 \
    -E hash_seed=$fixed_uuid,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0 -d "$work/root" "$image" \
    $((disk_mib - root_first_mib))M >/dev/null
  (cd "$work/root" && find . -printf '/%P\n') | sort | awk -v epoch=$SOURCE_DATE_EPOCH '
    { for (i = 1; i <= split("uid gid atime ctime mtime crtime atime_extra ctime_extra mtime_extra crtime_extra", field, " "); i++)
        printf "sif \"%s\" %s %s\n", $0, field[i], field[i] ~ /time$/ ? "@" epoch : 0 }' >"$work/debugfs.cmd"
  E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH debugfs -w -f "$work/debugfs.cmd" "$image" >"$work/debugfs.log" 2>&1
  ! grep -v -e '^debugfs' "$work/debugfs.log" | grep -q . || fail "debugfs: $(grep -v '^debugfs' "$work/debugfs.log" | head -n 3)"
}

# MBR with an active EFI system partition (FAT16; SYSLINUX for BIOS, systemd-boot for UEFI, one kernel for both) and the root.
make_disk() {
  local disk=$work/disk.raw fat
  truncate -s ${disk_mib}M "$disk"
  dd if=/usr/lib/SYSLINUX/mbr.bin of="$disk" conv=notrunc status=none
  {
    printf '%b' "$(le32 0x53746e70)\\x00\\x00"                                       # disk signature
    partition_entry 80 ef $esp_first_mib $esp_mib
    partition_entry 00 83 $root_first_mib $((disk_mib - root_first_mib))
    head -c 32 /dev/zero
    printf '\x55\xaa'
  } | dd of="$disk" bs=1 seek=440 conv=notrunc status=none
  fat="$disk@@${esp_first_mib}M"
  export MTOOLS_SKIP_CHECK=1
  mformat -i "$fat" -T $((esp_mib * 2048)) -h 64 -s 32 -H $((esp_first_mib * 2048)) -c 4 -N 53746e70 -v STERNPOST ::
  mkdir -p "$work/esp/EFI/BOOT" "$work/esp/loader/entries"
  cp "$work/deb/boot/vmlinuz-$kernel_version" "$work/esp/vmlinuz"
  cp "$work/initrd.img" "$work/esp/initrd.img"
  cp /usr/lib/systemd/boot/efi/systemd-bootx64.efi "$work/esp/EFI/BOOT/BOOTX64.EFI"
  sed "s|@ARGUMENTS@|$kernel_arguments|" "$here/boot/syslinux.cfg" >"$work/esp/syslinux.cfg"
  sed "s|@ARGUMENTS@|$kernel_arguments|" "$here/boot/sternpost.conf" >"$work/esp/loader/entries/sternpost.conf"
  cp "$here/boot/loader.conf" "$work/esp/loader/"
  find "$work/esp" -exec touch -d @$SOURCE_DATE_EPOCH {} +
  (cd "$work/esp" && mcopy -s -m -Q -i "$fat" vmlinuz initrd.img syslinux.cfg EFI loader ::)
  syslinux --install -t $((esp_first_mib * 1048576)) "$disk"
  dd if="$work/root.img" of="$disk" bs=1M seek=$root_first_mib conv=notrunc,sparse status=none
}

le32() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }

# partition_entry STATUS TYPE FIRST_MIB SIZE_MIB (cylinders and heads are the "use LBA" filler)
partition_entry() {
  printf '%b' "\\x$1\\xfe\\xff\\xff\\x$2\\xfe\\xff\\xff$(le32 $(($3 * 2048)))$(le32 $(($4 * 2048)))"
}

write_json() {
  local disk=$work/linux-guest.qcow2 first=yes file size hash url
  {
    printf '{\n  "schemaVersion": 1,\n  "disk": "linux-guest.qcow2",\n  "diskFormat": "qcow2",\n'
    printf '  "diskVirtualBytes": %s,\n  "diskFileBytes": %s,\n  "diskSha256": "%s",\n' \
      $((disk_mib * 1048576)) "$(stat -c %s "$disk")" "$(sha256sum "$disk" | cut -d' ' -f1)"
    printf '  "firmware": ["bios", "efi"],\n  "memoryBytesMin": { "bios": %s, "efi": %s },\n  "memoryBytesRecommended": %s,\n' \
      $((80 * 1048576)) $((160 * 1048576)) $((128 * 1048576))
    printf '  "kernelVersion": "%s",\n  "kernelArguments": "%s",\n' "$kernel_version" "$kernel_arguments"
    printf '  "readyLine": "Sternpost guest ready, ip=",\n  "probePort": "dev.sternpost.probe.0",\n'
    printf '  "inputsSha256": "%s",\n  "packages": {' "$inputs_hash"
    while read -r file size hash url; do
      [ $first = yes ] || printf ','
      first=no
      printf '\n    "%s": "%s"' "${file%%_*}" "$(sed 's/%3a/:/' <<<"$file" | cut -d_ -f2)"
    done <<<"$packages"
    printf '\n  }\n}\n'
  } >"$work/guest.json"
}

# ---- main
started=$(date +%s%N)
sources_hash=$(hash_sources)
lists_hash=$(hash_lists)
stamp=$out/guest.stamp       # hash of the sources, of sources and packages, of apt's lists
read -r last_sources last_inputs last_lists 2>/dev/null <"$stamp" || true
if [ $force = no ] && [ -e "$out/linux-guest.qcow2" ] && [ -e "$out/guest.json" ] \
  && [ "${last_sources:-} ${last_lists:-}" = "$sources_hash $lists_hash" ]; then
  say "up to date: $out/linux-guest.qcow2"
  exit 0
fi
packages=$(resolve_packages)
if [ -z "$packages" ]; then
  if [ $force = no ] && [ -e "$out/linux-guest.qcow2" ] && [ "${last_sources:-}" = "$sources_hash" ]; then
    say "apt has no package lists; the image of the last build is from the same sources and stays"
    exit 0
  fi
  fail "apt knows no linux-image-cloud-amd64; as root: apt-get update"
fi
inputs_hash=$(printf '%s\n%s\n' "$sources_hash" "$(awk '{ print $1, $2, $3 }' <<<"$packages")" | sha256sum | cut -d' ' -f1)
if [ $force = no ] && [ -e "$out/linux-guest.qcow2" ] && [ -e "$out/guest.json" ] \
  && [ "${last_sources:-} ${last_inputs:-}" = "$sources_hash $inputs_hash" ]; then
  printf '%s %s %s\n' "$sources_hash" "$inputs_hash" "$lists_hash" >"$stamp"
  say "up to date: $out/linux-guest.qcow2"
  exit 0
fi
need_tools
kernel_arguments=$(lines_of "$here/boot/kernel-arguments.txt" | tr '\n' ' ' | sed 's/ $//')
work=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
fetch_packages
say "unpacking"
unpack_packages
compile_guest_load
make_initramfs
make_root
say "making the disk"
make_root_image
make_disk
qemu-img convert -f raw -O qcow2 -c -m 1 -o compression_type=zstd "$work/disk.raw" "$work/linux-guest.qcow2"
write_json
rm -f "$stamp"
mv "$work/linux-guest.qcow2" "$work/guest.json" "$out/"
printf '%s %s %s\n' "$sources_hash" "$inputs_hash" "$lists_hash" >"$stamp"
say "$out/linux-guest.qcow2: $(($(stat -c %s "$out/linux-guest.qcow2") / 1048576)) MiB, kernel $kernel_version, built in $((($(date +%s%N) - started) / 1000000)) ms"

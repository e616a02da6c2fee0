#!/bin/bash
# Boots the guest under TCG by BIOS and UEFI and tries everything the README promises. Needs no root and no network.
#   test.sh [OUTDIR]     OUTDIR as in build.sh; the image is built first when it is out of date
# The last line says "N passed, N failed"; the exit status is 0 only when nothing failed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../var/guest}
"$here/build.sh" "$out"
export PYTHONDONTWRITEBYTECODE=1
exec timeout --foreground --kill-after=10 300 python3 "$here/test/run.py" "$out"

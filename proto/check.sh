#!/bin/sh
# Checks the contract: lint, and that nothing published breaks.
#
#   proto/check.sh            check
#   proto/check.sh --accept   take the contract as it is now for the published one (proto/baseline.binpb);
#                             for a release, or for a break that a decision record in docs/decisions explains
#
# Needs Maven, a JDK and npm. The linter comes from buf/package.json, once.
set -eu
cd "$(dirname "$0")"
contract=target/contract/contract.binpb
case "$(uname -m)" in
  aarch64) buf=buf/node_modules/@bufbuild/buf-linux-aarch64/bin/buf ;;
  *) buf=buf/node_modules/@bufbuild/buf-linux-x64/bin/buf ;;
esac

newest_source() { find src/main/proto pom.xml -newer "$contract" -print | head -n 1; }
if [ ! -f "$contract" ] || [ -n "$(newest_source)" ]; then
  (cd .. && mvn -q -B -ntp -Dquick -pl proto generate-sources) >&2
  touch "$contract" # the compiler leaves it alone when only comments of the build changed
fi
if [ ! -x "$buf" ] || [ buf/package-lock.json -nt buf/node_modules/.package-lock.json ]; then
  (cd buf && npm ci --no-audit --no-fund --loglevel=error --ignore-scripts) >&2
  touch buf/node_modules/.package-lock.json
fi

if [ "${1:-}" = --accept ]; then
  "$buf" build "$contract" --exclude-source-info -o baseline.binpb
  echo "proto: proto/baseline.binpb is now the contract as it stands"
  exit 0
fi
[ $# -eq 0 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }

"$buf" lint "$contract"
"$buf" breaking "$contract" --against baseline.binpb
echo "proto: lint and compatibility are fine"

#!/bin/sh
# Checks a station's state with nothing of ours: sqlite3, sha256sum, a shell.
# usage: verify.sh HOME        exit 0 when every blob and the whole chain are sound
set -eu
home=$1
db="$home/station.db"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hash() { sha256sum | cut -d' ' -f1; }
ask() { sqlite3 -readonly "$db" "$1"; }

# 1. Every blob is what its name says, and every blob that the database knows is there.
blobs() { find "$home/spool" -path "$home/spool/tmp" -prune -o -type f -print; }
blobs | sort | while read -r file; do
    [ "$(hash <"$file")" = "$(basename "$file")" ] || echo "damaged blob: $file"
done >"$work/problems"
ask 'select distinct digest from blob' | while read -r digest; do
    [ -f "$home/spool/$(echo "$digest" | cut -c1-2)/$digest" ] || echo "missing blob: $digest"
done >>"$work/problems"
# 2. The chain: each link is sha256(link before, number, sha256(payload)), all in ASCII.
entries=$(ask "select count(writefile('$work/' || seq, payload)) from journal")
link=$(ask "select station || '/' || epoch from identity" | tr -d '\n' | hash)
for seq in $(seq "$entries"); do
    link=$(printf '%s%s%s' "$link" "$seq" "$(hash <"$work/$seq")" | hash)
    said=$(ask "select chain from journal where seq = $seq")
    [ "$link" = "$said" ] || { echo "broken chain at $seq" && link=$said; } >>"$work/problems"
done
cat "$work/problems"
echo "$entries entries, $(blobs | wc -l) blobs"
[ ! -s "$work/problems" ]

#!/bin/bash
# fetch.sh URL SHA256 FILE: fetches it, and takes it only if it is what it should be. What is there already is not fetched again.
set -euo pipefail
url=$1 sha256=$2 file=$3
is_right() { echo "$sha256  $1" | sha256sum --check --status 2> /dev/null; }
if [ -e "$file" ] && is_right "$file"; then exit; fi
echo "fetching $url"
curl --fail --silent --show-error --location --retry 5 --retry-delay 2 --connect-timeout 20 --output "$file.part" "$url"
if ! is_right "$file.part"; then
  echo "$url is not the file it should be: its SHA-256 is $(sha256sum "$file.part" | cut -d' ' -f1), and should be $sha256" >&2
  rm -f "$file.part"
  exit 1
fi
mv "$file.part" "$file"

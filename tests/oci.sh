#!/bin/sh
# Releases move through a registry: out of one catalog, and into another.
#
# With `wkg` and with Debian's registry, which is unpacked and not installed. Begins with nothing, ends with nothing.
set -eu
cd "$(dirname "$0")/.."

SANDPRESS=$PWD/target/release/sandpress
WKG=$PWD/.tools/bin/wkg
REGISTRY=$PWD/.tools/registry/usr/bin/docker-registry
ENCODER=$PWD/target/encoders/sandpress-png.wasm
MANIFEST=application/vnd.oci.image.manifest.v1+json

folder=$(mktemp -d)
registry=
trap '[ -z "$registry" ] || kill "$registry"; rm -rf "$folder"' EXIT
cd "$folder"

# A port that is free now.
host=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > registry.yml <<END
version: 0.1
storage: {filesystem: {rootdirectory: $folder/registry}}
http: {addr: "$host"}
END
"$REGISTRY" serve registry.yml > registry.log 2>&1 &
registry=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    curl --silent --fail --output /dev/null "http://$host/v2/" && break
    sleep 0.5
done

publish() {
    "$SANDPRESS" encoder key --out "$2.key" > "$2.pub"
    # `make test` checks it.
    "$SANDPRESS" encoder publish --no-check "$1" --catalog "$2" --key "$2.key"
}

publish "$ENCODER" here
"$SANDPRESS" encoder fetch PNG@0.1.0 --catalog here --catalog-key "$(cat here.pub)" -o out.wasm
"$WKG" oci push --insecure "$host" "$host/encoders/png:0.1.0" out.wasm
curl --silent --fail --header "Accept: $MANIFEST" "http://$host/v2/encoders/png/manifests/0.1.0" > manifest.json
"$WKG" oci pull --insecure "$host" "$host/encoders/png:0.1.0" -o in.wasm
publish in.wasm there

digest=$(sha256sum "$ENCODER" | cut -d ' ' -f 1)
for catalog in here there; do
    [ -f "$catalog/$digest.wasm" ] || { echo "$catalog: $digest is not in it" >&2; exit 1; }
done
# https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/
python3 - "$digest" <<'END'
import json, sys

manifest = json.load(open("manifest.json"))
[layer] = manifest["layers"]
found = manifest["mediaType"], manifest["config"]["mediaType"], layer["mediaType"], layer["digest"]
expected = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.wasm.config.v0+json",
    "application/wasm",
    f"sha256:{sys.argv[1]}",
)
assert found == expected, found
END
echo "$digest: from a catalog to a registry, and from there to another catalog"

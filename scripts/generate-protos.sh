#!/usr/bin/env bash
# Types of protos/**/*.proto → protos/generated (committed, so that a reader of the code sees them; `npm run check` compares).
set -euo pipefail
cd "$(dirname "$0")/../protos"
out="${1:-generated}"
rm -rf "$out"
../node_modules/.bin/proto-loader-gen-types --includeDirs . --grpcLib=@grpc/grpc-js --outDir="$out" --importFileExtension=.ts \
  --longs=Number --enums=String --defaults --oneofs --includeComments \
  identity/v1/identity.proto tenant/v1/tenant.proto catalog/v1/catalog.proto download/v1/download.proto \
  inference/v1/inference.proto events/v1/events.proto

#!/bin/sh
# Installs the agent for the user who runs this, or upgrades it; no administrator is needed. It lies beside the program.
set -eu

cd "$(dirname "$0")"
if [ "$(uname -s)-$(uname -m)" != Darwin-arm64 ]; then
    echo "This agent is for Macs with an Apple processor; this is $(uname -s) $(uname -m)." >&2
    exit 1
fi
# A browser marks what it fetched, and macOS refuses to start it; nothing unsigned starts either.
xattr -d com.apple.quarantine landale-agent 2>/dev/null || true
codesign --force --sign - landale-agent
exec ./landale-agent install "$@"

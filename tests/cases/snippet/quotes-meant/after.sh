#!/bin/sh
root="$(cd "$(dirname "$0")" && pwd)"

if [ -z "$TOOL" ]; then
    echo 'No tool is set; run `which tool` to see which there is.' >&2
    echo 'Looking for one instead, which takes a while.' >&2
    . "$root/find-tool.sh"
fi

#!/bin/sh
set -eu

build() {
    make -j4
}

clean() {
    rm -rf out
}

case "$1" in
    build) build ;;
    clean) clean ;;
esac

#!/bin/sh
set -eu

build() {
    make -j4
}

clean() {
    rm -rf out
    rm -f *.log
}

case "$1" in
    build) build ;;
    clean) clean ;;
esac

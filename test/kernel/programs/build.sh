#!/bin/bash
# Makes the program beside it anew (gcc 12, systemtap-sdt-dev); the tests only run it.
set -euo pipefail
cd "$(dirname "$0")"
gcc -O1 -gdwarf-5 "-ffile-prefix-map=$PWD=." -static -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
  -Wl,--build-id=sha1 -Wl,-z,noseparate-code -o shop shop.c

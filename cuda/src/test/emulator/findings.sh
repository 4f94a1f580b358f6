#!/bin/bash
# findings.sh FOLDER: fails with the findings that the tests left in the emulator's report. Those
# that a test plants are gone by then, with Emulator.reset().
report=$1/report.txt
if [ -f "$report" ] && grep '^finding ' "$report"; then
    echo "The CUDA emulator saw these faults while the tests ran"
    exit 1
fi

# Readers that leave, disks that are full, streams that are closed: no traceback, a right code.
seq -f 'line %g' 1 20000 >big.txt
block $'line 9\nline 10\nline 11' 'x' >big.md
for unbuffered in '' 1; do
    set +e
    PYTHONUNBUFFERED=$unbuffered fastapply big.txt --edit big.md --stdout 2>err | true
    status=("${PIPESTATUS[@]}")
    set -e
    same '141 ' "${status[0]} $(cat err)"
done

if [ -e /dev/full ]; then
    for mode in --stdout '--json --check'; do
        found=0
        fastapply notes.txt --edit edit.md $mode 2>err >/dev/full || found=$?
        same '5 fastapply: cannot write the output: No space left on device' "$found $(cat err)"
    done
    ends 0 fastapply notes.txt --edit edit.md --dry-run 2>/dev/full
fi

ends 0 fastapply notes.txt --edit edit.md <&- >&- 2>&-
same "$(lines | sed 's/line 10$/line ten/')" "$(cat notes.txt)"
fastapply undo >&- 2>&-
same "$(lines)" "$(cat notes.txt)"
for arguments in notes.txt ''; do
    ends 2 fastapply $arguments <&- 2>err
    grep -q 'no edit document' err
done

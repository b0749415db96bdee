# No repository: files are changed, nothing is staged, and undo knows them all the same.
mkdir ../plain
cd ../plain
lines >notes.txt
fastapply --edit ../repository/named.md --quiet
same 'line ten' "$(sed -n 10p notes.txt)"
fastapply --edit ../repository/named.md --diff >patch
same '' "$(cat patch)"
fastapply undo --quiet
same "$(lines)" "$(cat notes.txt)"
ends 5 fastapply hook check 2>err
grep -q 'hooks need a git work tree' err
ends 5 fastapply --edit ../repository/named.md --commit 2>err
same "$(lines)" "$(cat notes.txt)"

# A whole chat answer: every file it names, all or none.
lines >more.txt
git add more.txt
{
    printf 'First the notes:\n\nnotes.txt\n'
    block 'line 1' 'line one'
    printf '\nand then `more.txt`:\n\nmore.txt\n'
    block 'line 2' 'line two'
} >answer.md
fastapply --edit answer.md --quiet
same 'line one' "$(sed -n 1p notes.txt)"
same 'line two' "$(sed -n 2p more.txt)"
fastapply undo --quiet

printf '\nmore.txt\n%s\n' "$(block 'no such line' 'x')" >>answer.md
ends 1 fastapply --edit answer.md --quiet
same "$(lines)" "$(cat notes.txt)"
same "$(lines)" "$(cat more.txt)"

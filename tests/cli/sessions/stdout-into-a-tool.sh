# The new text goes on to another program, and the file stays.
fastapply notes.txt --edit edit.md --stdout | tr a-z A-Z >shouted.txt
same 'LINE TEN' "$(sed -n 10p shouted.txt)"
same '' "$(git status --short -uno)"
fastapply notes.txt --edit edit.md --stdout | diff notes.txt - >difference && fail 'they differ'
grep -q '^> line ten$' difference

# byte for byte: no newline at the end, CRLF, bytes that are no UTF-8
printf 'line 10\r\n\377 last' >odd.txt
block 'line 10' 'line ten' | fastapply odd.txt --stdout | od -An -tx1 | tr -d ' \n' >found
same 6c696e652074656e0d0aff206c617374 "$(cat found)"

# A programmer with a chat window: one file, what the chat said about it, from a file or a pipe.
fastapply notes.txt --edit edit.md 2>story
grep -q 'notes.txt  applied' story
grep -q '10 + line ten' story
same 'M  notes.txt' "$(git status --short -uno)"

fastapply undo
same '' "$(git status --short -uno)"

cat edit.md | fastapply notes.txt --quiet 2>story
same '' "$(cat story)"
same 'M  notes.txt' "$(git status --short -uno)"

# once more: already applied, and said so
fastapply notes.txt --edit - <edit.md 2>story
grep -q 'already applied' story

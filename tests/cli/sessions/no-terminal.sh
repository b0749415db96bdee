# Cron, CI, an editor: no terminal, no colour, no question.
fastapply notes.txt --edit edit.md 2>story </dev/null
LC_ALL=C grep -q $'\033' story && fail 'colour without a terminal'
fastapply undo --quiet </dev/null

ends 3 fastapply notes.txt </dev/null 2>story
grep -q 'the document is empty' story

if command -v setsid >/dev/null; then
    ends 2 setsid --wait fastapply notes.txt --edit edit.md --interactive </dev/null 2>story
    grep -q 'needs a terminal' story
fi
same '' "$(git status --short -uno)"

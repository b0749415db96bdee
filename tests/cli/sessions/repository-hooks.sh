# A repository: no marker is ever committed, and documents that wait are applied.
fastapply hook install >/dev/null
printf 'def f():\n    # ... existing code ...\n' >f.py
git add f.py
ends 1 git commit --quiet --message leak 2>err
grep -q '^f.py:2: lazy marker: # ... existing code ...$' err
ends 0 git commit --quiet --message leak --no-verify

# it is there now: only what is new counts
echo '    return 1' >>f.py
git commit --quiet --all --message more

mkdir -p .fastapply
cp named.md .fastapply/ten.md
ends 1 git commit --quiet --allow-empty --message ten 2>err
grep -q 'applied .fastapply/ten.md: look at it, and commit again' err
same 'M  notes.txt' "$(git status --short -uno)"
git commit --quiet --message ten
fastapply hook uninstall >/dev/null
same '' "$(ls .fastapply)"

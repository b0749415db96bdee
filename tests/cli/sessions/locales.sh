# Names and messages in locales that are not UTF-8: the right file, the right entry, no traceback.
names=('ünï.txt' $'\xff.txt')
for name in "${names[@]}"; do
    lines >"$name"
done
git add .
git commit --quiet --message names

settings=('LC_ALL=C PYTHONCOERCECLOCALE=0 PYTHONUTF8=0')
if command -v localedef >/dev/null && localedef -i de_DE -f ISO-8859-1 "$PWD/../de_DE.ISO-8859-1" 2>/dev/null; then
    settings+=("LOCPATH=$PWD/.. LC_ALL=de_DE.ISO-8859-1")
fi
for setting in "${settings[@]}"; do
    for name in "${names[@]}"; do
        env $setting fastapply --edit edit.md -- "$name" 2>err
        grep -qi traceback err && fail "$setting: $(cat err)"
    done
    same 2 "$(git diff --cached --name-only -z | tr -cd '\0' | wc -c | tr -d ' ')"
    git diff --quiet || fail "$setting: all is staged under its own name"
    fastapply undo --quiet # in another locale than it was applied in
    env $setting fastapply undo 2>err
    git reset --quiet --hard
    for name in "${names[@]}"; do
        env $setting fastapply --edit edit.md --diff -- "$name"
    done | git apply --index
    same 2 "$(git diff --cached --name-only -z | tr -cd '\0' | wc -c | tr -d ' ')"
    git reset --quiet --hard
done

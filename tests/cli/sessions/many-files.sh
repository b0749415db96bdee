# One document for many files, by find and xargs, one after another and at once.
names=('a b.txt' --edit $'new\nline".txt' $'\xff.txt')
for name in "${names[@]}"; do
    lines >"./$name"
done
git add .
git commit --quiet --message many
count=$((${#names[@]} + 1))

changed() { git diff --cached --name-only -z | tr -cd '\0' | wc -c | tr -d ' '; }

find . -type f -not -path './.git/*' -not -name '*.md' -print0 |
    xargs -0 -n 1 fastapply --edit edit.md --quiet
same "$count" "$(changed)"
git diff --quiet || fail 'all is staged'
git reset --quiet --hard

# names as git lists them may begin with a dash: they come after --
git ls-files -z | xargs -0 -n 1 -P 4 fastapply --edit edit.md --quiet --
same "$count" "$(changed)"
git diff --quiet || fail 'all is staged, in parallel too'
git reset --quiet --hard

# one patch of many
git ls-files -z | xargs -0 -n 1 fastapply --edit edit.md --diff -- | git apply --index
same "$count" "$(changed)"

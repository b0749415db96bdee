# What the sessions share. A session starts in a repository with `notes.txt` (lines 1 to 30,
# committed) and `edit.md`, a document without a file name that changes line 10; `named.md` is the
# same with the file's name in it. Neither document is tracked, and git ignores them.
set -eu -o pipefail
trap 'printf "line %s ended %s: %s\n" "$LINENO" "$?" "$BASH_COMMAND"; [ ! -e err ] || cat err' ERR

git init --quiet --initial-branch=main
git config user.name A
git config user.email a@example.org

# block OLD NEW: an edit document of one SEARCH/REPLACE block
block() {
    printf '```\n<<<<<<< SEARCH\n%s\n=======\n%s\n>>>>>>> REPLACE\n```\n' "$1" "$2"
}

# fail WORDS...: end the session
fail() {
    printf 'failed: %s\n' "$*"
    exit 1
}

# same EXPECTED FOUND: fail unless they are
same() {
    [ "$1" = "$2" ] || fail "expected: $1; found: $2"
}

# ends CODE COMMAND...: fail unless the command ends with that code
ends() {
    local expected=$1 found=0
    shift
    "$@" || found=$?
    same "$expected" "$found"
}

lines() {
    seq -f 'line %g' 1 30
}

lines >notes.txt
block $'line 9\nline 10\nline 11' $'line 9\nline ten\nline 11' >edit.md
{
    echo notes.txt
    cat edit.md
} >named.md
printf '*.md\n' >.git/info/exclude
git add notes.txt
git commit --quiet --message before

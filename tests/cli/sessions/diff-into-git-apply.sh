# Look first, or let git do it: the patch is one for git apply, from any folder.
fastapply --edit named.md --diff | git apply --index
same 'M  notes.txt' "$(git status --short -uno)"
git commit --quiet --message ten

mkdir sub
lines >'sub/a b.txt'
git add sub
git commit --quiet --message sub
(cd sub && fastapply 'a b.txt' --edit ../edit.md --diff >../patch)
git apply --index patch
same 'M  "sub/a b.txt"' "$(git status --short -uno)"

# a new file, one that goes, one that moves
git reset --quiet --hard
cat >apply-patch.md <<'PATCH'
```
*** Begin Patch
*** Add File: new.txt
+hello
*** Delete File: sub/a b.txt
*** Update File: notes.txt
*** Move to: moved.txt
@@
-line 20
+line twenty
*** End Patch
```
PATCH
fastapply --edit apply-patch.md --diff | git apply --index
same 'R  notes.txt -> moved.txt
A  new.txt
D  "sub/a b.txt"' "$(git status --short -uno)"

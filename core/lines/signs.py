"""Signs that belong to an edit document or to a chat answer, and never to a file of source.

edit sign  = SEARCH/REPLACE (ORIGINAL/UPDATED) at arrows, or a ``***`` line of apply-patch
conflict sign = ``<<<<<<< HEAD`` or ``>>>>>>> branch``, which a merge of git leaves
hunk sign  = ``@@ -1,2 +1,3 @@``, ``@@ ... @@``: the head of a diff's hunk
tag        = a line that is one of the tags models wrap answers in, or one control token
fence      = a Markdown fence, with or without an info string
"""

from __future__ import annotations

from fastapply.core.regex import regex

EDIT_SIGN = regex(
    r"\s*(?:[<]{4,9} ?(?i:SEARCH|ORIGINAL)\b.*|[>]{4,9} ?(?i:REPLACE|UPDATED)\b.*"
    r"|-{5,9} ?SEARCH>?|\+{5,9} ?REPLACE<?"
    r"|\*\*\* (?i:(?:Begin|End) (?:Patch|of File)|(?:Update|Add|Delete) File: .*))\s*$"
)
CONFLICT_SIGN = regex(r"[<>]{7} \S")
HUNK_SIGN = regex(r"@@ (?:-\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*|\.\.\. @@)$")
TAG = regex(
    r"\s*(?:</?(?:updated|original|existing|modified|edited|final|new)[-_]"
    r"(?:code|file|snippet|content|file[-_]content)>"
    r"|</?think(?:ing)?>|</?antArtifact\b[^>]*>|<\|[a-z_]{2,20}\|>)\s*$"
)
FENCE = regex(r"\s*(?:`{3,}|~{3,})[\w+#.{}=\" /:-]*$")

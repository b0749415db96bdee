from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastapply.core.edits import Span
from fastapply.core.syntax.kinds import Definition
from fastapply.core.syntax.languages import GRAMMARS
from fastapply.core.syntax.trees import faults, language_of, outline, still_parses

WHOLE = {
    "python": ('"""Doc."""\nimport os\n\nLIMIT = 3\n\n\nclass A(B):\n    x: int = 1\n\n'
               "    @property\n    def f(self):\n        return 1\n", "os LIMIT A x f"),
    "javascript": ("import a from 'b'\nexport const f = () => {\n  return 1\n}\n"
                   "class A {\n  x = 1\n  g() {}\n}\ndescribe('it', () => {\n})\n",
                   "f A x g describe('it')"),
    "typescript": ("export interface I {\n  a: string\n  f(): void\n}\nexport type T = string\n"
                   "enum E { A }\nnamespace N {\n  export function q() {}\n}\n", "I a f T E N q"),
    "tsx": ("export function Card({ a }: Props) {\n  const x = 1\n  return <p>{a}</p>\n}\n",
            "Card"),
    "java": ("package p;\nimport a.B;\n\npublic class C {\n  int x = 1;\n\n  C() {}\n\n"
             "  @Override\n  public void m() {\n    int local = 2;\n  }\n}\n", "C x C m"),
    "c": ("#include <a.h>\n#define MAX 3\nstruct s {\n  int a;\n};\nstatic char *f(int x)\n{\n"
          "  int local = 1;\n  return 0;\n}\nint g(void);\n", "MAX s a f g"),
    "cpp": ("namespace n {\ntemplate <class T>\nclass A {\n public:\n  int f() const;\n  int x_;\n"
            "};\n}\nint n::A::f() const {\n  return 1;\n}\n", "n A f x_ n::A::f"),
    "c-sharp": ("using A;\nnamespace N\n{\n  public class C\n  {\n    public int P { get; }\n"
                "    private int x = 1;\n    public void M()\n    {\n    }\n  }\n}\n", "N C P x M"),
    "go": ("package p\n\nconst (\n\tA = 1\n\tB = 2\n)\n\ntype T struct {\n\ta int\n}\n\n"
           "func (t *T) M() {\n}\n\nfunc F() {\n}\n", "A B T a T.M F"),
    "rust": ("use a::b;\n\n/// Doc.\n#[derive(Debug)]\npub struct S {\n    a: u8,\n}\n\n"
             "impl Show for S {\n    fn f(&self) {}\n}\n", "S a Show for S f"),
    "ruby": ("require 'a'\nmodule M\n  class A\n    X = 1\n    def f\n      y = 1\n    end\n"
             "    def self.g\n    end\n  end\nend\n", "M A X f self.g"),
    "php": ("<?php\nnamespace A;\nuse B\\C;\nclass D\n{\n    public $x = 1;\n"
            "    public function f()\n    {\n    }\n}\n", "D $x f"),
    "kotlin": ("package a\n\nclass A(val x: Int) {\n  val y = 1\n  fun f(): Int {\n    return 1\n"
               "  }\n}\n\nobject O {\n}\n", "A y f O"),
    "swift": ("import A\nclass B {\n  var x = 1\n  init() {\n  }\n  func f() {\n  }\n}\n",
              "B x init f"),
    "scala": ("package a\n\nclass A {\n  val x = 1\n  def f() = {\n    2\n  }\n}\nobject O {\n}\n",
              "A x f O"),
    "lua": ("local M = {}\nfunction M.f(a)\n  local x = 1\nend\nM.g = function()\nend\n",
            "M M.f M.g"),
    "bash": ("#!/bin/bash\nX=1\nf() {\n  local y=2\n}\n", "X f"),
    "html": ('<html>\n<body>\n<div id="a">\n<p>\n</p>\n</div>\n</body>\n</html>\n',
             "html body div#a"),
    "css": (".a, .b {\n  color: red;\n}\n@media (x: 1) {\n  .c {\n    d: e;\n  }\n}\n",
            ".a, .b @media (x: 1) .c"),
    "scss": (".a {\n  .b {\n    c: d;\n  }\n}\n", ".a .b"),
    "json": ('{\n  "a": {\n    "b": 1\n  }\n}\n', "a b"),
    "jsonc": ('{\n  // one\n  "a": 1,\n}\n', "a"),
    "yaml": ("a: 1\nb:\n  - name: c\n    run: d\n", "a b name: c name run"),
    "toml": ("a = 1\n[b.c]\nd = 2\n", "a b.c d"),
    "markdown": ("# A\n\ntext\n\n## B\n\ntext\n\n# C\n", "A B C"),
}  # fmt: skip


def names(definitions: tuple[Definition, ...]) -> list[str]:
    """All names but imports', outermost first."""
    found = []
    for each in definitions:
        if each.kind != "import":
            found.append(each.name)
        found += names(each.children)
    return found


def find(definitions: tuple[Definition, ...], name: str) -> Definition:
    for each in definitions:
        if each.name == name:
            return each
        if each.children:
            try:
                return find(each.children, name)
            except LookupError:
                continue
    raise LookupError(name)


def outlined(text: str, language: str) -> tuple[Definition, ...]:
    return outline(dedent(text).split("\n"), language)


def test_every_language_is_tried():
    assert set(WHOLE) == set(GRAMMARS)


@pytest.mark.parametrize("language", WHOLE)
def test_a_whole_file(language):
    text, expected = WHOLE[language]
    found = " ".join(names(outline(text.split("\n"), language)))
    assert found == expected.replace("os ", "")
    assert faults(text.split("\n"), language) == ()


@pytest.mark.parametrize("language", WHOLE)
def test_what_is_inside_lies_inside(language):
    def inside(definitions, start, stop):
        for each in definitions:
            assert start <= each.span.start < each.span.stop <= stop
            assert each.span.start <= each.header.start < each.header.stop <= each.span.stop
            inside(each.children, each.span.start, each.span.stop)

    lines = WHOLE[language][0].split("\n")
    inside(outline(lines, language), 0, len(lines))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "python",
            "    def a(self):\n        pass\n\n    @x\n    def b(self):\n        pass",
            "a b",
        ),
        ("java", "  @Override\n  public void m() {\n    x();\n  }\n\n  private int y = 2;", "m y"),
        ("typescript", "async foo(x: T): Promise<void> {\n}\n\nprivate bar() {\n}", "foo bar"),
        ("typescript", "  name: string\n  f?(x: T): void", "name f"),
        ("javascript", "foo() {\n  return 1\n},\nbar: 2,", "foo bar"),
        ("c-sharp", "  [Fact]\n  public async Task M()\n  {\n  }", "M"),
        ("kotlin", "override fun f() {\n  x()\n}", "f"),
        ("php", "/** Doc. */\npublic function f(): int\n{\n    return 1;\n}", "f"),
        ("rust", "    pub fn f(&self) -> u8 {\n        1\n    }", "f"),
        ("cpp", "  int f() const {\n    return 1;\n  }", "f"),
        ("swift", "  override func f() {\n  }", "f"),
        ("json", '  "a": {\n    "b": 1\n  },', "a b"),
        ("yaml", "    - name: a\n      run: b", "name: a name run"),
        ("ruby", "  def f\n  end", "f"),
    ],
)
def test_a_fragment_without_what_is_around_it(language, text, expected):
    assert " ".join(names(outline(text.split("\n"), language))) == expected


def test_what_is_attached_above_belongs_to_a_definition():
    found = outlined(
        """\
        x = 1  # one

        # About f,
        # two lines.
        @cached
        def f(
            a,
        ):
            return a
        """,
        "python",
    )
    assert (find(found, "f").span.start, find(found, "f").span.stop) == (2, 9)
    assert (find(found, "f").header.start, find(found, "f").header.stop) == (5, 8)


def test_a_comment_after_code_belongs_to_that_code():
    found = outlined("call(1)  # one\ndef f():\n    pass\n", "python")
    assert find(found, "f").span.start == 1


def test_export_and_doc_comment_belong_to_a_function():
    found = outlined("/**\n * Doc.\n */\nexport async function f() {\n  g()\n}\n", "typescript")
    assert (find(found, "f").span.start, find(found, "f").span.stop) == (0, 6)
    assert (find(found, "f").header.start, find(found, "f").header.stop) == (3, 4)


def test_the_signature_begins_below_annotations():
    found = outlined("class C {\n  @A\n  @B\n  public int f(\n    int a) {\n  }\n}\n", "java")
    assert (find(found, "f").span.start, find(found, "f").header.start) == (1, 3)


def test_local_variables_are_no_definitions_but_inner_functions_are():
    found = outlined("function f() {\n  const a = 1\n  const g = () => {\n  }\n}\n", "javascript")
    assert names(found) == ["f", "g"]


@pytest.mark.parametrize(
    ("path", "first_line", "expected"),
    [
        ("a/b.py", "", "python"),
        ("b.JSX", "", "javascript"),
        ("x.d.ts", "", "typescript"),
        ("C:\\x\\y.tsx", "", "tsx"),
        ("home/.bashrc", "", "bash"),
        ("Gemfile", "", "ruby"),
        ("bin/tool", "#!/usr/bin/env python3.11", "python"),
        ("bin/tool", "#!/bin/sh -e", "bash"),
        ("bin/tool", "#!/usr/bin/env -S node --x", "javascript"),
        ("bin/tool", "#!", None),
        ("notes.txt", "", None),
        (".py", "", None),
    ],
)
def test_the_language_of_a_file(path, first_line, expected):
    assert language_of(path, first_line) == expected


def test_an_unknown_language_has_neither_outline_nor_faults():
    assert outline(["x"], "klingon") == ()
    assert faults(["("], "klingon") == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [("python", "def f(:\n    pass"), ("json", '{"a": }'), ("go", "func f( {\n}")],
)
def test_faults_say_where(language, text):
    found = faults(text.split("\n"), language)
    assert found
    assert found[0].span.start == 0


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("def f():\ndef g():\n    pass", [0]),
        ("def g():\n    pass\n\n\nclass A:  # none\n    # but a comment\n\nx = 1", [4]),
        ("if x:\n    y\nelse:\n", [2]),
        ("def f(): ...\nclass A: pass\nif x: y\nz = {\n'a':\n1}\nw = x[1:\n2]", []),
    ],
)
def test_pythons_headers_want_bodies(text, rows):
    assert [fault.span.start for fault in faults(text.split("\n"), "python")] == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("def f():\n    return 1\n", []),
        ("class A:\n    def f(self):\n        if self:\n            return 1\n", []),
        ("class A:\n    try:\n        return 1\n    finally:\n        pass\n", [2]),
        ("def f():\n    class A:\n        return 1\n", [2]),
        ("for x in y:\n    if x:\n        break\n    else:\n        continue\n", []),
        ("if x:\n    break\n", [1]),
        ("while x:\n    def f():\n        continue\n", [2]),
        ('"""\nreturn what is there\n"""\nbreaking = 1\nreturned = [\n    breaking,\n]\n', []),
    ],
)
def test_pythons_statements_leave_only_what_they_are_in(text, rows):
    assert [fault.span.start for fault in faults(text.split("\n"), "python")] == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("def f():\n    if a:\n        return\n\n            x = 2\n    return x", [4]),
        ("x = 1\n    y = 2\nz = 3", [1]),
        ("def f():\n        a\n    b", [2]),
        ('def f():\n        # deep\n    x = (\n  1)\n    y; z\n# flat\n    """\n a"""', []),
    ],
)
def test_pythons_statements_stand_where_their_block_does(text, rows):
    assert [fault.span.start for fault in faults(text.split("\n"), "python")] == rows


@given(
    st.sampled_from(sorted(GRAMMARS)),
    st.lists(st.text(alphabet="ab{}();:#\"'\n @<>/*=-", max_size=20)),
)
@settings(deadline=None)
def test_any_text_has_an_outline(language, lines):
    flat = [part for line in lines for part in line.split("\n")]
    for each in outline(flat, language):
        assert 0 <= each.span.start < each.span.stop <= len(flat)


def test_a_word_of_the_shell_that_ends_nothing_is_a_fault():
    whole = ("if ready; then", "  run", "fi", "for x in a b; do", "  echo done", "done")
    assert faults(whole, "bash") == ()
    assert [each.span for each in faults((*whole, "", "  rm x", "fi"), "bash")] == [Span(8, 9)]
    assert still_parses(whole, (*whole, "ok"), Span(6, 6), Span(6, 7), "bash")
    assert not still_parses(whole, (*whole, "esac"), Span(6, 6), Span(6, 7), "bash")

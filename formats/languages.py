"""Which files a fence's info word can belong to.

A family is a set of names that models use for one another: the info words and the suffixes of
files that may hold such code. ```` ```js ```` for a ``.tsx`` file is common, ```` ```bash ````
for a ``.tsx`` file is a command to type.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache

SHELL = "shell"
PLAIN = "plain"
DIFF = "diff"

_FAMILIES = {
    SHELL: "sh bash zsh ksh fish shell shellscript bats",
    DIFF: "diff patch udiff unified-diff unidiff git",
    PLAIN: "text txt plain plaintext code snippet",
    "console": "console terminal shell-session shellsession session output log cmd bat batch",
    "powershell": "powershell ps1 psm1 pwsh",
    "python": "python py py3 python3 pyi pyx starlark bzl bazel sage pycon",
    "javascript": "javascript js jsx typescript ts tsx mjs cjs mts cts es6 ecmascript react "
    "javascriptreact typescriptreact node flow",
    "component": "vue svelte astro",
    "markup": "html htm xhtml xml svg xaml plist jinja jinja2 j2 django erb ejs hbs handlebars "
    "mustache liquid twig njk jsp razor cshtml blade",
    "style": "css scss sass less styl postcss pcss",
    "data": "json jsonc json5 jsonl ndjson",
    "yaml": "yaml yml",
    "settings": "toml ini cfg conf properties env dotenv editorconfig",
    "c": "c h cpp c++ cc cxx hpp hh hxx ino cuda cu objc objective-c objectivec m mm glsl hlsl",
    "csharp": "csharp cs c#",
    "fsharp": "fsharp fs fsx f#",
    "go": "go golang",
    "rust": "rust rs",
    "jvm": "java kotlin kt kts groovy gradle",
    "scala": "scala sc sbt",
    "swift": "swift",
    "ruby": "ruby rb rake gemspec rbi ru gemfile rakefile",
    "php": "php phtml",
    "lua": "lua luau",
    "perl": "perl pl pm",
    "r": "r rscript",
    "julia": "julia jl",
    "haskell": "haskell hs",
    "ocaml": "ocaml ml mli",
    "elixir": "elixir ex exs heex",
    "erlang": "erlang erl hrl",
    "clojure": "clojure clj cljs cljc edn",
    "lisp": "lisp el scm racket rkt",
    "dart": "dart",
    "zig": "zig",
    "nim": "nim",
    "sql": "sql mysql postgresql postgres sqlite plsql psql ddl",
    "graphql": "graphql gql",
    "proto": "proto protobuf proto3",
    "make": "make makefile mk gnumakefile",
    "docker": "dockerfile docker containerfile",
    "cmake": "cmake cmakelists",
    "nix": "nix",
    "terraform": "terraform tf hcl tfvars",
    "markdown": "markdown md mdx rst restructuredtext adoc asciidoc qmd",
    "tex": "tex latex bib sty cls",
    "vim": "vim viml",
}
_FAMILY_OF = {word: family for family, words in _FAMILIES.items() for word in words.split()}

_NAMED_FILES = {
    "makefile": "make",
    "gnumakefile": "make",
    "dockerfile": "docker",
    "containerfile": "docker",
    "cmakelists.txt": "cmake",
    "gemfile": "ruby",
    "rakefile": "ruby",
    "vagrantfile": "ruby",
    "jenkinsfile": "jvm",
    "procfile": PLAIN,
    "license": PLAIN,
    "readme": "markdown",
    ".bashrc": SHELL,
    ".zshrc": SHELL,
    ".profile": SHELL,
    ".gitignore": PLAIN,
    ".gitattributes": "settings",
    ".dockerignore": PLAIN,
    ".editorconfig": "settings",
    ".env": "settings",
    "go.mod": "go",
    ".prettierrc": "data",
    ".babelrc": "data",
    ".eslintrc": "data",
}

# What a file of a family is made of, beside its own.
_PARTS = {
    "component": frozenset({"javascript", "markup", "style", "data", "yaml"}),
    "markup": frozenset({"javascript", "style", "component", "php"}),
    "php": frozenset({"markup"}),
}
# Families whose labels models mistake for one another.
_MISTAKEN = (
    frozenset({"javascript", "component", "markup"}),
    frozenset({"component", "style"}),
    frozenset({"data", "javascript"}),
    frozenset({"data", "yaml"}),
    frozenset({"settings", SHELL}),
    frozenset({"settings", "yaml"}),
    frozenset({"make", SHELL}),
    frozenset({"docker", SHELL}),
    frozenset({"jvm", "scala"}),
    frozenset({"php", "markup"}),
    frozenset({"c", "csharp"}),
)
_MORE_SUFFIXES = {"csv", "in", "lock", "map", "snap", "sublime-syntax", "template"}
_MORE_SUFFIXES |= {"tmpl", "tpl", "tsv"}


def family_of_language(word: str) -> str | None:
    """The family an info word names, None where it names none (or is empty)."""
    return _FAMILY_OF.get(word.lower())


@lru_cache(maxsize=256)
def family_of_path(path: str) -> str | None:
    """The family of the file at `path`, None where its name tells nothing."""
    name = posixpath.basename(path.replace("\\", "/")).lower()
    named = _NAMED_FILES.get(name) or _NAMED_FILES.get(name.split(".")[0])
    if named and "." not in name.lstrip("."):
        return named
    if name in _NAMED_FILES:
        return _NAMED_FILES[name]
    return _FAMILY_OF.get(name.rpartition(".")[2])


def holds_prose(path: str) -> bool:
    """Whether the file is text for people, or nothing says what it is."""
    return family_of_path(path) in (None, PLAIN, "markdown", "tex")


def is_known_file(name: str) -> bool:
    """Whether a bare name is one that files have, as ``setup.py`` or ``Makefile``."""
    low = name.lower()
    suffix = low.rpartition(".")[2]
    if low in _NAMED_FILES:
        return True
    return "." in low and (suffix in _FAMILY_OF or suffix in _MORE_SUFFIXES)


def parts_of(family: str) -> frozenset[str]:
    """The other families whose code a file of this family holds, as HTML holds scripts."""
    return _PARTS.get(family, frozenset())


def mistaken(one: str, other: str) -> bool:
    """Whether code of one family is at times labelled as the other."""
    return any(one in kin and other in kin for kin in _MISTAKEN)

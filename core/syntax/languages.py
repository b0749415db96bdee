"""The languages whose syntax is known: their files, their grammars, what defines a name in each.

A grammar's `kinds` say which nodes define something, and what: ``function: function_definition``.
The kind ``attached`` is for what belongs to the definition below it: comments, decorators,
attributes. Where a node type alone does not tell, `core.syntax.naming` looks closer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

WRAPPER = "Wrapper__"


class Grammar(NamedTuple):
    """A tree-sitter grammar and what this program wants of it.

    `module` and `loader` name the wheel's module and its function. `kinds` maps node types to
    kinds of definitions. `holders` are node types that wrap one definition and belong to it
    (``export``, decorated definitions). `wraps` are texts to put around a fragment that does not
    parse by itself, such as a method without its class. `exact` is false where the grammar is a
    near relative's: then its errors mean nothing. `is_partial` says that text a file may rightly
    hold need not parse: macros, templates, syntax the grammar has not learnt.
    """

    module: str
    kinds: Mapping[str, str]
    loader: str = "language"
    holders: frozenset[str] = frozenset()
    wraps: tuple[tuple[str, str], ...] = ()
    exact: bool = True
    is_partial: bool = False


def _kinds(*tables: Mapping[str, str]) -> dict[str, str]:
    """Node type -> kind, from kind -> node types; later tables win."""
    return {
        name: kind for table in tables for kind, names in table.items() for name in names.split()
    }


_IN_CLASS = (f"class {WRAPPER} {{ ", "}")

_PYTHON = {
    "function": "function_definition",
    "class": "class_definition",
    "type": "type_alias_statement",
    "variable": "assignment",
    "import": "import_statement import_from_statement future_import_statement",
    "attached": "comment",
}
_JAVASCRIPT = {
    "function": "function_declaration generator_function_declaration",
    "class": "class_declaration",
    "method": "method_definition",
    "field": "field_definition",
    "variable": "lexical_declaration variable_declaration",
    "key": "pair",
    "test": "expression_statement",
    "import": "import_statement",
    "attached": "comment decorator",
}
_TYPESCRIPT = {
    "function": "function_signature",
    "class": "abstract_class_declaration",
    "method": "abstract_method_signature method_signature",
    "field": "public_field_definition property_signature",
    "interface": "interface_declaration",
    "type": "type_alias_declaration",
    "enum": "enum_declaration",
    "module": "internal_module module",
}
_JAVA = {
    "class": "class_declaration record_declaration",
    "interface": "interface_declaration annotation_type_declaration",
    "enum": "enum_declaration",
    "field": "enum_constant field_declaration constant_declaration",
    "method": "method_declaration constructor_declaration compact_constructor_declaration",
    "variable": "local_variable_declaration",
    "import": "import_declaration package_declaration",
    "attached": "line_comment block_comment",
}
_C = {
    "function": "function_definition preproc_function_def",
    "struct": "struct_specifier union_specifier",
    "enum": "enum_specifier",
    "field": "field_declaration",
    "type": "type_definition",
    "variable": "preproc_def declaration",
    "import": "preproc_include",
    "attached": "comment",
}
_CPP = {
    "class": "class_specifier",
    "module": "namespace_definition",
    "type": "alias_declaration type_definition",
    "import": "using_declaration preproc_include",
}
_C_SHARP = {
    "class": "class_declaration record_declaration",
    "struct": "struct_declaration",
    "interface": "interface_declaration",
    "enum": "enum_declaration",
    "field": "enum_member_declaration property_declaration field_declaration "
    "event_field_declaration",
    "type": "delegate_declaration",
    "module": "namespace_declaration",
    "method": "method_declaration constructor_declaration destructor_declaration "
    "indexer_declaration operator_declaration",
    "function": "local_function_statement",
    "import": "using_directive",
    "attached": "comment",
}
_GO = {
    "function": "function_declaration",
    "method": "method_declaration method_elem",
    "type": "type_spec type_alias",
    "variable": "const_spec var_spec",
    "field": "field_declaration",
    "import": "import_declaration package_clause",
    "attached": "comment",
}
_RUST = {
    "function": "function_item function_signature_item macro_definition",
    "struct": "struct_item union_item",
    "enum": "enum_item",
    "field": "enum_variant field_declaration",
    "interface": "trait_item",
    "impl": "impl_item",
    "module": "mod_item",
    "variable": "const_item static_item",
    "type": "type_item",
    "import": "use_declaration extern_crate_declaration",
    "attached": "line_comment block_comment attribute_item",
}
_RUBY = {
    "method": "method singleton_method",
    "class": "class singleton_class",
    "module": "module",
    "variable": "assignment",
    "test": "call",
    "attached": "comment",
}
_PHP = {
    "function": "function_definition",
    "class": "class_declaration trait_declaration",
    "interface": "interface_declaration",
    "enum": "enum_declaration",
    "field": "enum_case property_declaration const_declaration",
    "method": "method_declaration",
    "module": "namespace_definition",
    "import": "namespace_use_declaration use_declaration",
    "attached": "comment",
}
_KOTLIN = {
    "class": "class_declaration object_declaration companion_object",
    "function": "function_declaration",
    "method": "secondary_constructor anonymous_initializer",
    "variable": "property_declaration",
    "field": "enum_entry",
    "test": "call_expression",
    "type": "type_alias",
    "import": "import package_header",
    "attached": "line_comment block_comment",
}
_SWIFT = {
    "class": "class_declaration",
    "interface": "protocol_declaration",
    "function": "function_declaration protocol_function_declaration",
    "method": "init_declaration deinit_declaration",
    "variable": "property_declaration",
    "field": "enum_entry",
    "test": "call_expression constructor_expression",
    "type": "typealias_declaration",
    "import": "import_declaration",
    "attached": "comment multiline_comment",
}
_SCALA = {
    "class": "class_definition object_definition",
    "interface": "trait_definition",
    "enum": "enum_definition",
    "function": "function_definition function_declaration",
    "variable": "val_definition var_definition val_declaration var_declaration",
    "type": "type_definition",
    "import": "import_declaration package_clause",
    "attached": "comment block_comment",
}
_LUA = {
    "function": "function_declaration",
    "variable": "assignment_statement",
    "key": "field",
    "attached": "comment",
}
_BASH = {
    "function": "function_definition",
    "variable": "variable_assignment",
    "attached": "comment",
}
_HTML = {"element": "element script_element style_element", "attached": "comment"}
_CSS = {
    "rule": "rule_set media_statement keyframes_statement supports_statement at_rule",
    "import": "import_statement charset_statement",
    "attached": "comment",
}
_JSON = {"key": "pair", "attached": "comment"}
_YAML = {"key": "block_mapping_pair", "item": "block_sequence_item", "attached": "comment"}
_TOML = {"key": "pair", "table": "table table_array_element", "attached": "comment"}
_MARKDOWN = {"section": "section"}

_IN_SCRIPT = frozenset({"export_statement", "expression_statement", "ambient_declaration"})
_SCRIPT_WRAPS = (_IN_CLASS, ("({ ", "})"))
_INTERFACE = (f"interface {WRAPPER} {{ ", "}")
_IN_GO = frozenset({"type_declaration", "const_declaration", "var_declaration"})

GRAMMARS: Mapping[str, Grammar] = {
    "python": Grammar(
        "tree_sitter_python",
        _kinds(_PYTHON),
        holders=frozenset({"decorated_definition", "expression_statement"}),
    ),
    "javascript": Grammar(
        "tree_sitter_javascript",
        _kinds(_JAVASCRIPT),
        holders=_IN_SCRIPT,
        wraps=(*_SCRIPT_WRAPS, ("<>", "</>")),
    ),
    "typescript": Grammar(
        "tree_sitter_typescript",
        _kinds(_JAVASCRIPT, _TYPESCRIPT),
        "language_typescript",
        _IN_SCRIPT,
        (*_SCRIPT_WRAPS, _INTERFACE),
    ),
    "tsx": Grammar(
        "tree_sitter_typescript",
        _kinds(_JAVASCRIPT, _TYPESCRIPT),
        "language_tsx",
        _IN_SCRIPT,
        (*_SCRIPT_WRAPS, ("<>", "</>"), _INTERFACE),
    ),
    "java": Grammar("tree_sitter_java", _kinds(_JAVA), wraps=(_IN_CLASS,)),
    "c": Grammar("tree_sitter_c", _kinds(_C), is_partial=True),
    "cpp": Grammar(
        "tree_sitter_cpp",
        _kinds(_C, _CPP),
        holders=frozenset({"template_declaration"}),
        wraps=((f"class {WRAPPER} {{ ", "};"),),
        is_partial=True,
    ),
    "c-sharp": Grammar(
        "tree_sitter_c_sharp", _kinds(_C_SHARP), wraps=(_IN_CLASS,), is_partial=True
    ),
    "go": Grammar(
        "tree_sitter_go",
        _kinds(_GO),
        holders=_IN_GO,
        wraps=((f"type {WRAPPER} struct {{ ", "}"),),
    ),
    "rust": Grammar("tree_sitter_rust", _kinds(_RUST), wraps=((f"struct {WRAPPER} {{ ", "}"),)),
    "ruby": Grammar("tree_sitter_ruby", _kinds(_RUBY)),
    "php": Grammar("tree_sitter_php", _kinds(_PHP), "language_php", wraps=(_IN_CLASS,)),
    "kotlin": Grammar("tree_sitter_kotlin", _kinds(_KOTLIN), wraps=(_IN_CLASS,), is_partial=True),
    "swift": Grammar("tree_sitter_swift", _kinds(_SWIFT), wraps=(_IN_CLASS,), is_partial=True),
    "scala": Grammar("tree_sitter_scala", _kinds(_SCALA), wraps=(_IN_CLASS,), is_partial=True),
    "lua": Grammar("tree_sitter_lua", _kinds(_LUA), holders=frozenset({"variable_declaration"})),
    "bash": Grammar(
        "tree_sitter_bash",
        _kinds(_BASH),
        holders=frozenset({"declaration_command"}),
        is_partial=True,
    ),
    "html": Grammar("tree_sitter_html", _kinds(_HTML), is_partial=True),
    "css": Grammar("tree_sitter_css", _kinds(_CSS), is_partial=True),
    "scss": Grammar("tree_sitter_css", _kinds(_CSS), exact=False),
    "json": Grammar("tree_sitter_json", _kinds(_JSON), wraps=(("{ ", "}"),)),
    "jsonc": Grammar("tree_sitter_json", _kinds(_JSON), wraps=(("{ ", "}"),), exact=False),
    "yaml": Grammar("tree_sitter_yaml", _kinds(_YAML), is_partial=True),
    "toml": Grammar("tree_sitter_toml", _kinds(_TOML)),
    "markdown": Grammar("tree_sitter_markdown", _kinds(_MARKDOWN)),
}

# A header may be C or C++; C++'s grammar reads both.
_SUFFIXES = {
    "python": "py pyi pyw py3 bzl star wsgi",
    "javascript": "js jsx mjs cjs es6",
    "typescript": "ts mts cts",
    "tsx": "tsx",
    "java": "java",
    "c": "c",
    "cpp": "h cc cpp cxx c++ hh hpp hxx h++ ipp tpp inl cu cuh ino",
    "c-sharp": "cs csx",
    "go": "go",
    "rust": "rs",
    "ruby": "rb rake gemspec ru podspec",
    "php": "php php5 php7 phtml",
    "kotlin": "kt kts",
    "swift": "swift",
    "scala": "scala sc sbt",
    "lua": "lua",
    "bash": "sh bash zsh ksh bats",
    "html": "html htm xhtml",
    "css": "css",
    "scss": "scss less",
    "json": "json webmanifest geojson ipynb",
    "jsonc": "jsonc json5 code-workspace",
    "yaml": "yaml yml",
    "toml": "toml",
    "markdown": "md markdown mdown mkd",
}
BY_SUFFIX = {suffix: name for name, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
BY_FILE_NAME = {
    **dict.fromkeys(("gemfile", "rakefile", "vagrantfile", "podfile", "brewfile"), "ruby"),
    **dict.fromkeys((".bashrc", ".bash_profile", ".bash_aliases", ".profile"), "bash"),
    **dict.fromkeys((".zshrc", ".zshenv", ".zprofile", ".envrc", "pkgbuild"), "bash"),
    **dict.fromkeys((".babelrc", ".eslintrc", ".prettierrc", "tsconfig.json"), "jsonc"),
    **dict.fromkeys(("jsconfig.json", "devcontainer.json", "settings.json"), "jsonc"),
    **dict.fromkeys(("launch.json", "tasks.json", "keybindings.json"), "jsonc"),
    **dict.fromkeys((".clang-format", ".clang-tidy", ".yamllint"), "yaml"),
    **dict.fromkeys(("pipfile", "cargo.lock", "poetry.lock", "uv.lock"), "toml"),
    **dict.fromkeys(("sconstruct", "sconscript", "wscript", "build.bazel", "workspace"), "python"),
}
BY_INTERPRETER = {
    **dict.fromkeys(("sh", "bash", "zsh", "dash", "ksh", "bats"), "bash"),
    **dict.fromkeys(("node", "nodejs", "bun"), "javascript"),
    **dict.fromkeys(("deno", "ts-node", "tsx"), "typescript"),
    "python": "python",
    "pypy": "python",
    "ruby": "ruby",
    "php": "php",
    "lua": "lua",
    "luajit": "lua",
    "scala": "scala",
    "kotlin": "kotlin",
    "swift": "swift",
}

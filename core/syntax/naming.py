"""What a node of a syntax tree defines: its kind, and the name people would call it by.

Most nodes say so in a field (``name``, ``key``, ``declarator`` ...). The others have a function
here, by node type: Go's methods are ``Type.method``, Rust's impl blocks ``Trait for Type``, tests
``it("does this")``, HTML elements ``div#id``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from fastapply.core.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

Described: TypeAlias = "tuple[str, str] | None"

_NAME_FIELDS = ("name", "property", "key", "declarator", "left", "pattern")
# Nodes on the way from a definition to its name that have no field for it.
_ON_THE_WAY = frozenset(
    {
        "variable_declaration",
        "variable_declarator",
        "init_declarator",
        "array_declarator",
        "pointer_declarator",
        "function_declarator",
        "reference_declarator",
        "parenthesized_declarator",
        "const_element",
        "property_element",
        "variable_list",
        "generic_type",
    }
)
_FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_expression",
        "generator_function",
        "function_definition",
        "class",
    }
)
_LANDMARKS = frozenset({"html", "head", "body", "main", "header", "footer", "title"})
_BLOCKS = frozenset({"annotated_lambda", "lambda_literal"})
_CALL = regex(r"([\w.]+)(?:<[^()]*>)?\s*\(\s*(\"[^\"\n]+\")")
_LONGEST_NAME = 120


def describe(node: Node, kind: str) -> Described:
    """The kind and name of what `node` defines, `kind` at first sight; None if it is nothing."""
    special = _SPECIAL.get(node.type)
    if special is not None:
        return special(node, kind)
    if kind == "import":
        return kind, _text(node)
    return kind, _plain_name(node)


def _plain_name(node: Node) -> str:
    """The text of the node's name; the first line of its header where nothing is called a name."""
    at = node
    while True:
        below = _towards_name(at)
        if below is None:
            break
        at = below
        if at.type not in _ON_THE_WAY:
            return _text(at).strip("\"'")
    return _text(node).split("{", 1)[0].split("(", 1)[0].strip()


def _towards_name(node: Node) -> Node | None:
    for field in _NAME_FIELDS:
        found = node.child_by_field_name(field)
        if found is not None:
            return found
    children = node.named_children
    if not children:
        return None
    if node.type == "reference_declarator":
        return children[-1]
    on_the_way = next((child for child in children if child.type in _ON_THE_WAY), None)
    return on_the_way or node.child_by_field_name("type") or children[0]


def _text(node: Node) -> str:
    text = " ".join((node.text or b"").decode("utf-8", "replace").split())
    return text[:_LONGEST_NAME]


def _field(node: Node, *names: str) -> Node | None:
    """The node reached by following the fields `names`."""
    at: Node | None = node
    for name in names:
        at = at.child_by_field_name(name) if at is not None else None
    return at


def _script_variable(node: Node, kind: str) -> Described:
    """JavaScript's ``const f = () => ...`` is a function; Kotlin and Lua know such nodes too."""
    declarator = next((c for c in node.named_children if c.type == "variable_declarator"), None)
    if declarator is None:
        return None
    value = _field(declarator, "value")
    is_function = value is not None and value.type in _FUNCTIONS
    return "function" if is_function else kind, _plain_name(declarator)


def _script_statement(node: Node, kind: str) -> Described:
    """``module.exports.f = function`` and ``describe("...", () => ...)`` define something."""
    inner = node.named_children[0] if node.named_children else None
    if inner is None:
        return None
    if inner.type == "assignment_expression":
        left, right = _field(inner, "left"), _field(inner, "right")
        if left is None or right is None or left.type != "member_expression":
            return None
        return "function" if right.type in _FUNCTIONS else "variable", _text(left)
    if inner.type != "call_expression":
        return None
    called, arguments = _field(inner, "function"), _field(inner, "arguments")
    given = arguments.named_children if arguments is not None else []
    if called is None or len(given) < 2 or given[0].type not in ("string", "template_string"):
        return None
    if not any(argument.type in _FUNCTIONS for argument in given[1:]):
        return None
    return kind, f"{_text(called)}({_text(given[0])})"


def _lua_assignment(node: Node, kind: str) -> Described:
    values = next((c for c in node.named_children if c.type == "expression_list"), None)
    first = values.named_children[0] if values is not None and values.named_children else None
    names = next((c for c in node.named_children if c.type == "variable_list"), None)
    if names is None:
        return None
    is_function = first is not None and first.type in _FUNCTIONS
    return "function" if is_function else kind, _text(names)


def _assignment(node: Node, kind: str) -> Described:
    """Names that are assigned to: Python's plain names, Ruby's constants."""
    left = _field(node, "left")
    if left is None or left.type not in ("identifier", "constant"):
        return None
    return None if left.type == "identifier" and _is_ruby(node) else (kind, _text(left))


def _is_ruby(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type not in ("expression_statement", "ERROR")


def _ruby_call(node: Node, kind: str) -> Described:
    """``require "x"`` is an import; ``describe "x" do`` and ``task :x do`` define something."""
    called, arguments = _field(node, "method"), _field(node, "arguments")
    if called is None or arguments is None or _field(node, "receiver") is not None:
        return None
    if _text(called) in ("require", "require_relative", "load"):
        return "import", _text(node)
    first = arguments.named_children[0] if arguments.named_children else None
    if first is None or _field(node, "block") is None:
        return None
    return kind, f"{_text(called)}({_text(first)})"


def _call_with_block(node: Node, kind: str) -> Described:
    """``test("does this") { ... }`` in Kotlin and Swift: a name, and a block behind the call."""
    last = node.named_children[-1] if node.named_children else None
    blocks = [last, *(last.named_children if last is not None else ())]
    if not any(each is not None and each.type in _BLOCKS for each in blocks):
        return None
    called = _CALL.match(_text(node))
    return None if called is None else (kind, f"{called[1]}({called[2]})")


def _method_with_receiver(node: Node, kind: str) -> Described:
    receiver = _field(node, "receiver")
    name = _plain_name(node)
    if receiver is None:
        return kind, name
    owner = _field(receiver.named_children[0], "type") if receiver.named_children else None
    while owner is not None and owner.type in ("pointer_type", "generic_type"):
        owner = owner.named_children[0]
    return kind, name if owner is None else f"{_text(owner)}.{name}"


def _singleton_method(node: Node, kind: str) -> Described:
    owner = _field(node, "object")
    name = _field(node, "name")
    return (kind, f"{_text(owner)}.{_text(name)}") if owner and name else None


def _type_spec(node: Node, kind: str) -> Described:
    inner = _field(node, "type")
    kinds = {"struct_type": "struct", "interface_type": "interface"}
    return kinds.get(inner.type if inner is not None else "", kind), _plain_name(node)


def _impl(node: Node, kind: str) -> Described:
    trait, owner = _field(node, "trait"), _field(node, "type")
    if owner is None:
        return None
    return kind, _text(owner) if trait is None else f"{_text(trait)} for {_text(owner)}"


def _c_declaration(node: Node, kind: str) -> Described:
    """A prototype is a function, or a method in a class; the rest are variables or fields."""
    at = _field(node, "declarator")
    if at is None:
        return kind, _plain_name(node)
    while at is not None and at.type in ("pointer_declarator", "reference_declarator"):
        at = _field(at, "declarator") or (at.named_children[-1] if at.named_children else None)
    if at is None:
        return None
    if at.type != "function_declarator":
        return kind, _plain_name(node)
    return "method" if kind == "field" else "function", _plain_name(at)


def _named_by_declarator(node: Node, kind: str) -> Described:
    declarator = _field(node, "declarator")
    if declarator is None:
        return kind, _plain_name(node)
    return kind, _text(declarator) if declarator.type == "type_identifier" else _plain_name(node)


def _with_body_only(node: Node, kind: str) -> Described:
    """C's ``struct s x;`` uses a type, ``struct s { ... }`` defines it."""
    name = _field(node, "name")
    return (kind, _text(name)) if name is not None and _field(node, "body") is not None else None


def _namespace(node: Node, kind: str) -> Described:
    """A namespace without a body of its own is a line at the top of the file, as an import is."""
    name = _field(node, "name")
    if _field(node, "body") is None:
        return "import", _text(node)
    return kind, _text(name) if name is not None else "namespace"


def _operator(node: Node, kind: str) -> Described:
    """C#'s operators and indexers, Ruby's ``class << self``: no name but their first line."""
    first_line = (node.text or b"").split(b"\n", 1)[0].decode("utf-8", "replace")
    return kind, first_line.split("{", 1)[0].split("=>", 1)[0].strip()


def _initializer(node: Node, kind: str) -> Described:
    return kind, _INITIALIZERS[node.type]


def _element(node: Node, kind: str) -> Described:
    """Elements that have an id, or of which a page has one."""
    opening = node.named_children[0] if node.named_children else None
    if opening is None or not opening.named_children:
        return None
    tag = _text(opening.named_children[0])
    for attribute in opening.named_children[1:]:
        parts = attribute.named_children
        if len(parts) == 2 and _text(parts[0]) == "id":
            return kind, f"{tag}#" + _text(parts[1]).strip("\"'")
    return (kind, tag) if tag in _LANDMARKS or node.type != "element" else None


def _selectors(node: Node, kind: str) -> Described:
    return kind, _text(node).split("{", 1)[0].strip()


def _table(node: Node, kind: str) -> Described:
    return (kind, _text(node.named_children[0])) if node.named_children else None


def _list_item(node: Node, kind: str) -> Described:
    """An item that is a mapping goes by its first pair: ``- name: build``."""
    at: Node | None = node
    while at is not None and at.type != "block_mapping_pair":
        at = at.named_children[0] if at.named_children else None
    if at is None or at.start_point.row != node.start_point.row:
        return None
    value = _field(at, "value")
    return (kind, _text(at)) if value is not None and value.type == "flow_node" else None


def _section(node: Node, kind: str) -> Described:
    heading = node.named_children[0] if node.named_children else None
    content = _field(heading, "heading_content") if heading is not None else None
    return (kind, _text(content)) if content is not None else None


_INITIALIZERS = {
    "anonymous_initializer": "init",
    "init_declaration": "init",
    "deinit_declaration": "deinit",
    "secondary_constructor": "constructor",
    "companion_object": "companion",
}
_SPECIAL: dict[str, Callable[[Node, str], Described]] = {
    "lexical_declaration": _script_variable,
    "variable_declaration": _script_variable,
    "expression_statement": _script_statement,
    "assignment_statement": _lua_assignment,
    "assignment": _assignment,
    "call": _ruby_call,
    "call_expression": _call_with_block,
    "constructor_expression": _call_with_block,
    "method_declaration": _method_with_receiver,
    "singleton_method": _singleton_method,
    "type_spec": _type_spec,
    "impl_item": _impl,
    "declaration": _c_declaration,
    "field_declaration": _c_declaration,
    "type_definition": _named_by_declarator,
    "struct_specifier": _with_body_only,
    "union_specifier": _with_body_only,
    "enum_specifier": _with_body_only,
    "class_specifier": _with_body_only,
    "namespace_definition": _namespace,
    "operator_declaration": _operator,
    "indexer_declaration": _operator,
    "singleton_class": _operator,
    **dict.fromkeys(_INITIALIZERS, _initializer),
    "element": _element,
    "script_element": _element,
    "style_element": _element,
    "rule_set": _selectors,
    "media_statement": _selectors,
    "keyframes_statement": _selectors,
    "supports_statement": _selectors,
    "at_rule": _selectors,
    "table": _table,
    "table_array_element": _table,
    "block_sequence_item": _list_item,
    "section": _section,
}

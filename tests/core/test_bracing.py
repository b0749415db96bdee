from fastapply.core.syntax.bracing import outline_of_braces
from fastapply.core.syntax.kinds import every
from fastapply.core.syntax.trees import BRACES, outline

SCHEMA = '''\
"""
A tour
of the town.
"""
type Tour implements Node {
  id: ID!
}

# What asks.
type Query {
  tour(id: ID!): Tour
}
'''.splitlines()
SCRIPT = """\
export default {
  methods: {
    reset() {
      if (this.dirty) {
        this.form = {};
      }
    },
  },
};
""".splitlines()


def test_a_definition_begins_with_the_comments_above_it() -> None:
    found = outline_of_braces(SCHEMA)

    assert [(each.name, each.span.start, each.span.stop) for each in found] == [
        ("type Tour", 0, 7),
        ("type Query", 8, 12),
    ]


def test_blocks_of_statements_define_nothing() -> None:
    names = [(each.name, each.kind) for each in every(outline_of_braces(SCRIPT))]

    assert names == [("export default", "rule"), ("methods", "key"), ("reset", "rule")]


def test_what_does_not_close_is_none() -> None:
    assert outline_of_braces(["type Tour {", "  id: ID!", "type Query {", "}"]) == (
        outline(["", "", "type Query {", "}"], BRACES)
    )

from fastapply.core.edits import Span
from fastapply.core.syntax.parsing import parsed
from fastapply.core.syntax.trees import Fault, faults, outline, same_tree, still_parses, tree_of

# What the grammar reads in so many ways that it takes a minute.
TANGLED = """\
    it("can be filled") {
      kiln.fill(pots)
      kiln.isFull sst:
```kotlin
    it("can be filled") {
      val kiln = Kiln(cold = true)
      kiln.fill(p<<<<<<< SEARCH
ots)
      kiln.isFull shouldBe true
    }

    it("can be opened") {
```
true)
      kiln.fill(pots)
      kiln.isFull shouldBe true
    }

    it("can be opened") {
      val kiln = Kiln(cold = true)
      kiln.open()
      kiln.isOpen shouldBe true
""".splitlines()
PLAIN = ["fun fill() {", "    start()", "}"]


def test_what_is_too_tangled_has_no_tree():
    assert parsed("\n".join((*TANGLED, "")).encode(), "kotlin") is None
    assert tree_of(TANGLED, "kotlin") is None
    assert outline(TANGLED, "kotlin") == ()
    assert not same_tree(TANGLED, TANGLED, "kotlin")
    assert not still_parses(TANGLED, PLAIN, Span(0, 22), Span(0, 3), "kotlin")
    assert not still_parses(PLAIN, TANGLED, Span(0, 3), Span(0, 22), "kotlin")


def test_it_is_a_fault_where_faults_are_told():
    assert faults(PLAIN, "kotlin") == ()
    assert faults(TANGLED, "kotlin") == (Fault(Span(0, len(TANGLED)), is_missing=False),)


def test_the_next_text_is_parsed_as_ever():
    assert outline(TANGLED, "kotlin") == ()
    assert [each.name for each in outline(PLAIN, "kotlin")] == ["fill"]


def test_yaml_deeper_than_its_scanner_has_room_for():
    def nested(levels):
        return [*(f"{'  ' * level}k{level}:" for level in range(levels)), "  " * levels + "v: 1"]

    assert [each.name for each in outline(nested(100), "yaml")] == ["k0"]
    assert outline(nested(300), "yaml") == ()
    assert outline(["- " * 300 + "v: 1"], "yaml") == ()

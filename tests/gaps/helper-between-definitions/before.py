from dataclasses import dataclass


@dataclass
class Grammar:
    """What a language looks like."""

    module: str
    kinds: dict[str, str]
    has_macros: bool = False


def kinds_of(*tables):
    """One table of several; later ones win."""
    return {name: kind for table in tables for name, kind in table.items()}


GRAMMARS = {
    "c": Grammar("grammar_c", kinds_of(C), has_macros=True),
    "python": Grammar("grammar_python", kinds_of(PYTHON)),
    "rust": Grammar("grammar_rust", kinds_of(RUST, MACROS), has_macros=True),
}

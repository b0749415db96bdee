@dataclass
class Point:
    x: int
    y: int


@dataclass
class Size:
    width: int
    height: int
    depth: int = 0

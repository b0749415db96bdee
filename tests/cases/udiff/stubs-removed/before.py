import typing as t


@t.overload
def first(items: t.Iterable[str]) -> str:
    ...


@t.overload
def first(items: t.Iterable[int]) -> int:
    ...


def first(items):
    return next(iter(items))

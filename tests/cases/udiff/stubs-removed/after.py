import typing as t


def first(items: t.Iterable[t.Any]) -> t.Any:
    return next(iter(items))

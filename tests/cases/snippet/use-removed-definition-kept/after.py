"""Orders of a small shop."""


def validate(order):
    if not order:
        raise ValueError("empty")


def save(order, store):
    store.append(order)


def submit(order, store):
    validate(order)
    save(order, store)

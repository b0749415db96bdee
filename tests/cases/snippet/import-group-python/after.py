from shop import (
    basket,
    shelf,
    till,
)


def open_shop():
    till.unlock()

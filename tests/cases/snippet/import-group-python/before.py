from shop import (
    basket,
    till,
)


def open_shop():
    till.unlock()

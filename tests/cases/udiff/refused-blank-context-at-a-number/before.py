# for complete details.

import abc


class Shop:
    pass

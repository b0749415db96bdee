class Kettle:
    def boil(self):
        return 99

    def whistle(self):
        return "tea"


def brew(kettle):
    return kettle.boil()

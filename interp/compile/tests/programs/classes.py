@decorate
class Point(Base, metaclass=Meta):
    """A point.

        Indented.
    """
    x: int = 0
    __slots__ = ("a",)
    def __init__(self, a):
        super().__init__(a)
        self.a = self.__hidden = a
    def get(self):
        return super(Point, self).get

"""`UserDict`, `UserList` and `UserString` of Python 2."""
from collections import UserDict, UserList, UserString
from collections.abc import MutableMapping as DictMixin

IterableUserDict = UserDict

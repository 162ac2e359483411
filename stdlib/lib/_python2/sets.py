"""`sets` of Python 2."""
Set = set
ImmutableSet = frozenset

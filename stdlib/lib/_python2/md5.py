"""`md5` of Python 2."""
from hashlib import md5

new = md5

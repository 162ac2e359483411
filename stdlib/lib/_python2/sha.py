"""`sha` of Python 2."""
from hashlib import sha1 as sha

new = sha

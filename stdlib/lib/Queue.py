"""The Python 2 name of the `queue` module."""
from queue import *
from queue import deque

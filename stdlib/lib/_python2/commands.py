"""`commands` of Python 2."""
from subprocess import getoutput, getstatusoutput

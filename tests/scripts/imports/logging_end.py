"""What objects have left to do at the end is done with `logging` imported, too."""
import logging
import sys


class Thing:
    def __del__(self):
        print("deleted")


logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s")
logging.warning("once")
thing = Thing()

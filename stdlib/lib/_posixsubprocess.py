"""A POSIX helper for the subprocess module: starting programs is not done and says so."""


def fork_exec(*args):
    """Spawn a fresh new child process."""
    raise NotImplementedError("_posixsubprocess.fork_exec is not done")

"""Waiting for files: not done, and `select` says so. There is no poll or epoll."""

error = OSError
PIPE_BUF = 4096


def select(rlist, wlist, xlist, timeout=None, /):
    """Wait until one or more file descriptors are ready for some kind of I/O."""
    raise NotImplementedError("select.select is not done")

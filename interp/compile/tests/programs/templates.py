name = t"Hello {who!r:>{width}} and {x + 1}"

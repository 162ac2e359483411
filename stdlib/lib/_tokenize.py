"""What `tokenize` stands on. The tokens of Lockstep's own lexer are not offered to scripts yet."""


class TokenizerIter:
    """Tokens of a source, one at a time."""

    def __init__(self, readline, /, *, encoding=None, extra_tokens=False):
        raise NotImplementedError("tokenize: tokens of a source are not offered to scripts yet")

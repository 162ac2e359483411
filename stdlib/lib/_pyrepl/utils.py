"""Text for the terminal, as the debugger shows it: without colours."""


def gen_colors(buffer):
    """The coloured spans of a source: none."""
    return iter(())


def disp_str(buffer, colors=None, start_index=0, force_color=False):
    """The characters to show for a text and how wide each is."""
    chars, widths = [], []
    for char in buffer:
        if char == "\x1a":
            shown = char
        elif ord(char) < 32:
            shown = "^" + chr(ord(char) + 64)
        elif char.isprintable():
            shown = char
        else:
            shown = r"\u%04x" % ord(char)
        chars.append(shown)
        widths.append(len(shown))
    return chars, widths

"""Rows read and written by dialects whose characters are unusual, and rows that are long or cut."""
import csv
import io


def back(text, **options):
    try:
        return list(csv.reader(io.StringIO(text, newline=""), **options))
    except (csv.Error, ValueError) as error:
        return f"{type(error).__name__}: {error}"


texts = ["a,b c,d\r\n", "a, b,  c\n", " x ,y\n", 'a,"b,c",d\n', 'a,"b\nc",d\n', "a,b", "a,b\r", "a,b\rc,d\r", "\n", "\r\n\r\n",
         ",\n", ",,\r\n", '"",\n', 'a"b,c\n', "é,ü\n", "é;ü;\n", "a\0b,c\n", "x\\,y,z\n", "1,2.5,x\n", "", "a,b\n\nc\n", "a\n,b\n"]
for text in texts:
    for options in ({}, {"skipinitialspace": True}, {"delimiter": ";"}, {"delimiter": "é"}, {"quotechar": "ü"},
                    {"escapechar": "\\"}, {"quoting": csv.QUOTE_NONE}, {"quoting": csv.QUOTE_NOTNULL},
                    {"quoting": csv.QUOTE_STRINGS}, {"delimiter": " ", "skipinitialspace": True}, {"delimiter": "東"}):
        print(repr(text), options, back(text, **options))

old = csv.field_size_limit(5)
for text in ("abcde,f\n", "abcdef,g\n", "a,bcdefg\n", "ééééé,x\n", "éééééé,x\n", '"abcdef",x\n', "abc defg\n"):
    print(repr(text), back(text))
csv.field_size_limit(old)

rows = [["a", 1, -2.5, None, "", "x y"], ["é", "a,b", 'say "hi"', "line\nend", "tab\t"], [12345678901234567890, True, "-5"], [""], [None], []]
for options in ({}, {"delimiter": ";"}, {"delimiter": "1"}, {"delimiter": "-"}, {"delimiter": "é"}, {"lineterminator": "5\n"},
                {"quoting": csv.QUOTE_ALL}, {"quoting": csv.QUOTE_NONNUMERIC}, {"quoting": csv.QUOTE_STRINGS},
                {"quotechar": "'"}, {"escapechar": "\\", "doublequote": False}, {"lineterminator": "東"}):
    for row in rows:
        out = io.StringIO(newline="")
        try:
            csv.writer(out, **options).writerow(row)
            print(options, repr(out.getvalue()))
        except (csv.Error, ValueError) as error:
            print(options, row, error)


class Nested:
    """Writes a row while another one is written."""
    def write(self, text):
        self.lines.append(text)
        if len(self.lines) < 3:
            self.writer.writerow(["inner", len(self.lines)])
        return 7


nested = Nested()
nested.lines = []
nested.writer = csv.writer(nested)
print(nested.writer.writerow(["outer", 0]), nested.lines)


fields = ["id", "name"]
print(dict(zip(fields, ["1", "x", "y"])), dict(zip(fields, ["1"])), dict([("a", 1), ["b", 2], "cd"]))
for bad in ([(1, 2, 3)], [1], ["abc"], [(1,)], zip("ab", "cd", "ef")):
    try:
        print(dict(bad))
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
print(sorted({"a": 1, "b": 2, "c": 3}.keys() - ["a", "x"]), {1: 2}.keys() - (1,), sorted({"a": 1}.keys() ^ {"b"}))

# A record goes on behind an escaped line end, also when more text comes before the next one.
print(list(csv.reader(["a\\\nx'", "b\n", "c\n"], escapechar="\\")))

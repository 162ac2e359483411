"""Tables as comma separated text: written, read, with quotes, numbers, other dialects and dicts."""
# bench: quick=20
import csv
import io
import sys


def table(n):
    """Rows of several kinds of cells."""
    return [[i, f"name {i}", i / 4, "plain", 'with "quotes", commas' if i % 5 == 0 else "x", None, ""]
            for i in range(n)]


def plain(rows):
    """Written and read with the usual dialect."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["id", "name", "value", "kind", "note", "none", "empty"])
    writer.writerows(rows)
    text = out.getvalue()
    total = 0
    for row in csv.reader(io.StringIO(text, newline="")):
        total += len(row) + len(row[1]) + len(row[4])
    return len(text), total


def quoted(rows):
    """Everything that is no number in quotes, numbers read back as floats."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    for row in rows:
        writer.writerow(row[:5])
    lines = out.getvalue().splitlines(keepends=True)
    total = 0.0
    for row in csv.reader(lines, delimiter=";", quoting=csv.QUOTE_NONNUMERIC):
        total += row[0] + row[2]
    return len(lines), total


def dicts(rows):
    """Rows as dicts."""
    fields = ["id", "name", "value"]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fields)
    writer.writeheader()
    writer.writerows(dict(zip(fields, row)) for row in rows)
    out.seek(0)
    total = 0
    for row in csv.DictReader(out):
        total += int(row["id"]) + len(row["name"])
    return total, csv.Sniffer().has_header("a,b\n1,2\n3,4\n")


def main(n):
    rows = table(n * 10)
    for work in (plain, quoted, dicts):
        print("checksum:", work.__name__, work(rows))


main(int(sys.argv[1]) if len(sys.argv) > 1 else 10000)

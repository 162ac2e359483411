# Small uses of packages from the index; each prints what CPython prints.
import six
print(six.PY3, six.ensure_text(b"bytes"), list(six.iteritems({"a": 1})), six.moves.urllib.parse.quote("a b"))

class Meta(type):
    def __repr__(cls): return f"<{cls.__name__}>"
class Six(six.with_metaclass(Meta, dict)): ...
print(Six, six.add_metaclass(Meta)(type("T", (), {})))
# ----
import attr
import attrs

@attrs.define(order=True)
class Point:
    x: int = attrs.field(converter=int, validator=attrs.validators.ge(0))
    y: int = 0
    tags: list = attrs.field(factory=list, repr=False)

p = Point("3")
print(p, p == Point(3), attrs.asdict(p), attrs.evolve(p, y=5), Point(1) < Point(2), attrs.fields(Point).x.name)
try:
    Point(-1)
except ValueError as e:
    print(e)
try:
    p.z = 1
except AttributeError as e:
    print(e)

@attr.s(frozen=True, slots=True, auto_attribs=True)
class Old:
    a: int
    b: str = attr.ib(default="b", kw_only=True)
print(Old(1), hash(Old(1)) == hash(Old(1)), attr.has(Old), attr.make_class("Made", ["q"])(5))
# ----
import click
from click.testing import CliRunner

@click.group()
@click.option("--verbose/--quiet", default=False)
@click.pass_context
def cli(ctx, verbose):
    """The tool."""
    ctx.obj = verbose

@cli.command()
@click.argument("names", nargs=-1, required=True)
@click.option("-n", "--count", type=click.IntRange(1, 3), default=1, show_default=True, help="How often.")
@click.pass_obj
def greet(verbose, names, count):
    """Greet NAMES."""
    for name in names * count:
        click.secho(f"hello {name} {verbose}", fg="green")

run = CliRunner().invoke
for args in (["--verbose", "greet", "ann", "bob", "-n", "2"], ["greet", "--help"], ["greet"], ["greet", "x", "-n", "9"], ["unknown"], ["--help"]):
    result = run(cli, args)
    print(result.exit_code, result.output)
# ----
from jinja2 import Environment, DictLoader, StrictUndefined, TemplateSyntaxError, UndefinedError
env = Environment(loader=DictLoader({
    "base": "<{% block title %}base{% endblock %}>{% block body %}{% endblock %}",
    "page": "{% extends 'base' %}{% block title %}{{ super() }} {{ title|upper }}{% endblock %}{% block body %}"
            "{% for item in items if item %}{{ loop.index }}:{{ item.name|default('?')|e }}{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}{% endblock %}",
    "macro": "{% macro field(name, value='') %}[{{ name }}={{ value }}]{% endmacro %}{{ field('a') }}{{ field('b', 2) }}{% set x = 5 %}{{ x * 2 }}{{ [3,1,2]|sort|join('-') }}{{ 'text'|replace('t', 'T') }}{{ {'k': [1]}.k[0] }}",
}), undefined=StrictUndefined)
print(env.get_template("page").render(title="t", items=[{"name": "<a>"}, None, {"name": "b"}]))
print(env.get_template("page").render(title="t", items=[]), env.get_template("macro").render())
for bad in ("{{ missing }}", "{% if %}", "{{ 1 / 0 }}"):
    try:
        env.from_string(bad).render()
    except (UndefinedError, TemplateSyntaxError, ZeroDivisionError) as e:
        print(type(e).__name__, e)
# ----
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version
import idna, toml, yaml
print(sorted(map(Version, ["1.10", "1.9", "1.10rc1", "1.10.post1", "2.0.dev1"])), Version("1.2.3").major, "1.5" in SpecifierSet(">=1,<2"), Requirement("name[extra]>=1; python_version>'3'").extras)
try:
    Version("not a version")
except InvalidVersion as e:
    print(e)
print(idna.encode("münchen.de"), idna.decode("xn--mnchen-3ya.de"))
data = toml.loads('title = "t"\n[owner]\nage = 5\nwhen = 2020-01-02T03:04:05Z\n[[list]]\nx = 1.5\n')
print(data["owner"]["age"], data["list"], toml.dumps({"a": [1, 2], "b": {"c": True}}))
text = yaml.safe_load("a: 1\nb: [x, 2.5, null, true]\nc: &anchor\n  d: |\n    lines\n    of text\ne: *anchor\nf: 2020-01-02\n")
print(text, yaml.safe_dump({"z": [1, {"y": None}], "a": "text: with colon"}), sep="\n")
try:
    yaml.safe_load("a: [")
except yaml.YAMLError as e:
    print(type(e).__name__)
# ----
from rich.console import Console
from rich.table import Table
from rich.markup import escape
console = Console(width=50, force_terminal=False, color_system=None, file=__import__("sys").stdout)
table = Table(title="A table")
table.add_column("name"); table.add_column("n", justify="right")
table.add_row("one", "1"); table.add_row("[bold]two[/bold]", "22")
console.print(table)
console.print("[red]red[/red]", escape("[x]"), {"a": [1, 2]}, justify="center")
from rich.syntax import Syntax
console.print(Syntax("def f(x):\n    return x", "python", theme="monokai"))
from rich.progress import track
print(sum(track([1, 2, 3], console=Console(file=open("/dev/null", "w")))))
# ----
import http.server, threading, requests

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        text = f"{self.command} {self.path} {body.decode()} {self.headers.get('X-Test')}".encode()
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    do_GET = do_POST = answer
    def log_message(self, *args): ...

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
with requests.Session() as session:
    session.trust_env = False
    session.headers["X-Test"] = "yes"
    r = session.get(base + "/a", params={"q": "é b"}, timeout=20)
    print(r.status_code, r.text, r.headers["Content-Type"], r.ok)
    print(session.post(base + "/p", data={"k": "v"}, timeout=20).text, session.post(base + "/j", json={"k": [1]}, timeout=20).text)
    try:
        session.get(base + "/missing", timeout=20).raise_for_status()
    except requests.HTTPError as e:
        print(str(e).split(" for url")[0])
server.shutdown()
try:
    requests.get("nonsense")
except requests.exceptions.MissingSchema as e:
    print(type(e).__name__)

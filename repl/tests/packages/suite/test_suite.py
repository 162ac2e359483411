import sys

import pytest


def test_fixtures(numbers, opened, capsys, monkeypatch):
    print(sum(numbers), opened.read())
    assert capsys.readouterr().out == "6 content\n"
    monkeypatch.setattr(sys, "argv", ["patched"])
    assert sys.argv == ["patched"]


@pytest.mark.parametrize("a, b", [(1, 1), (2, 4), pytest.param(3, 9, id="three")])
def test_squares(a, b):
    assert a**2 == b


def test_rewritten_assertion():
    left = {"a": [1, 2, 3], "b": "text"}
    assert left == {"a": [1, 2, 4], "b": "text"}


def test_raises():
    with pytest.raises(ValueError, match="invalid literal"):
        int("x")
    assert 0.1 + 0.2 == pytest.approx(0.3)


@pytest.mark.skip(reason="not today")
def test_skipped(): ...


@pytest.mark.xfail
def test_expected_failure():
    assert [] == [1]


class TestClass:
    @pytest.fixture(autouse=True)
    def prepare(self):
        self.ready = True

    def test_method(self):
        assert self.ready


def test_error(no_such_fixture): ...

import pytest


@pytest.fixture(scope="session")
def numbers():
    yield [1, 2, 3]


@pytest.fixture
def opened(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("content")
    with path.open() as f:
        yield f

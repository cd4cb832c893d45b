"""The command's help waits for nothing heavy."""

from tests.cli.conftest import python

HEAVY = {
    *("pandas", "geopandas", "shapely", "numpy", "scipy", "folium", "matplotlib", "pydantic"),
    *("sklearn", "pandera", "pyarrow", "pyogrio", "pyproj", "requests", "jinja2", "branca"),
}


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['geoprio', *sys.argv[1:]]\n"
        "from geoprio.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit as done:\n    assert not done.code\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    for line in (
        ["--help"],
        ["run", "--help", "--lang", "sv"],
        ["vendor", "--help"],
        ["--version"],
    ):
        done = python("-c", code, *line)
        assert done.returncode == 0, done.stderr
        modules = set(done.stderr.split())
        assert "typer" in modules
        assert modules & HEAVY == set(), line

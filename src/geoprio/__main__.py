"""`python -m geoprio` is the command `geoprio`."""

from geoprio.cli.entry import main

if __name__ == "__main__":
    main()

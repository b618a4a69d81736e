"""``python -m flarite_nl`` is the console script ``flarite-nl``."""

from flarite_nl.cli import main

if __name__ == "__main__":
    main(prog_name="flarite-nl")

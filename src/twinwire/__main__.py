"""``python -m twinwire``: the command line."""

from twinwire.cli import main

if __name__ == "__main__":
    main()

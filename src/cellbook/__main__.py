"""``python -m cellbook``: the ``cellbook`` command of this very Python."""

import sys

from cellbook.cli import main

if __name__ == "__main__":
    sys.exit(main())

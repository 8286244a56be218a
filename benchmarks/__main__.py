"""`python -m benchmarks`: the table. The scripts of this folder find each other by its path, as when they are run alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from table import main

sys.exit(main())

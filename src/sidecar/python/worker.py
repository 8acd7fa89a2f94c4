"""The program that the library starts: `python -I -B worker.py`, with the model on descriptor 3 and results on 4."""

import os
import sys

# Isolated mode leaves the script's own folder out of the path.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from ml_sidecar.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())

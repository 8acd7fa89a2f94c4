"""The package under test is where the library ships it from."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "src/sidecar/python"))
sys.dont_write_bytecode = True

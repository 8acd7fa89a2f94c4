#!/bin/sh
# Trains every sample model: makes a virtual environment, installs the pinned packages, writes all artefacts.
# PYTHON chooses the interpreter (3.11), TRAINING_VENV where the environment goes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3.11}
venv=${TRAINING_VENV:-$here/../../.cache/training-venv}

if command -v uv >/dev/null 2>&1; then
  uv venv --quiet --allow-existing --python "$python" "$venv"
  uv pip install --quiet --python "$venv/bin/python" -r "$here/requirements.txt"
else
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet -r "$here/requirements.txt"
fi

# One thread and fixed string hashes: sums and sets then have the same order in every run.
PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$venv/bin/python" "$here/train.py"

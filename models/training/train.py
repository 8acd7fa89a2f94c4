"""Trains every sample model and writes all artefacts; `train.sh` runs this with the pinned packages."""

import diabetes
import digits
import fraud
import preprocessing
import tumor
from common import MODELS, write_json

FOLDERS = ("trained", "preprocessing", "metadata", "samples")


def main() -> None:
    for folder in FOLDERS:
        (MODELS / folder).mkdir(parents=True, exist_ok=True)

    published = [*fraud.train(), *tumor.train(), diabetes.train(), digits.train()]
    preprocessing.train()

    write_json(MODELS / "metadata/feature_names.json", {m["name"]: m["features"] for m in published})
    metrics: dict[str, dict] = {}
    for m in published:  # in order of date: the newest file of a version is the one that counts
        metrics.setdefault(m["name"], {})[m["version"]] = m["metrics"]
    write_json(MODELS / "metadata/metrics.json", metrics)


if __name__ == "__main__":
    main()

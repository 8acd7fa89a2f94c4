"""Cases of packages that people put into scikit-learn's pipelines; the newest versions are checked as well as older ones."""

from importlib import import_module


def all_cases():
    found = []
    for module in ("encoders", "features", "samplers", "mappers"):
        found += import_module(f"third_party.{module}").CASES
    names = [case.name for case in found]
    assert len(set(names)) == len(names), f"names occur twice: {sorted({n for n in names if names.count(n) > 1})}"
    return found

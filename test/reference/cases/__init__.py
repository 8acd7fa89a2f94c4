"""One table of cases: estimators with their settings, and what they are trained on."""

from importlib import import_module


class Case:
    """
    `make()` builds the unfitted estimator, `data(rng)` what it is trained on and asked. `rtol`: wider than 1e-12, and
    then `why` says the reason. `skip`: methods that are not asked, or questions by name (`float32`). `alone`: a row
    asked alone gives what it gives among others.
    """

    def __init__(self, name, make, data, *, rtol=1e-12, why="", alone=True, skip=()):
        assert rtol <= 1e-12 or why, f"{name}: a wider tolerance needs a reason"
        self.name, self.make, self.data, self.rtol, self.why, self.alone, self.skip = name, make, data, rtol, why, alone, skip


def all_cases():
    found = []
    for module in ("linear", "trees", "preprocessing", "compose", "text", "others"):
        found += import_module(f"cases.{module}").CASES
    names = [case.name for case in found]
    assert len(set(names)) == len(names), f"names occur twice: {sorted({n for n in names if names.count(n) > 1})}"
    return found

"""Writes intervals.json and assignments.json beside this file, by scipy, statsmodels and mmh3.

uv run --python 3.11 --with scipy==1.17.1 --with statsmodels==0.15.0 --with mmh3==5.3.1 --with numpy==2.4.6 make_intervals.py
"""

import json
import math
import sys
from importlib.metadata import version
from pathlib import Path

import mmh3
import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

HERE = Path(__file__).parent
VERSIONS = {name: version(name) for name in ("scipy", "statsmodels", "mmh3", "numpy")} | {"python": sys.version.split()[0]}


def proportions(confidence):
    rng = np.random.default_rng(1)
    counts = [(0, 1), (1, 1), (0, 50), (50, 50), (1, 10), (7, 20), (95, 100), (3, 1000), (12_345, 100_000)]
    counts += [(int(rng.integers(0, n + 1)), int(n)) for n in rng.integers(1, 5_000, 12)]
    single = []
    for hits, tries in counts:
        low, high = proportion_confint(hits, tries, alpha=1 - confidence, method="wilson")
        single.append({"hits": hits, "tries": tries, "low": float(low), "high": float(high)})
    pairs = []
    for (ha, na), (hb, nb) in zip(counts[2:], counts[1:]):
        low, high = confint_proportions_2indep(ha, na, hb, nb, compare="diff", method="newcomb", alpha=1 - confidence)
        pairs.append({"a": [ha, na], "b": [hb, nb], "low": float(low), "high": float(high)})
    return single, pairs


def means(confidence):
    rng = np.random.default_rng(2)
    samples = [
        [1.0, 2.0],
        [3.0, 3.5, 4.25],
        rng.normal(10, 2, 12).tolist(),
        rng.normal(10.5, 0.1, 40).tolist(),
        rng.exponential(3, 150).tolist(),
        (1e6 + rng.normal(0, 1e-3, 30)).tolist(),
    ]
    single = []
    for values in samples:
        low, high = DescrStatsW(values).tconfint_mean(alpha=1 - confidence)
        single.append({"values": values, "mean": float(np.mean(values)), "low": float(low), "high": float(high)})
    pairs = []
    for i in range(len(samples) - 1):
        low, high = CompareMeans(DescrStatsW(samples[i + 1]), DescrStatsW(samples[i])).tconfint_diff(
            alpha=1 - confidence, usevar="unequal"
        )
        pairs.append({"a": i + 1, "b": i, "low": float(low), "high": float(high)})
    return single, pairs


def assignment(salt, arms, key):
    """The rule of docs/routing.md, written down a second time."""
    scores = []
    for name, weight in arms.items():
        seed = mmh3.hash(f"{salt}/{name}", 0, signed=False)
        u = (mmh3.hash(key, seed, signed=False) + 0.5) / 2**32
        scores.append((-math.log(u) / weight if weight > 0 else math.inf, name))
    return min(scores)[1]


def write(name, content):
    (HERE / name).write_text(json.dumps({"versions": VERSIONS} | content, indent=1, ensure_ascii=True) + "\n")


levels = []
for confidence in (0.8, 0.95, 0.99):
    p, pd = proportions(confidence)
    m, md = means(confidence)
    if levels:
        # The samples are the same for each level.
        for one in m:
            one.pop("values")
    freedom = [1, 1.5, 2, 3.7, 10, 99, 1_000, 12_345.6, 1e6, 1e9]
    levels.append(
        {
            "confidence": confidence,
            "normal": float(stats.norm.ppf((1 + confidence) / 2)),
            "student": [[df, float(stats.t.ppf((1 + confidence) / 2, df))] for df in freedom],
            "proportions": p,
            "proportionDifferences": pd,
            "means": m,
            "meanDifferences": md,
        }
    )
write("intervals.json", {"levels": levels})

keys = ["a", "", "user-1", "user-2", "42", "0" * 100, "é", "日本語", "😀", "x" * 3 + "\u0000", "A b\tc", "ünïcödé-17"]
keys += [f"customer/{i:05d}" for i in range(60)]
routes = [
    {"salt": "fraud_detector", "arms": {"v1": 9, "v2": 1}},
    {"salt": "fraud_detector", "arms": {"v1": 1, "v2": 1}},
    {"salt": "s", "arms": {"control": 1, "b": 2, "c": 0.5, "off": 0}},
    {"salt": "sälz", "arms": {"ä": 1, "ö": 1}},
]
for route in routes:
    route["assigned"] = [[key, assignment(route["salt"], route["arms"], key)] for key in keys]
hashes = [[key, seed, mmh3.hash(key, seed, signed=False)] for key in keys[:14] for seed in (0, 1, 0x9747B28C)]
write("assignments.json", {"hashes": hashes, "routes": routes})

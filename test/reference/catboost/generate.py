"""Trains CatBoost models of many settings and saves each as .cbm, .json and .pkl with what CatBoost answers.

    python generate.py --seed N --out FOLDER [--only TEXT]
"""

import argparse
import json
import pathlib
import pickle
import sys
import warnings

import joblib
import numpy as np
import pandas as pd
from catboost import CatBoost, CatBoostClassifier, CatBoostRanker, CatBoostRegressor, CatBoostError, Pool, sum_models
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from encode import encode  # noqa: E402

warnings.filterwarnings("ignore")
COMMON = dict(verbose=0, allow_writing_files=False, thread_count=1)
TRAIN = 160
# Lengths at which the hash of a text changes its method, and around them.
LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 100, 127, 128, 129, 200]


class Data:
    """Training data and hard rows. Rows are lists: numbers and categories as a caller has them."""

    def __init__(self, rng, cats=False, nans=False, many=False):
        self.rng = rng
        n = 1500 if many else TRAIN
        x = rng.normal(size=(n, 5)) * [1, 10, 0.1, 100, 1]
        x[:, 4] = rng.integers(-3, 4, n)
        if nans:
            x[rng.random((n, 5)) < 0.15] = np.nan
        self.names = ["age", "fare", "Höhe", "d d", "e"]
        self.numeric = list(range(5))
        self.cat_features = []
        frame = pd.DataFrame(x, columns=self.names)
        score = np.nan_to_num(x[:, 0]) + np.nan_to_num(x[:, 1]) / 10
        if cats:
            words = ["x" * k + "é" * (k % 3) for k in LENGTHS]
            frame.insert(1, "city", rng.choice(["Paris", "Rome", "Zürich", "", "Oslo", "東京"], n))
            frame.insert(3, "zone", rng.integers(-2, 6, n))
            frame["word"] = rng.choice(words, n)
            frame["flag"] = pd.Series(rng.random(n) > 0.5).astype(object)
            self.names = list(frame.columns)
            self.cat_features = ["city", "zone", "word", "flag"]
            self.numeric = [i for i, name in enumerate(self.names) if name not in self.cat_features]
            score = score + frame["zone"].to_numpy() / 3 + (frame["city"] == "Paris") + frame["word"].str.len() / 60
        self.frame = frame
        self.score = np.asarray(score, dtype=float)
        self.noisy = self.score + rng.normal(size=n) * 0.5

    def training(self, named):
        """A DataFrame, or what has no names."""
        if named:
            return self.frame
        return self.frame.to_numpy() if not self.cat_features else [list(row) for row in self.frame.itertuples(index=False)]

    def cat_argument(self, named):
        if not self.cat_features:
            return {}
        return dict(cat_features=self.cat_features if named else [self.names.index(name) for name in self.cat_features])

    def rows(self, model):
        """Ordinary rows, and values where something could go wrong one by one."""
        rng = self.rng
        base = [list(row) for row in self.frame.head(24).itertuples(index=False)]
        base += [list(row) for row in self.frame.sample(24, random_state=int(rng.integers(1 << 30)), replace=True).itertuples(index=False)]
        for row in base[24:]:
            for i in self.numeric:
                row[i] = float(rng.normal() * 10.0 ** rng.integers(-2, 3))
        rows = base
        borders = model.get_borders() if hasattr(model, "get_borders") else {}
        special = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e300, -1e300, 1e-45, 3.4028235677973366e38, -3.5e38]
        for i in self.numeric:
            known = borders.get(i, [])
            ties = [float(b) for b in list(known)[:3]]
            around = [float(np.nextafter(np.float32(b), np.float32(d))) for b in ties for d in (-np.inf, np.inf)]
            # Rounds to the border only as float32.
            half = [b + abs(b) * 1e-9 for b in ties]
            for value in special + ties + around + half:
                rows.append(rows[len(rows) % 24][:i] + [value] + rows[len(rows) % 24][i + 1 :])
        for name in self.cat_features:
            i = self.names.index(name)
            values = ["", "unseen", "Paris", "naïve 😀", "1", "1.0", "nan", "True", " 5", 5, -2, 0, 2**53 + 1, -(2**62), True, False]
            for value in values + ["q" * k for k in LENGTHS]:
                rows.append(rows[len(rows) % 24][:i] + [value] + rows[len(rows) % 24][i + 1 :])
        return [[plain(v) for v in row] for row in rows]

    def refused(self):
        """Rows that CatBoost refuses."""
        rows = []
        for name in self.cat_features:
            i = self.names.index(name)
            row = [plain(v) for v in next(self.frame.itertuples(index=False))]
            rows += [row[:i] + [value] + row[i + 1 :] for value in (1.5, float("nan"), None, 2**63)]
        return rows


def plain(value):
    return value.item() if isinstance(value, np.generic) else value


def cases(seed):
    """name, function of a generator that gives (data, fitted model, named)."""
    found = {}

    def case(name, make):
        found[name] = make

    def fit(cls, data, target, named=True, **params):
        target = target(data) if callable(target) else target
        extra = {key: params.pop(key) for key in ("group_id", "eval_set", "init_model", "sample_weight") if key in params}
        extra = {key: value(data) if callable(value) else value for key, value in extra.items()}
        arguments = {**COMMON, "iterations": 12, "depth": 4, **params}
        if cls is CatBoost:
            return cls(arguments).fit(data.training(named), target, **extra, **data.cat_argument(named))
        return cls(**arguments, **data.cat_argument(named)).fit(data.training(named), target, **extra)

    def simple(name, cls, target, data={}, named=True, **params):
        def make(rng):
            d = Data(rng, **data)
            return d, fit(cls, d, target, named, **params), named

        case(name, make)

    binary = lambda d: (d.noisy > 0).astype(int)
    three = lambda d: np.digitize(d.noisy, [-0.7, 0.7])
    counts = lambda d: d.rng.poisson(np.exp(np.clip(d.score, -2, 2)))
    real = lambda d: d.noisy
    several = lambda d: np.stack([d.noisy, -d.score, d.score**2], 1)
    bits = lambda d: np.stack([d.noisy > 0, d.score > 0.3, d.noisy < -0.5], 1).astype(int)
    groups = lambda d: np.sort(d.rng.integers(0, 20, len(d.frame)))
    R, C, K, B = CatBoostRegressor, CatBoostClassifier, CatBoostRanker, CatBoost

    for loss in ["RMSE", "MAE", "Quantile", "Quantile:alpha=0.2", "MAPE", "Lq:q=1.5", "Huber:delta=1.0", "Expectile:alpha=0.3",
                 "LogCosh", "RMSEWithUncertainty", "LogLinQuantile:alpha=0.4", "Cox"]:
        simple(f"reg-{loss}", R, real if loss != "LogLinQuantile:alpha=0.4" else lambda d: np.exp(d.noisy / 3), loss_function=loss)
        simple(f"reg-cats-{loss}", R, real if loss != "LogLinQuantile:alpha=0.4" else lambda d: np.exp(d.noisy / 3), dict(cats=True), loss_function=loss)
    simple("reg-MultiQuantile", R, real, loss_function="MultiQuantile:alpha=0.1,0.5,0.9")
    for loss in ["Poisson", "Tweedie:variance_power=1.5"]:
        simple(f"reg-{loss}", R, counts, loss_function=loss)
        simple(f"base-{loss}", B, counts, loss_function=loss)
        simple(f"reg-cats-{loss}", R, counts, dict(cats=True), loss_function=loss, iterations=40, depth=6)
    simple("reg-objective", R, counts, objective="Poisson")
    simple("reg-large-exponents", R, lambda d: d.rng.poisson(np.exp(np.clip(2 * d.score, -2, 5))), loss_function="Poisson", iterations=60)
    for loss in ["MultiRMSE", "MultiRMSEWithMissingValues"]:
        simple(f"reg-{loss}", R, several, loss_function=loss)
        simple(f"reg-cats-{loss}", R, several, dict(cats=True), loss_function=loss)
    simple("reg-SurvivalAft", R, lambda d: np.stack([np.abs(d.noisy) + 0.1, np.abs(d.noisy) + 0.5], 1), loss_function="SurvivalAft:dist=Normal;scale=2")
    for loss in ["Logloss", "CrossEntropy", "Focal:focal_alpha=0.4;focal_gamma=2.0"]:
        target = binary if loss != "CrossEntropy" else lambda d: 1 / (1 + np.exp(-d.noisy))
        simple(f"clf-{loss}", C, target, loss_function=loss)
        simple(f"base-{loss}", B, target, loss_function=loss)
        if loss != "CrossEntropy":
            simple(f"clf-cats-{loss}", C, target, dict(cats=True), loss_function=loss)
    for loss in ["MultiClass", "MultiClassOneVsAll"]:
        simple(f"clf-{loss}", C, three, loss_function=loss)
        simple(f"clf-cats-{loss}", C, three, dict(cats=True), loss_function=loss)
        simple(f"base-{loss}", B, three, loss_function=loss)
        simple(f"clf-two-{loss}", C, binary, loss_function=loss)
        simple(f"clf-count-{loss}", C, lambda d: 2 * three(d), loss_function=loss, classes_count=6)
        simple(f"clf-text-{loss}", C, lambda d: np.array(["rot", "grün", "~b"])[three(d)], loss_function=loss)
    simple("clf-seven", C, lambda d: np.digitize(d.noisy, [-1.5, -1, -0.5, 0, 0.5, 1]), dict(many=True), loss_function="MultiClass", depth=6)
    simple("clf-class-names", C, three, loss_function="MultiClass", class_names=[0, 1, 2, 3])
    for loss in ["MultiLogloss", "MultiCrossEntropy"]:
        simple(f"clf-{loss}", C, bits, loss_function=loss)
        simple(f"clf-cats-{loss}", C, bits, dict(cats=True), loss_function=loss)
    simple("clf-multilogloss-one", C, lambda d: bits(d)[:, :1], loss_function="MultiLogloss")
    simple("clf-multilogloss-names", C, bits, loss_function="MultiLogloss", class_names=["a", "b", "c"])
    labels = dict(bool=lambda y: y.astype(bool), text=lambda y: np.array(["no", "ja"])[y], float=lambda y: np.where(y, 2.5, -1.0),
                  floatint=lambda y: y.astype(float), negative=lambda y: np.where(y, -7, 3), big=lambda y: np.where(y, 2**60, 3),
                  digits=lambda y: np.array(["10", "9"])[y], object=lambda y: np.array(["b", "a"], dtype=object)[y])
    for name, relabel in labels.items():
        simple(f"labels-{name}", C, lambda d, relabel=relabel: relabel(binary(d)))
    for loss in ["YetiRank", "PairLogit", "QueryRMSE", "QuerySoftMax", "YetiRankPairwise", "PairLogitPairwise", "QueryCrossEntropy",
                 "LambdaMart", "StochasticRank:metric=NDCG", "StochasticFilter"]:
        target = (lambda d: (three(d) > 1).astype(float)) if loss in ("QueryCrossEntropy", "StochasticFilter", "QuerySoftMax") else (lambda d: three(d) / 2)
        simple(f"rank-{loss}", K, target, loss_function=loss, group_id=groups)
        simple(f"base-rank-{loss}", B, target, loss_function=loss, group_id=groups)
    for depth in range(1, 11):
        simple(f"depth-{depth}", R, real, dict(cats=depth % 2 == 0, nans=depth % 3 == 0), depth=depth)
    for policy in ["Depthwise", "Lossguide"]:
        for depth in [1, 4, 9]:
            simple(f"{policy}-{depth}", C, binary, dict(nans=depth == 4), grow_policy=policy, depth=depth, iterations=8)
        simple(f"{policy}-onehot", C, binary, dict(cats=True), grow_policy=policy, one_hot_max_size=100)
        simple(f"{policy}-cats", C, binary, dict(cats=True), grow_policy=policy)
        simple(f"{policy}-multi", C, three, dict(cats=True), grow_policy=policy, loss_function="MultiClass")
        simple(f"{policy}-multirmse", R, several, grow_policy=policy, loss_function="MultiRMSE")
        simple(f"{policy}-leaves", R, real, grow_policy=policy, **({"max_leaves": 5} if policy == "Lossguide" else {"min_data_in_leaf": 20}))
    for mode in ["Min", "Max"]:
        for policy in ["SymmetricTree", "Depthwise", "Lossguide"]:
            simple(f"nan-{mode}-{policy}", R, real, dict(nans=True), nan_mode=mode, grow_policy=policy)
        simple(f"nan-{mode}-cats", C, binary, dict(nans=True, cats=True), nan_mode=mode, max_ctr_complexity=3)
    simple("nan-none", R, real, dict(nans=False), nan_mode="Forbidden")
    for size in [1, 2, 5, 10, 50]:
        simple(f"onehot-{size}", C, binary, dict(cats=True), one_hot_max_size=size)
    for complexity in [1, 2, 3, 4]:
        for size in [1, 4]:
            simple(f"ctr-{complexity}-{size}", C, binary, dict(cats=True, many=True), max_ctr_complexity=complexity, one_hot_max_size=size, depth=6, iterations=25)
            simple(f"ctr-reg-{complexity}-{size}", R, real, dict(cats=True, many=True), max_ctr_complexity=complexity, one_hot_max_size=size, depth=6, iterations=25)
            simple(f"ctr-multi-{complexity}-{size}", C, three, dict(cats=True, many=True), max_ctr_complexity=complexity, one_hot_max_size=size, loss_function="MultiClass")
    ctrs = ["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter", "Borders:TargetBorderCount=4", "Buckets:TargetBorderCount=3",
            "BinarizedTargetMeanValue:TargetBorderCount=5", "Counter:Prior=0.3/1:CtrBorderCount=30", "Borders:Prior=0.1/1:Prior=5/1:CtrBorderCount=200"]
    for ctr in ctrs:
        for target, cls, kind in [(binary, C, "clf"), (real, R, "reg"), (three, C, "multi")]:
            simple(f"ctr-{kind}-{ctr}".replace("/", "_"), cls, target, dict(cats=True), simple_ctr=[ctr], combinations_ctr=[ctr], one_hot_max_size=1, max_ctr_complexity=2, iterations=15)
    simple("ctr-mixed", R, real, dict(cats=True, many=True), simple_ctr=["Borders:TargetBorderCount=2", "Counter", "BinarizedTargetMeanValue"],
           combinations_ctr=["Buckets", "Counter"], max_ctr_complexity=3, iterations=30, depth=6)
    for method in ["Full", "SkipTest"]:
        simple(f"counter-{method}", C, binary, dict(cats=True), counter_calc_method=method, simple_ctr=["Counter"],
               eval_set=lambda d: Pool(d.frame.tail(40), binary(d)[-40:], cat_features=d.cat_features))
    simple("ctr-unnamed", C, binary, dict(cats=True), named=False, max_ctr_complexity=2)
    simple("unnamed", C, binary, named=False)
    for count in [1, 4, 254, 255, 256, 600, 2000]:
        simple(f"borders-{count}", R, real, dict(many=True), border_count=count, depth=8, iterations=30)
    simple("feature-border-type", R, real, feature_border_type="Uniform")
    simple("weights", C, binary, class_weights=[1, 5])
    simple("auto-weights", C, three, auto_class_weights="Balanced", loss_function="MultiClass")
    simple("sample-weight", R, real, sample_weight=lambda d: d.rng.random(len(d.frame)))
    for boost in [True, False]:
        simple(f"average-{boost}", R, lambda d: d.noisy + 100, boost_from_average=boost)
    simple("average-logloss", C, lambda d: (d.noisy > -1).astype(int), boost_from_average=True)
    simple("ordered", C, binary, dict(cats=True), boosting_type="Ordered")
    simple("langevin", R, real, langevin=True)
    simple("posterior", R, real, posterior_sampling=True)
    simple("shrink-rate", R, real, model_shrink_rate=0.2)
    simple("shrink-decreasing", R, real, model_shrink_rate=0.2, model_shrink_mode="Decreasing")
    simple("monotone", R, real, monotone_constraints={"age": 1})
    simple("ignored", R, real, ignored_features=[1, 4])
    simple("ignored-cats", C, binary, dict(cats=True), ignored_features=["fare", "zone"])
    simple("early", C, binary, iterations=200, early_stopping_rounds=5, eval_set=lambda d: (d.frame.tail(40), d.rng.integers(0, 2, 40)))
    simple("best", R, real, iterations=50, use_best_model=True, eval_set=lambda d: (d.frame.tail(40), d.rng.normal(size=40)))
    simple("large", C, binary, dict(many=True), iterations=400, depth=8)
    simple("one-tree", R, real, iterations=1)
    simple("rsm", R, real, rsm=0.5, iterations=40)
    simple("lossguide-large", R, real, dict(many=True, cats=True), grow_policy="Lossguide", max_leaves=60, iterations=60)

    def edited(name, cls, target, change, data={}, **params):
        def make(rng):
            d = Data(rng, **data)
            model = fit(cls, d, target, True, **params)
            return d, change(model, d) or model, True

        case(name, make)

    edited("threshold", C, binary, lambda m, d: m.set_probability_threshold(0.2) and None)
    edited("threshold-high", C, binary, lambda m, d: m.set_probability_threshold(0.93) and None)
    edited("scaled", R, real, lambda m, d: m.set_scale_and_bias(2.5, -7.25))
    edited("scaled-clf", C, binary, lambda m, d: m.set_scale_and_bias(0.3, [0.1]))
    edited("shrunk", R, real, lambda m, d: m.shrink(7, 2))
    edited("dropped", R, real, lambda m, d: m.drop_unused_features(), iterations=2, depth=2)
    edited("dropped-cats", C, binary, lambda m, d: m.drop_unused_features(), dict(cats=True), iterations=3)
    edited("copied", C, binary, lambda m, d: m.copy())
    for cats in [False, True]:
        data = dict(cats=cats)
        edited(f"sum-{cats}", R, real, lambda m, d: sum_models([m, fit(R, d, real, depth=3)], [0.25, 2.0]), data)
        edited(f"sum-policy-{cats}", R, real, lambda m, d: sum_models([m, fit(R, d, real, depth=3, border_count=20)], ctr_merge_policy="LeaveMostDiversifiedTable"), data)
        edited(f"continued-{cats}", C, binary, lambda m, d: fit(C, d, binary, init_model=m), data)
    edited("sum-multi", C, three, lambda m, d: sum_models([m, fit(C, d, three, loss_function="MultiClass")]), loss_function="MultiClass")

    def wrapped(name, build, target):
        def make(rng):
            d = Data(rng)
            return d, build().fit(d.frame.to_numpy(), target(d)), False

        case(f"sklearn-{name}", make)

    small = {**COMMON, "iterations": 8, "depth": 3}
    wrapped("pipeline", lambda: make_pipeline(StandardScaler(), C(**small)), binary)
    wrapped("pipeline-multi", lambda: make_pipeline(StandardScaler(), C(**small)), three)
    wrapped("pipeline-reg", lambda: make_pipeline(StandardScaler(), R(**small)), real)
    wrapped("voting", lambda: VotingClassifier([("a", C(**small)), ("b", C(**small, l2_leaf_reg=9))], voting="soft"), binary)
    wrapped("voting-reg", lambda: VotingRegressor([("a", R(**small)), ("b", R(**small, l2_leaf_reg=9))]), real)
    wrapped("calibrated", lambda: CalibratedClassifierCV(C(**small), cv=2), binary)

    rng = np.random.default_rng(seed)
    for i in range(40):
        params = dict(
            depth=int(rng.integers(1, 8)), iterations=int(rng.integers(1, 60)), border_count=int(rng.choice([2, 16, 128, 254, 400])),
            one_hot_max_size=int(rng.choice([1, 3, 7, 30])), max_ctr_complexity=int(rng.integers(1, 5)),
            l2_leaf_reg=float(rng.choice([0.5, 3, 30])), nan_mode=str(rng.choice(["Min", "Max"])),
            grow_policy=str(rng.choice(["SymmetricTree", "SymmetricTree", "Depthwise", "Lossguide"])), random_seed=int(rng.integers(1000)),
        )
        cls, target, loss = [(R, real, "RMSE"), (C, binary, "Logloss"), (C, three, "MultiClass"), (R, several, "MultiRMSE"), (R, counts, "Poisson")][i % 5]
        simple(f"random-{i}", cls, target, dict(cats=bool(rng.random() < 0.7), nans=bool(rng.random() < 0.5), many=bool(rng.random() < 0.2)), loss_function=loss, **params)
    return found


def answers(model, rows):
    found = {"predict": np.asarray(model.predict(rows))}
    # A column of labels, as CatBoost gives for several classes, is flat here.
    if found["predict"].ndim == 2 and found["predict"].shape[1] == 1 and is_classifier(model):
        found["predict"] = found["predict"][:, 0]
    for name in ("predict_proba", "predict_log_proba"):
        if hasattr(model, name):
            found[name] = np.asarray(getattr(model, name)(rows))
    if isinstance(model, CatBoost):
        found["decision_function"] = np.asarray(CatBoost.predict(model, rows, prediction_type="RawFormulaVal"))
        found["apply"] = np.asarray(model.calc_leaf_indexes(rows)).astype(float)
    return {name: encode(value) for name, value in found.items()}


def is_classifier(model):
    return getattr(model, "_estimator_type", None) == "classifier" or hasattr(model, "predict_proba")


def bare(path, model, loss):
    """A model file in the class that its loss function belongs to."""
    if "classes" in loss:
        loaded = CatBoostClassifier()
    else:
        loaded = CatBoostRegressor(loss_function=loss["name"]) if loss["name"] else CatBoostRegressor()
    return loaded.load_model(str(path))


def kind_of(model):
    labels = model.classes_
    params = json.loads(model.get_metadata()["params"]) if "params" in list(model.get_metadata().keys()) else {}
    name = params.get("loss_function", {}).get("type", "")
    kind = {"name": name if name in ("Poisson", "Tweedie", "RMSEWithUncertainty") else ""}
    if name == "Tweedie":
        kind["name"] = "Tweedie:variance_power=1.5"
    return {**kind, "classes": True} if len(labels) else kind


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    absent = {}
    for number, (name, make) in enumerate(cases(options.seed).items()):
        if options.only not in name:
            continue
        safe = "".join(c if c.isalnum() or c in "-_.=" else "_" for c in name)
        try:
            data, model, named = make(np.random.default_rng([options.seed, number]))
        except (CatBoostError, TypeError, ValueError) as error:
            absent[name] = str(error).splitlines()[0]
            continue
        rows = data.rows(model)
        # Nothing in the file tells how many columns there were behind the last that is used.
        if name == "dropped":
            width = max(model._get_float_feature_indices()) + 1
            rows, data.names = [row[:width] for row in rows], data.names[:width]
        # scikit-learn's own steps refuse infinities.
        if not isinstance(model, CatBoost):
            rows = [row for row in rows if np.isfinite(row).all() and np.abs(row).max() < 1e30]
        about = {"names": data.names if named else None, "rows": encode(rows), "refused": [], "files": {}}
        for row in data.refused():
            try:
                model.predict([row])
            except (CatBoostError, TypeError, OverflowError):
                about["refused"].append(encode(row))
        (options.out / f"{safe}.pkl").write_bytes(pickle.dumps(model, protocol=int(number % 4) + 2))
        joblib.dump(model, options.out / f"{safe}.joblib", compress=number % 3)
        question = rows if isinstance(model, CatBoost) else np.array(rows, dtype=float)
        try:
            about["files"]["pkl"] = about["files"]["joblib"] = answers(model, question)
        except (CatBoostError, ValueError) as error:
            absent[name] = str(error).splitlines()[0]
            continue
        if isinstance(model, CatBoost):
            model.save_model(str(options.out / f"{safe}.cbm"))
            model.save_model(str(options.out / f"{safe}.cat.json"), format="json")
            about["files"]["cbm"] = answers(bare(options.out / f"{safe}.cbm", model, kind_of(model)), rows)
            about["files"]["cat.json"] = dict(about["files"]["cbm"])
            # CatBoost numbers the leaves anew as it reads JSON, and loses part of some statistics, which are kept here.
            again = type(model)().load_model(str(options.out / f"{safe}.cat.json"), format="json")
            raw = [CatBoost.predict(m, rows, prediction_type="RawFormulaVal") for m in (model, again)]
            if np.allclose(*raw, rtol=1e-9, atol=1e-9):
                about["files"]["cat.json"]["apply"] = encode(np.asarray(again.calc_leaf_indexes(rows)).astype(float))
            else:
                del about["files"]["cat.json"]["apply"]
        (options.out / f"{safe}.json").write_text(json.dumps(about))
    print(json.dumps({"absent": absent}))


if __name__ == "__main__":
    main()

"""Makes test/fixtures/sklearn/text-svm-knn: python test/sklearn/reference/make_text_svm_knn.py [DIRECTORY]

Needs scikit-learn 1.6.1. Small fitted models as pickles, and beside each what Python says of hard rows: text that is
empty, not ASCII, composed and decomposed, with emoji, final sigma and odd whitespace; points at equal distances, on
training points, far away. NaN and infinities are text in the JSON. `raises` are rows that Python refuses.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import sklearn
from sklearn import naive_bayes as nb
from sklearn import neighbors as ne
from sklearn import svm
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

assert sklearn.__version__ == "1.6.1", sklearn.__version__
warnings.simplefilter("ignore")
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "fixtures/sklearn/text-svm-knn")
OUT.mkdir(parents=True, exist_ok=True)
METHODS = ["predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples"]
rng = np.random.default_rng(11)


def plain(value):
    """Nested lists in which numbers that JSON lacks are text."""
    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def save(name, model, rows, rtol=None, raises=None):
    expected = {}
    for method in METHODS:
        if not hasattr(model, method):
            continue
        try:
            expected[method] = plain(getattr(model, method)(rows))
        except AttributeError:
            pass
    case = {"class": f"{type(model).__module__}.{type(model).__name__}", "input": plain(rows), "expected": expected}
    if rtol:
        case["rtol"] = rtol
    if raises is not None:
        case["raises"] = plain(raises)
    pickle.dump(model, open(OUT / f"{name}.pkl", "wb"), protocol=4)
    (OUT / f"{name}.json").write_text(json.dumps(case, ensure_ascii=True) + "\n")


# Text
TRAIN = [
    "the cat sat on the mat",
    "A dog is not a cat",
    "Ünïcode Straße ΟΔΟΣ",
    "don't stop_me now 2 22",
    "caf\u00e9 au lait",
    "\U0001f642 emoji \U0001f468\u200d\U0001f469",
    "one two three four",
]
TEXTS = TRAIN[:3] + [
    "",
    " ",
    "\n\t\x1c\x1f\x85\u00a0\u2003\u3000",
    "x",
    "cafe\u0301 CAF\u00c9 \ufb01ne \u2460 \u00b2 \u00bd \u0664",
    "\u039f\u03a3 \u03a3 \u039f\u03a3\u0391 \u0391\u03a3. \u0391\u03a3\u0301 \u03a3\u03a3",
    "\u0130stanbul I\u0131 \u1e9e\u00df \u01c5 K \u212b \u2126",
    "\U0001f642\U0001f642 \U0001f468\u200d\U0001f469 \U00020000\U00020001 \U00010400",
    "a\u200bb c\ufeffd e\u00adf g\u2028h i\u2029j k\x1cl",
    "cat  cat\t\tcat\u00a0\u00a0mat",
    "\u65e5\u672c\u8a9e \u30c6\u30b9\u30c8 \u043f\u0440\u0438\u0432\u0435\u0442 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0928\u092e\u0938\u094d\u0924\u0947",
    "a-b_c d.e@f 1,234.5 don't the THE The",
    "one two three four " * 20,
]


def text(name, model, train=TRAIN, rows=TEXTS):
    save(name, model.fit(train), rows)


text("count_word", CountVectorizer())
text("count_two_three", CountVectorizer(ngram_range=(2, 3), stop_words="english"))
text("count_stop_list", CountVectorizer(ngram_range=(1, 2), stop_words=["the", "on"], binary=True))
text("count_char", CountVectorizer(analyzer="char", ngram_range=(1, 3), max_features=80))
text("count_char_cased", CountVectorizer(analyzer="char", ngram_range=(2, 2), lowercase=False, max_features=60))
text("count_wb", CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), max_features=80))
text("count_ascii", CountVectorizer(strip_accents="ascii", token_pattern=r"(?u)\b\w+\b"), TRAIN + TEXTS)
text("count_unicode", CountVectorizer(strip_accents="unicode", token_pattern=r"\w+"), TRAIN + TEXTS)
text("count_cased", CountVectorizer(lowercase=False, token_pattern=r"\S+"), TRAIN + TEXTS)
text("count_fixed", CountVectorizer(vocabulary=["cat", "dog", "mat cat", "\U0001f642"]))
save("count_unfitted_set", CountVectorizer(vocabulary={"cat", "\U0001f642", "\uff21", "mat"}, token_pattern=r"\S+"), TEXTS)
for i, pattern in enumerate([
    r"(?u)\b(\w)\w*\b",
    r"[^\W\d_]+",
    r"[\W_]",
    r"\d+|[A-Za-z]{2,}",
    r"(?a)\b\w\w+\b",
    r"(?<=\s)\S+(?=\s)",
    r"[^\s,.]+'?\w*",
    r"(?P<x>\w)(?:\w*)",
    r"(?m)^\w+",
    r"\w+$",
    r".\b.",
    r"[]a-c\-\]]+",
    r"\x61|\u00e9|\101",
    r"\w*",
    r"(?s)..",
    r"\w{,2}\b",
    r"\w+\B",
]):
    text(f"pattern_{i:02}", CountVectorizer(token_pattern=pattern, lowercase=False), TRAIN + TEXTS)
text("tfidf_default", TfidfVectorizer())
text("tfidf_sublinear_l1", TfidfVectorizer(sublinear_tf=True, norm="l1", smooth_idf=False))
text("tfidf_float32", TfidfVectorizer(dtype=np.float32, sublinear_tf=True))
text("tfidf_plain", TfidfVectorizer(norm=None, use_idf=False, binary=True))
counts = CountVectorizer().fit_transform(TRAIN)
save("tfidf_transformer", TfidfTransformer().fit(counts), counts.toarray().astype(float)[:4])
text("hash_word", HashingVectorizer(n_features=37))
text("hash_char", HashingVectorizer(n_features=16, analyzer="char_wb", ngram_range=(2, 3), alternate_sign=False, norm="l1"))
text("hash_binary", HashingVectorizer(n_features=5, binary=True, norm=None))
text("hash_float32", HashingVectorizer(n_features=11, dtype=np.float32))
Y_TEXT = [0, 1, 2, 1, 2, 0, 1]
save("text_pipeline", make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression()).fit(TRAIN, Y_TEXT), TEXTS)
save("text_svc", make_pipeline(TfidfVectorizer(), svm.SVC(probability=True, random_state=0)).fit(TRAIN * 4, Y_TEXT * 4), TEXTS, 1e-10)
save("text_knn", make_pipeline(TfidfVectorizer(), ne.KNeighborsClassifier(3, metric="cosine", weights="distance")).fit(TRAIN, Y_TEXT), TEXTS[:3] + TEXTS[11:], 1e-7)
save("text_cnb", make_pipeline(CountVectorizer(), nb.ComplementNB(norm=True)).fit(TRAIN, Y_TEXT), TEXTS)

# Records
RECORDS = [{"a": 1, "city": "Paris"}, {"b": 2.5, "city": "R\u00f6me"}, {"tags": ["x", "y", "x"], "ok": True}, {}]
MORE = RECORDS + [{"city": "Oslo", "a": -3}, {"a": None, "z": 5}, {"ok": False, "tags": []}, {"city=Paris": 4}]
save("dict_sparse", DictVectorizer().fit(RECORDS), MORE, raises=[{"tags": [1]}, {"a": {"b": 1}}])
save("dict_dense", DictVectorizer(sparse=False, separator="::", dtype=np.float32).fit(RECORDS), MORE)
FLAT = [{k: v for k, v in r.items() if isinstance(v, (int, float, str))} for r in MORE]
save("hasher_dict", FeatureHasher(n_features=19), FLAT, raises=[{"a": None}, {"a": [1]}])
save("hasher_pair", FeatureHasher(n_features=7, input_type="pair", alternate_sign=False), [[["a", 1.5], ["b", "t"]], [], [["a", 0], ["a", -2]]])
save("hasher_string", FeatureHasher(n_features=7, input_type="string"), [["a", "b", "a"], ["\u00e9\U0001f642"], []])

# Naive Bayes
C = rng.integers(0, 5, size=(40, 4)).astype(float)
Y = np.array(["a", "b", "c"])[(C[:, 0] + C[:, 1] > 4).astype(int) + (C[:, 2] > 3)]
P = np.vstack([C[:6], [[0, 0, 0, 0], [1e6, 0, 0, 1], [4, 4, 4, 4], [0.5, 1.5, 2.5, 3.9]]])
BAD = [[np.nan, 0, 0, 0], [np.inf, 0, 0, 0]]
save("gaussian_nb", nb.GaussianNB().fit(C, Y), P, raises=BAD)
save("multinomial_nb", nb.MultinomialNB(alpha=0.3).fit(C, Y), P, raises=BAD)
save("multinomial_nb_prior", nb.MultinomialNB(fit_prior=False).fit(C, Y == "a"), P)
save("complement_nb", nb.ComplementNB().fit(C, Y), P, raises=BAD)
save("bernoulli_nb", nb.BernoulliNB(binarize=2.0).fit(C, Y), P, raises=BAD)
save("bernoulli_nb_none", nb.BernoulliNB(binarize=None).fit(C > 1, Y), (P > 1).astype(float))
save("categorical_nb", nb.CategoricalNB(min_categories=5).fit(C, Y), P[np.all(P < 5, axis=1)], raises=BAD + [[9, 0, 0, 0], [-1, 0, 0, 0]])

# Support vectors
S = rng.normal(size=(60, 3))
Y3 = np.digitize(S[:, 0] + S[:, 1] ** 2, [0.3, 1.2])
Y4 = np.array(["w", "x", "y", "z"])[Y3 + (S[:, 2] > 1)]
Q = np.vstack([S[:8], rng.normal(size=(8, 3)) * 3, [[0, 0, 0], [1e3, -1e3, 5]]])
FAR = [[np.nan, 0, 0], [0, np.inf, 0]]
TOL = 1e-10
save("svc_rbf_2", svm.SVC().fit(S, Y3 > 0), Q, TOL, FAR)
save("svc_rbf_4", svm.SVC(gamma="auto").fit(S, Y4), Q, TOL, FAR)
save("svc_poly_ovo", svm.SVC(kernel="poly", degree=4, coef0=0.5, decision_function_shape="ovo").fit(S, Y4), Q[:-1], TOL)
save("svc_sigmoid_ties", svm.SVC(kernel="sigmoid", break_ties=True).fit(S, Y4), Q, TOL)
save("svc_linear_proba_2", svm.SVC(kernel="linear", probability=True, random_state=0).fit(S, Y3 > 0), Q, TOL)
save("svc_proba_4", svm.SVC(probability=True, random_state=0).fit(S, Y4), Q, TOL)
save("svc_sparse", svm.SVC(probability=True, random_state=0).fit(sp.csr_matrix(S * (abs(S) > 0.5)), Y4), Q, TOL)
save("svc_sparse_linear", svm.SVC(kernel="linear").fit(sp.csr_matrix(S * (abs(S) > 0.5)), Y3), Q, TOL)
save("nu_svc", svm.NuSVC(nu=0.2, probability=True, random_state=0).fit(S, Y3), Q, TOL)
save("svr_rbf", svm.SVR().fit(S, S[:, 0] * 3), Q, TOL, FAR)
save("nu_svr_poly", svm.NuSVR(kernel="poly").fit(S, S[:, 0] * 3), Q[:-1], TOL)
save("one_class", svm.OneClassSVM(nu=0.2).fit(S), Q, TOL, FAR)
save("linear_svc", svm.LinearSVC(random_state=0).fit(S, Y4), Q, TOL)

# Neighbours: a grid has many points at equal distance
G = np.array([[i, j] for i in range(7) for j in range(7)], dtype=float)
G = G[rng.permutation(len(G))]
YG = np.array(["a", "b", "c"])[rng.integers(0, 3, len(G))]
TG = rng.integers(0, 100, len(G)).astype(float)
H = np.vstack([G[:12], G[:12] + 0.5, [[-3, -3], [3, 3.25], [100, 100]]])
NAN2 = [[np.nan, 0], [0, np.inf]]
for algorithm in ["brute", "kd_tree", "ball_tree"]:
    for k in [1, 2, 4, 5, 9]:
        save(f"knn_{algorithm}_{k}", ne.KNeighborsClassifier(k, algorithm=algorithm, leaf_size=5).fit(G, YG), H, TOL, NAN2)
    save(f"knn_{algorithm}_distance", ne.KNeighborsClassifier(6, algorithm=algorithm, leaf_size=4, weights="distance").fit(G, YG), H, TOL)
    save(f"knr_{algorithm}", ne.KNeighborsRegressor(5, algorithm=algorithm, leaf_size=6).fit(G, np.c_[TG, -TG]), H, TOL)
    for p in [1, 1.5, np.inf]:
        save(f"knr_{algorithm}_p{p}", ne.KNeighborsRegressor(4, algorithm=algorithm, leaf_size=6, p=p, weights="distance").fit(G, TG), H, TOL)
save("knn_outputs", ne.KNeighborsClassifier(4).fit(G, np.c_[YG, YG[::-1]]), H, TOL)
save("knn_ints", ne.KNeighborsClassifier(5, algorithm="brute").fit(G.astype(int), YG), H, TOL)
save("radius", ne.RadiusNeighborsClassifier(1.0, outlier_label="most_frequent").fit(G, YG), H, TOL)
save("radius_other", ne.RadiusNeighborsClassifier(1.5, weights="distance", outlier_label="none").fit(G[:30], YG[:30].astype(object)), H[:-1], TOL)
save("radius_raises", ne.RadiusNeighborsClassifier(1.0).fit(G, YG), H[:12], TOL, [[50.0, 50.0]])
save("radius_regressor", ne.RadiusNeighborsRegressor(1.2, weights="distance", algorithm="ball_tree").fit(G, TG), H, TOL)
save("centroid", ne.NearestCentroid().fit(G, YG), H, TOL)
save("centroid_manhattan", ne.NearestCentroid(metric="manhattan").fit(G, YG), H, TOL)
save("centroid_priors", ne.NearestCentroid(priors=[0.6, 0.3, 0.1], shrink_threshold=0.05).fit(G, YG), H, TOL)
save("centroid_two", ne.NearestCentroid(priors=[0.7, 0.3]).fit(G, YG == "a"), H, TOL)
save("lof", ne.LocalOutlierFactor(5, novelty=True).fit(S), Q, TOL, FAR)
save("lof_brute", ne.LocalOutlierFactor(7, novelty=True, algorithm="brute", contamination=0.1).fit(S), Q, 1e-6)
for kernel in ["gaussian", "tophat", "epanechnikov", "exponential", "linear", "cosine"]:
    save(f"density_{kernel}", ne.KernelDensity(bandwidth=1.1, kernel=kernel).fit(S), Q, 1e-9)
save("density_weights", ne.KernelDensity(bandwidth="scott", algorithm="ball_tree").fit(S, sample_weight=np.arange(1.0, 61)), Q, 1e-9)
save("nca", ne.NeighborhoodComponentsAnalysis(2, random_state=0).fit(S, Y3), Q, TOL)
V = np.var(S, axis=0)
METRICS = {
    "cosine": {},
    "hamming": {},
    "canberra": {},
    "braycurtis": {},
    "sqeuclidean": {},
    "seuclidean": {"V": V},
    "mahalanobis": {"VI": np.linalg.inv(np.cov(S.T))},
    "minkowski": {"w": np.array([1.0, 2.0, 0.5])},
}
for metric, params in METRICS.items():
    model = ne.KNeighborsRegressor(4, algorithm="brute", metric=metric, metric_params=params or None, weights="distance")
    save(f"metric_{metric}", model.fit(np.round(S), S[:, 0]), np.round(Q), 1e-6)
for metric in ["jaccard", "dice", "rogerstanimoto", "russellrao", "sokalsneath"]:
    model = ne.KNeighborsClassifier(3, algorithm="brute", metric=metric)
    save(f"metric_{metric}", model.fit(rng.random((40, 6)) > 0.5, Y3[:40]), rng.random((12, 6)) > 0.4, TOL)
LAT = np.deg2rad(np.c_[rng.uniform(-80, 80, 50), rng.uniform(-180, 180, 50)])
for algorithm in ["brute", "ball_tree"]:
    save(f"haversine_{algorithm}", ne.KNeighborsRegressor(4, algorithm=algorithm, metric="haversine", weights="distance").fit(LAT, TG[:49].tolist() + [1.0]), LAT[:5] + 0.01, TOL)
save("metric_canberra_ball", ne.KNeighborsRegressor(4, algorithm="ball_tree", metric="canberra", leaf_size=3).fit(S, S[:, 0]), Q, TOL)

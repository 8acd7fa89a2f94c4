"""Neighbours, kernels, naive Bayes, neural networks, decompositions, clusters, mixtures and what wraps classifiers."""

import numpy as np
from sklearn import cluster, cross_decomposition, decomposition, discriminant_analysis, gaussian_process, isotonic, kernel_approximation, kernel_ridge, manifold, mixture, multiclass, multioutput, naive_bayes, neighbors, neural_network, random_projection, semi_supervised, svm
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression, Ridge, SGDOneClassSVM
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from cases import Case
from data import Data, classes, counts, multilabel, plain, regression

CASES = []
BLAS = {"rtol": 1e-10, "why": "matrix products and distances are sums whose order BLAS chooses"}


def add(name, make, data, **options):
    CASES.append(Case(f"other-{name}", make, data, **options))


for kernel in ("linear", "rbf", "poly", "sigmoid"):
    for n in (2, 3):
        add(f"svc-{kernel}-{n}", lambda k=kernel: svm.SVC(kernel=k, probability=False), lambda rng, n=n: _mild(classes(rng, "str", n=n)), **BLAS)
    add(f"svr-{kernel}", lambda k=kernel: svm.SVR(kernel=k), lambda rng: _mild(regression(rng)), **BLAS)
add("svc-ovo", lambda: svm.SVC(decision_function_shape="ovo"), lambda rng: _mild(classes(rng, "negative", n=3)), **BLAS)
add("svc-proba", lambda: svm.SVC(probability=True, random_state=0), lambda rng: _mild(classes(rng, "str", n=3)), rtol=1e-6, why="pairwise coupling is iterative")
add("nu-svc", lambda: svm.NuSVC(nu=0.2), lambda rng: _mild(classes(rng, "bool")), **BLAS)
add("nu-svr", lambda: svm.NuSVR(), lambda rng: _mild(regression(rng)), **BLAS)
add("one-class", lambda: svm.OneClassSVM(nu=0.2), lambda rng: _mild(plain(rng)), **BLAS)
for algorithm in ("brute", "kd_tree", "ball_tree"):
    for weights in ("uniform", "distance"):
        add(f"neighbors-{algorithm}-{weights}", lambda a=algorithm, w=weights: neighbors.KNeighborsClassifier(algorithm=a, weights=w), lambda rng, far=algorithm == "brute" and weights == "distance": _mild(classes(rng, "str", n=3), far=far), **BLAS)
        add(f"neighbors-regressor-{algorithm}-{weights}", lambda a=algorithm, w=weights: neighbors.KNeighborsRegressor(algorithm=a, weights=w), lambda rng, far=algorithm == "brute" and weights == "distance": _mild(regression(rng, outputs=2), far=far), **BLAS)
for metric in ("manhattan", "chebyshev", "cosine", "minkowski"):
    add(f"neighbors-{metric}", lambda m=metric: neighbors.KNeighborsClassifier(3, metric=m, p=3), lambda rng: _mild(classes(rng)), **BLAS)
add("radius", lambda: neighbors.RadiusNeighborsClassifier(60, outlier_label="most_frequent"), lambda rng: _mild(classes(rng)), **BLAS)
add("centroid", lambda: neighbors.NearestCentroid(), lambda rng: _mild(classes(rng, "str", n=3)), **BLAS)
for name in ("GaussianNB", "BernoulliNB"):
    add(name, lambda n=name: getattr(naive_bayes, n)(), lambda rng: classes(rng, "str", n=3, huge=1e3), **BLAS)
for name in ("MultinomialNB", "ComplementNB", "CategoricalNB", "BernoulliNB"):
    for n in (2, 3):
        add(f"{name}-counts-{n}", lambda m=name: getattr(naive_bayes, m)(**({"min_categories": 2000} if m == "CategoricalNB" else {})), lambda rng, n=n: counts(rng, n=n), **BLAS)
for activation in ("relu", "tanh", "logistic", "identity"):
    add(f"mlp-{activation}", lambda a=activation: neural_network.MLPClassifier((9, 5), activation=a, max_iter=15, random_state=0), lambda rng: _mild(classes(rng, "str", n=3)), **BLAS)
    add(f"mlp-regressor-{activation}", lambda a=activation: neural_network.MLPRegressor(hidden_layer_sizes=(8,), activation=a, max_iter=15, random_state=0), lambda rng: _mild(regression(rng, outputs=2, positive=True)), **BLAS)
add("mlp-binary", lambda: neural_network.MLPClassifier((5,), max_iter=15, random_state=0), lambda rng: _mild(classes(rng, "bool")), **BLAS)
add("mlp-multilabel", lambda: neural_network.MLPClassifier((5,), max_iter=15, random_state=0), multilabel, rtol=1e-9, why="rows of 1e9 through products")
for name, options in {"PCA": {"n_components": 3}, "TruncatedSVD": {"n_components": 3, "random_state": 0}, "IncrementalPCA": {"n_components": 2}, "FactorAnalysis": {"n_components": 2}, "FastICA": {"n_components": 3, "random_state": 0}}.items():
    add(name, lambda n=name, o=options: getattr(decomposition, n)(**o), lambda rng: _mild(plain(rng)), **BLAS)
add("pca-whiten", lambda: decomposition.PCA(3, whiten=True), lambda rng: _mild(plain(rng)), rtol=1e-7, why="score_samples inverts a covariance of columns of very different size")
for kernel in ("rbf", "poly", "linear"):
    add(f"kernel-pca-{kernel}", lambda k=kernel: decomposition.KernelPCA(2, kernel=k), lambda rng: _mild(plain(rng)), rtol=1e-9, why="eigenvectors scale rounding")
for name in ("KMeans", "MiniBatchKMeans", "BisectingKMeans"):
    add(name, lambda n=name: getattr(cluster, n)(4, n_init=2 if n == "KMeans" else 1, random_state=0), lambda rng: _mild(plain(rng)), **BLAS)
for shape in ("full", "tied", "diag", "spherical"):
    add(f"mixture-{shape}", lambda s=shape: mixture.GaussianMixture(2, covariance_type=s, random_state=0), lambda rng: _mild(plain(rng), 3), rtol=1e-9, why="precision matrices scale rounding")
for solver in ("svd", "lsqr", "eigen"):
    add(f"lda-{solver}", lambda s=solver: discriminant_analysis.LinearDiscriminantAnalysis(solver=s), lambda rng: _mild(classes(rng, "str", n=3)), **BLAS)
add("qda", lambda: discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=0.1), lambda rng: _mild(classes(rng, "str", n=3), 3), **BLAS)
for n in (2, 3):
    add(f"one-vs-rest-{n}", lambda: multiclass.OneVsRestClassifier(LogisticRegression()), lambda rng, n=n: classes(rng, "str", n=n), **BLAS)
    add(f"one-vs-one-{n}", lambda: multiclass.OneVsOneClassifier(svm.LinearSVC(dual=True)), lambda rng, n=n: classes(rng, "str", n=n), **BLAS)
add("one-vs-rest-tree", lambda: multiclass.OneVsRestClassifier(DecisionTreeClassifier(max_depth=3)), lambda rng: classes(rng, "negative", n=3))
add("one-vs-rest-multilabel", lambda: multiclass.OneVsRestClassifier(LogisticRegression()), multilabel, **BLAS)
add("output-code", lambda: multiclass.OutputCodeClassifier(LogisticRegression(), random_state=0), lambda rng: _mild(classes(rng, "str", n=3)), **BLAS)
add("multi-classifier", lambda: multioutput.MultiOutputClassifier(LogisticRegression()), multilabel, **BLAS)
add("multi-regressor", lambda: multioutput.MultiOutputRegressor(Ridge()), lambda rng: regression(rng, outputs=2))
add("chain-classifier", lambda: multioutput.ClassifierChain(LogisticRegression(), order=[2, 0, 1]), multilabel, **BLAS)
add("chain-regressor", lambda: multioutput.RegressorChain(Ridge(), order=[1, 0]), lambda rng: regression(rng, outputs=2), **BLAS)
for kind in ("clip", "nan"):
    add(f"isotonic-{kind}", lambda k=kind: isotonic.IsotonicRegression(out_of_bounds=k), lambda rng: _one_column(rng))
for kernel in ("rbf", "linear", "polynomial"):
    add(f"kernel-ridge-{kernel}", lambda k=kernel: make_pipeline(StandardScaler(), kernel_ridge.KernelRidge(kernel=k)), lambda rng: _mild(regression(rng)), rtol=1e-8, why="an ill-conditioned system scales rounding")
add("gaussian-process", lambda: gaussian_process.GaussianProcessRegressor(alpha=0.1), lambda rng: _mild(regression(rng)), rtol=1e-7, why="a triangular solve scales rounding")
add("pls", lambda: cross_decomposition.PLSRegression(2), lambda rng: _mild(regression(rng, outputs=2)), **BLAS)
add("nystroem", lambda: kernel_approximation.Nystroem(n_components=10, random_state=0), lambda rng: _mild(plain(rng)), rtol=1e-8, why="an inverse square root scales rounding")
add("rbf-sampler", lambda: kernel_approximation.RBFSampler(n_components=10, random_state=0), lambda rng: _mild(plain(rng)), rtol=1e-9, why="cosines of large sums")
add("random-projection", lambda: random_projection.GaussianRandomProjection(3, random_state=0), plain, **BLAS)
add("sparse-projection", lambda: random_projection.SparseRandomProjection(3, random_state=0), plain, **BLAS)
add("self-training", lambda: semi_supervised.SelfTrainingClassifier(LogisticRegression()), lambda rng: _unlabelled(rng))

add("select-svm-classes", lambda: SelectFromModel(svm.SVC(kernel="linear"), threshold="mean"), lambda rng: _mild(classes(rng, "str", n=3)))
for mode in ("distance", "connectivity"):
    add(f"k-graph-{mode}", lambda m=mode: neighbors.KNeighborsTransformer(n_neighbors=4, mode=m), lambda rng: _mild(plain(rng), far=True), **BLAS)
    add(f"radius-graph-{mode}", lambda m=mode: neighbors.RadiusNeighborsTransformer(radius=60, mode=m), lambda rng: _mild(plain(rng), far=True), **BLAS)
add("graph-pipeline", lambda: make_pipeline(neighbors.KNeighborsTransformer(n_neighbors=7, mode="distance"), manifold.Isomap(n_neighbors=5, metric="precomputed")), lambda rng: _mild(plain(rng), far=True), **BLAS)
add("sgd-one-class", lambda: SGDOneClassSVM(nu=0.2, random_state=0), lambda rng: _mild(plain(rng)), rtol=1e-11, why="sums of columns of very different size")
for size in (5, 9):
    add(f"isomap-{size}", lambda s=size: manifold.Isomap(n_neighbors=s, n_components=3), lambda rng: _scaled(plain(rng)), rtol=1e-9, why="eigenvectors scale rounding")
add("isomap-radius", lambda: manifold.Isomap(n_neighbors=None, radius=3.5), lambda rng: _scaled(plain(rng)), rtol=1e-9, why="eigenvectors scale rounding")
for method in ("standard", "modified", "ltsa", "hessian"):
    add(f"locally-linear-{method}", lambda m=method: manifold.LocallyLinearEmbedding(n_neighbors=9, n_components=2, method=m, random_state=0), lambda rng: _scaled(plain(rng)), rtol=1e-8, why="nearly singular systems scale rounding")
add("rbm", lambda: neural_network.BernoulliRBM(5, n_iter=3, random_state=0), lambda rng: _unit(plain(rng)), rtol=1e-12, skip=("score_samples",))
for name in ("SparsePCA", "MiniBatchSparsePCA"):
    add(name, lambda n=name: getattr(decomposition, n)(3, random_state=0, max_iter=20), lambda rng: _scaled(plain(rng)), rtol=1e-10, why="a system of equations scales rounding")


def _scaled(data):
    """Columns of the same size, rows near those of the training set."""
    scale = np.abs(data.x).mean(axis=0) + 1e-9
    data.x = data.x / scale
    data.ask = {"many": data.ask["many"] / scale, "near": data.x[:6] * 1.01}
    return data


def _unit(data):
    data.x = 1 / (1 + np.exp(-data.x))
    data.ask = {"many": 1 / (1 + np.exp(-data.ask["many"])), "seen": data.x[:5]}
    return data


def _mild(data, huge=20, far=False):
    """
    Rows that distances and kernels of BLAS's order can still tell apart; no ties. With `far` none from the training set:
    by brute force the distance of a row to itself is the rounding of sums, and its inverse the weight.
    """
    ask = {}
    # In float32 such sums keep a few digits only, and the cluster classes of scikit-learn refuse it.
    for name, x in data.ask.items():
        if name == "float32" or (far and name == "hard"):
            continue
        kept = x[np.abs(x).max(axis=1) < 1e5]
        ask[name] = np.where(np.abs(kept) > huge * 50, huge, kept).astype(x.dtype)
    data.ask = ask
    return data


def _one_column(rng):
    x = rng.normal(size=80)
    return Data(x, np.sin(x) + x, {"rows": np.concatenate([x[:6], rng.normal(size=20) * 3]).reshape(-1, 1)})


def _unlabelled(rng):
    data = classes(rng, "plusminus")
    data.y = data.y.copy()
    data.y[60:90] = -1
    data.y = np.where(data.y > 0, 1, np.where(np.arange(len(data.y)) % 2, 0, -1))
    return data

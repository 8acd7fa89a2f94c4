"""Fitted models of many families, with the answers of scikit-learn: `<name>.pkl` beside `<name>.json`.

    python make_other.py OUTPUT_FOLDER [--all]

The committed files are those of KEEP; `--all` makes a model for every setting below.
Written for scikit-learn 1.6.1, which made the committed files; it runs with other versions, too, and leaves out what
they lack. Rows to predict reach outside of the training range; one equals a training row.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import sklearn

warnings.filterwarnings("ignore")
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)

rng = np.random.RandomState(7)
n, d = 36, 4
X = rng.normal(size=(n, d)) * [1, 2, 0.5, 3] + [0, 1, -1, 5]
binary = (X[:, 0] + 0.3 * X[:, 1] > 0).astype(int)
classes = np.array(["ant", "bee", "cat"])[np.digitize(X[:, 0] + 0.2 * X[:, 3], [0.4, 1.4])]
target = X @ [1.0, -2.0, 0.5, 0.1] + rng.normal(size=n)
targets = np.column_stack([target, X[:, 0] ** 2])
labels = np.column_stack([binary, (X[:, 2] > -1).astype(int), (X[:, 3] > 5).astype(int)])
counts = rng.poisson(2.0, size=(n, 6)).astype(float)
probe = np.vstack([X[3], rng.normal(size=(5, d)) * 2 + [0, 1, -1, 5], [30.0, -20.0, 4.0, 60.0], np.zeros(d)])
probe_counts = np.vstack([rng.poisson(3.0, size=(5, 6)), np.zeros(6), [0, 0, 40, 0, 0, 1]]).astype(float)

KEEP = """mlp_relu mlp_binary mlp_multilabel mlp_regressor_multi cal_sigmoid_multi_perceptron cal_isotonic_bin isotonic_nan
isotonic_clip pca_whiten_True pca_full_whiten ipca_whiten_False tsvd fa ica ica_no_whiten kpca_poly kpca_gamma nmf_cd nmf_cd_l1 nmf_mu
lda_topics_prior dict_omp dict_threshold dict_split dict_lasso_lars dict_lars kmeans bisect meanshift affinity agglo_mean agglo_median
lda_svd_multi lda_lsqr_bin lda_eigen_bin qda_bin qda_multi ovr_logreg_multi ovr_ridge_labels ovr_logreg_bin ovr_constant
ovo_logreg_multi ovo_logreg_bin occ_ridge_multi mo_clf mo_reg chain_clf chain_proba chain_reg gmm_full gmm_tied gmm_diag
gmm_spherical bgmm_full bgmm_tied bgmm_dirichlet gpr_rbf gpr_matern_general gpr_matern15 gpr_rq gpr_dot gpr_pairwise gpr_multi
gpc_rbf gpc_multi_one_vs_rest nystroem_rbf nystroem_chi2 kridge_laplacian kridge_multi rbfs achi2_3 schi2 sketch grp srp ee
plsregression plssvd cca pls_one labelpropagation_rbf labelspreading_knn selftraining""".split()

METHODS = ["predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples"]
failed = []


def plain(value):
    if isinstance(value, list):
        return [plain(v) for v in value]
    array = np.asarray(value.todense() if hasattr(value, "todense") else value)

    def one(v):
        if isinstance(v, list):
            return [one(w) for w in v]
        if isinstance(v, float):
            return None if v != v else "Infinity" if v == np.inf else "-Infinity" if v == -np.inf else v
        return v

    return one(array.tolist())


def save(name, build, *fit, rows=None, rtol=1e-10, methods=METHODS):
    if name not in KEEP and "--all" not in sys.argv:
        return
    try:
        model = build()
        model.fit(*fit)
        rows = probe if rows is None else rows
        expected = {}
        for method in methods:
            if hasattr(model, method):
                try:
                    expected[method] = plain(getattr(model, method)(rows))
                except (NotImplementedError, AttributeError, ValueError) as error:
                    print(name, method, type(error).__name__, str(error)[:80])
    except Exception as error:  # a version that lacks the class or the parameter
        failed.append(name)
        print("left out:", name, type(error).__name__, str(error)[:90])
        return
    with open(out / f"{name}.pkl", "wb") as f:
        pickle.dump(model, f, protocol=4)
    fixture = {"cls": f"{type(model).__module__}.{type(model).__name__}", "rtol": rtol, "input": rows.tolist(), "expected": expected}
    (out / f"{name}.json").write_text(json.dumps(fixture))


def lazy(module, name, **parameters):
    def build():
        return getattr(__import__(f"sklearn.{module}", fromlist=[name]), name)(**parameters)

    return build


def nn(name, **p):
    return lazy("neural_network", name, hidden_layer_sizes=(5, 3), max_iter=30, random_state=0, **p)


for activation in ["identity", "logistic", "tanh", "relu"]:
    save(f"mlp_{activation}", nn("MLPClassifier", activation=activation), X, classes)
save("mlp_binary", nn("MLPClassifier"), X, binary)
save("mlp_multilabel", nn("MLPClassifier"), X, labels)
save("mlp_regressor", nn("MLPRegressor"), X, target)
save("mlp_regressor_multi", nn("MLPRegressor", activation="tanh"), X, targets)

from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge  # noqa: E402
from sklearn.linear_model import Perceptron  # noqa: E402

for method in ["sigmoid", "isotonic", "temperature"]:
    for y_name, y in [("bin", binary), ("multi", classes)]:
        save(f"cal_{method}_{y_name}", lambda: CalibratedClassifierCV(LogisticRegression(), method=method, cv=2), X, y)
        save(f"cal_{method}_{y_name}_perceptron", lambda: CalibratedClassifierCV(Perceptron(), method=method, cv=2), X, y)
        save(f"cal_{method}_{y_name}_mlp", lambda: CalibratedClassifierCV(nn("MLPClassifier")(), method=method, cv=2), X, y)

for outside in ["nan", "clip"]:
    save(f"isotonic_{outside}", lazy("isotonic", "IsotonicRegression", out_of_bounds=outside), X[:, 0], target, rows=probe[:, :1], methods=["predict"])
save("isotonic_decreasing", lazy("isotonic", "IsotonicRegression", out_of_bounds="clip", increasing=False), X[:, 0], target, rows=probe[:, :1], methods=["predict"])

for whiten in [False, True]:
    save(f"pca_whiten_{whiten}", lazy("decomposition", "PCA", n_components=2, whiten=whiten), X)
    save(f"ipca_whiten_{whiten}", lazy("decomposition", "IncrementalPCA", n_components=2, whiten=whiten), X)
save("pca_full_whiten", lazy("decomposition", "PCA", whiten=True), X)
save("tsvd", lazy("decomposition", "TruncatedSVD", n_components=2, random_state=0), X)
save("fa", lazy("decomposition", "FactorAnalysis", n_components=2), X)
save("fa_full", lazy("decomposition", "FactorAnalysis", n_components=4), X)
save("ica", lazy("decomposition", "FastICA", n_components=2, random_state=0), X)
save("ica_no_whiten", lazy("decomposition", "FastICA", whiten=False, random_state=0), X)
for kernel in ["linear", "poly", "rbf", "sigmoid", "cosine", "laplacian"]:
    save(f"kpca_{kernel}", lazy("decomposition", "KernelPCA", n_components=3, kernel=kernel, gamma=0.05), X, rtol=1e-8)
save("kpca_gamma", lazy("decomposition", "KernelPCA", n_components=3, kernel="rbf"), X, rtol=1e-8)
save("nmf_cd", lazy("decomposition", "NMF", n_components=2, init="nndsvd", max_iter=50), counts, rows=probe_counts)
save("nmf_cd_l1", lazy("decomposition", "NMF", n_components=3, init="nndsvd", max_iter=50, alpha_W=0.01, l1_ratio=0.4), counts, rows=probe_counts)
save("nmf_mu_kl", lazy("decomposition", "NMF", n_components=2, init="nndsvda", solver="mu", beta_loss="kullback-leibler", max_iter=40), counts, rows=probe_counts)
save("nmf_mu", lazy("decomposition", "NMF", n_components=2, init="nndsvda", solver="mu", max_iter=40), counts, rows=probe_counts)
save("lda_topics", lazy("decomposition", "LatentDirichletAllocation", n_components=3, max_iter=5, random_state=0), counts, rows=probe_counts)
save("lda_topics_prior", lazy("decomposition", "LatentDirichletAllocation", n_components=2, max_iter=3, random_state=0, doc_topic_prior=0.2, max_doc_update_iter=7), counts, rows=probe_counts)
for algorithm in ["omp", "threshold", "lasso_lars", "lasso_cd", "lars"]:
    save(f"dict_{algorithm}", lazy("decomposition", "DictionaryLearning", n_components=5, max_iter=5, random_state=0, transform_algorithm=algorithm, transform_alpha=0.5, transform_n_nonzero_coefs=2), X)
save("dict_split", lazy("decomposition", "DictionaryLearning", n_components=3, max_iter=5, random_state=0, split_sign=True), X)

save("kmeans", lazy("cluster", "KMeans", n_clusters=3, n_init=2, random_state=0), X)
save("mbk", lazy("cluster", "MiniBatchKMeans", n_clusters=3, n_init=2, random_state=0), X)
save("bisect", lazy("cluster", "BisectingKMeans", n_clusters=5, random_state=0), X)
save("meanshift", lazy("cluster", "MeanShift", bandwidth=3.0), X)
save("affinity", lazy("cluster", "AffinityPropagation"), X)
save("birch", lazy("cluster", "Birch", n_clusters=3, threshold=1.0), X)
save("birch_none", lazy("cluster", "Birch", n_clusters=None, threshold=1.0), X)
for pool in ["mean", "median", "max", "min"]:
    save(f"agglo_{pool}", lazy("cluster", "FeatureAgglomeration", n_clusters=2, pooling_func=getattr(np, pool)), X)

for solver, shrinkage in [("svd", None), ("lsqr", "auto"), ("eigen", 0.2)]:
    for y_name, y in [("bin", binary), ("multi", classes)]:
        save(f"lda_{solver}_{y_name}", lazy("discriminant_analysis", "LinearDiscriminantAnalysis", solver=solver, shrinkage=shrinkage), X, y)
save("lda_one", lazy("discriminant_analysis", "LinearDiscriminantAnalysis", n_components=1), X, classes)
save("qda_bin", lazy("discriminant_analysis", "QuadraticDiscriminantAnalysis", reg_param=0.1), X, binary)
save("qda_multi", lazy("discriminant_analysis", "QuadraticDiscriminantAnalysis"), X, classes)

for base_name, base in [("logreg", LogisticRegression), ("ridge", Ridge), ("mlp", nn("MLPClassifier"))]:
    for y_name, y in [("multi", classes), ("bin", binary), ("labels", labels)]:
        save(f"ovr_{base_name}_{y_name}", lazy("multiclass", "OneVsRestClassifier", estimator=base()), X, y)
    for y_name, y in [("multi", classes), ("bin", binary)]:
        if base is not Ridge:
            save(f"ovo_{base_name}_{y_name}", lazy("multiclass", "OneVsOneClassifier", estimator=base()), X, y)
            save(f"occ_{base_name}_{y_name}", lazy("multiclass", "OutputCodeClassifier", estimator=base(), random_state=0, code_size=2), X, y)
constant = labels.copy()
constant[:, 1] = 1
save("ovr_constant", lazy("multiclass", "OneVsRestClassifier", estimator=LogisticRegression()), X, constant)

save("mo_clf", lazy("multioutput", "MultiOutputClassifier", estimator=LogisticRegression()), X, labels)
save("mo_reg", lazy("multioutput", "MultiOutputRegressor", estimator=Ridge()), X, targets)
save("chain_clf", lazy("multioutput", "ClassifierChain", base_estimator=LogisticRegression(), order=[2, 0, 1]) if sklearn.__version__ < "1.7" else lazy("multioutput", "ClassifierChain", estimator=LogisticRegression(), order=[2, 0, 1]), X, labels)
save("chain_proba", lazy("multioutput", "ClassifierChain", base_estimator=LogisticRegression(), order=[1, 2, 0], chain_method="predict_proba"), X, labels)
save("chain_reg", lazy("multioutput", "RegressorChain", base_estimator=LinearRegression(), order=[1, 0]), X, targets)

for kind in ["full", "tied", "diag", "spherical"]:
    save(f"gmm_{kind}", lazy("mixture", "GaussianMixture", n_components=3, covariance_type=kind, random_state=0), X)
    save(f"bgmm_{kind}", lazy("mixture", "BayesianGaussianMixture", n_components=3, covariance_type=kind, random_state=0, max_iter=20), X)
save("bgmm_dirichlet", lazy("mixture", "BayesianGaussianMixture", n_components=3, weight_concentration_prior_type="dirichlet_distribution", random_state=0, max_iter=20), X)

from sklearn.gaussian_process import kernels as K  # noqa: E402

KERNELS = {
    "rbf": K.RBF([1.0, 2.0, 1.0, 3.0]) + K.WhiteKernel(0.1),
    "matern05": K.Matern(2.0, nu=0.5),
    "matern15": 2.0 * K.Matern(2.0, nu=1.5),
    "matern25": K.Matern([1.0, 2.0, 3.0, 4.0], nu=2.5),
    "matern_inf": K.Matern(2.0, nu=np.inf) + K.WhiteKernel(0.01),
    "matern_general": K.Matern(2.0, nu=1.7),
    "matern_large": K.Matern(2.0, nu=4.2),
    "rq": K.RationalQuadratic(1.5, 0.7) + K.WhiteKernel(0.01),
    "periodic": K.ExpSineSquared(1.5, 3.0) * K.RBF(4.0) + K.WhiteKernel(0.1),
    "dot": K.DotProduct(0.5) ** 2 + K.ConstantKernel(0.5) + K.WhiteKernel(0.1),
    "pairwise": K.PairwiseKernel(gamma=0.05, metric="laplacian") + K.WhiteKernel(0.1),
}
for name, kernel in KERNELS.items():
    save(f"gpr_{name}", lazy("gaussian_process", "GaussianProcessRegressor", kernel=kernel, optimizer=None, alpha=1e-3), X, target, rtol=1e-8, methods=["predict"])
    save(f"gpc_{name}", lazy("gaussian_process", "GaussianProcessClassifier", kernel=kernel, optimizer=None), X, binary, rtol=1e-8)
save("gpr_multi", lazy("gaussian_process", "GaussianProcessRegressor", kernel=K.RBF(2.0), optimizer=None, alpha=0.1, normalize_y=True), X, targets, rtol=1e-8, methods=["predict"])
save("gpr_column", lazy("gaussian_process", "GaussianProcessRegressor", kernel=K.RBF(2.0), optimizer=None, alpha=0.1), X, target[:, None], rtol=1e-8, methods=["predict"])
for mode in ["one_vs_rest", "one_vs_one"]:
    save(f"gpc_multi_{mode}", lazy("gaussian_process", "GaussianProcessClassifier", kernel=K.RBF(2.0), optimizer=None, multi_class=mode), X, classes, rtol=1e-8)

Xp = np.abs(X)
for kernel in ["rbf", "poly", "sigmoid", "linear", "cosine", "laplacian"]:
    save(f"nystroem_{kernel}", lazy("kernel_approximation", "Nystroem", kernel=kernel, n_components=3, gamma=None if kernel in ("linear", "cosine") else 0.1, random_state=0), X, rtol=1e-8)
    save(f"kridge_{kernel}", lazy("kernel_ridge", "KernelRidge", kernel=kernel, gamma=0.05), X, target)
for kernel in ["chi2", "additive_chi2"]:
    save(f"kridge_{kernel}", lazy("kernel_ridge", "KernelRidge", kernel=kernel, gamma=0.05), Xp, target, rows=np.abs(probe))
    save(f"nystroem_{kernel}", lazy("kernel_approximation", "Nystroem", kernel=kernel, n_components=6, random_state=0), Xp, rows=np.abs(probe), rtol=1e-8)
save("kridge_multi", lazy("kernel_ridge", "KernelRidge", kernel="rbf"), X, targets)
save("rbfs", lazy("kernel_approximation", "RBFSampler", n_components=7, random_state=0), X)
for steps in [1, 2, 3]:
    save(f"achi2_{steps}", lazy("kernel_approximation", "AdditiveChi2Sampler", sample_steps=steps), Xp, rows=np.abs(probe))
save("achi2_interval", lazy("kernel_approximation", "AdditiveChi2Sampler", sample_steps=4, sample_interval=0.3), Xp, rows=np.abs(probe))
save("schi2", lazy("kernel_approximation", "SkewedChi2Sampler", n_components=5, skewedness=0.2, random_state=0), Xp, rows=np.abs(probe))
save("sketch", lazy("kernel_approximation", "PolynomialCountSketch", degree=3, n_components=8, coef0=1, gamma=0.5, random_state=0), X)

save("grp", lazy("random_projection", "GaussianRandomProjection", n_components=3, random_state=0), X)
save("srp", lazy("random_projection", "SparseRandomProjection", n_components=3, random_state=0), X)
save("ee", lazy("covariance", "EllipticEnvelope", random_state=0), X)

for name in ["PLSRegression", "PLSCanonical", "CCA", "PLSSVD"]:
    save(f"{name.lower()}", lazy("cross_decomposition", name, n_components=2), X, targets)
    save(f"{name.lower()}_unscaled", lazy("cross_decomposition", name, n_components=1, scale=False), X, targets)
save("pls_one", lazy("cross_decomposition", "PLSRegression", n_components=2), X, target)
save("pls_column", lazy("cross_decomposition", "PLSRegression", n_components=2), X, target[:, None])

partly = np.where(np.arange(n) % 3 == 0, -1, binary + (X[:, 3] > 6))
for name in ["LabelPropagation", "LabelSpreading"]:
    save(f"{name.lower()}_rbf", lazy("semi_supervised", name, gamma=0.3), X, partly)
    save(f"{name.lower()}_knn", lazy("semi_supervised", name, kernel="knn", n_neighbors=4), X, partly)
if sklearn.__version__ < "1.6":
    save("selftraining", lazy("semi_supervised", "SelfTrainingClassifier", base_estimator=LogisticRegression()), X, partly)
else:
    save("selftraining", lazy("semi_supervised", "SelfTrainingClassifier", estimator=LogisticRegression()), X, partly)
print(sklearn.__version__, "left out:", failed)

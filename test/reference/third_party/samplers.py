"""imbalanced-learn: pipelines with samplers, and ensembles that balance their training samples."""

from imblearn import FunctionSampler, combine, ensemble, over_sampling, under_sampling
from imblearn.pipeline import Pipeline, make_pipeline
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from cases import Case
from data import classes, frame, plain

CASES = []


def add(name, make, data, **options):
    CASES.append(Case(f"imb-{name}", make, data, **options))


SAMPLERS = {
    "smote": lambda: over_sampling.SMOTE(random_state=0),
    "random-over": lambda: over_sampling.RandomOverSampler(random_state=0),
    "adasyn": lambda: over_sampling.ADASYN(random_state=0, n_neighbors=3),
    "borderline": lambda: over_sampling.BorderlineSMOTE(random_state=0),
    "svm": lambda: over_sampling.SVMSMOTE(random_state=0),
    "random-under": lambda: under_sampling.RandomUnderSampler(random_state=0),
    "near-miss": lambda: under_sampling.NearMiss(),
    "tomek": lambda: under_sampling.TomekLinks(),
    "centroids": lambda: under_sampling.ClusterCentroids(random_state=0),
    "smote-enn": lambda: combine.SMOTEENN(random_state=0),
    "smote-tomek": lambda: combine.SMOTETomek(random_state=0),
    "function": lambda: FunctionSampler(),
}
for name, make in SAMPLERS.items():
    add(f"pipeline-{name}", lambda m=make: make_pipeline(StandardScaler(), m(), LogisticRegression()), lambda rng: classes(rng, "str", n=2), rtol=1e-11, why="products of six columns")
    add(f"pipeline-tree-{name}", lambda m=make: Pipeline([("sample", m()), ("model", RandomForestClassifier(8, random_state=0))]), lambda rng: classes(rng, "negative", n=3))
add("pipeline-transform", lambda: make_pipeline(StandardScaler(), over_sampling.RandomOverSampler(random_state=0), PCA(2)), lambda rng: classes(rng), rtol=1e-10, why="products of columns of very different size")
add("pipeline-passthrough", lambda: Pipeline([("none", "passthrough"), ("sample", over_sampling.SMOTE(random_state=0)), ("model", DecisionTreeClassifier(random_state=0))]), lambda rng: classes(rng, "bool"))
add("pipeline-nested", lambda: make_pipeline(over_sampling.RandomOverSampler(random_state=0), make_pipeline(StandardScaler(), LogisticRegression())), lambda rng: classes(rng), rtol=1e-11, why="products of six columns")
add("pipeline-sampler-last", lambda: make_pipeline(StandardScaler(), over_sampling.RandomOverSampler(random_state=0)), lambda rng: classes(rng))
for n in (2, 3):
    for kind in ("str", "int"):
        add(f"balanced-forest-{n}-{kind}", lambda: ensemble.BalancedRandomForestClassifier(12, random_state=0), lambda rng, n=n, k=kind: classes(rng, k, n=n))
        add(f"balanced-bagging-{n}-{kind}", lambda: ensemble.BalancedBaggingClassifier(n_estimators=6, random_state=0), lambda rng, n=n, k=kind: classes(rng, k, n=n))
        add(f"easy-ensemble-{n}-{kind}", lambda: ensemble.EasyEnsembleClassifier(n_estimators=4, random_state=0), lambda rng, n=n, k=kind: classes(rng, k, n=n), rtol=1e-11, why="logarithms of products")
        add(f"rus-boost-{n}-{kind}", lambda: ensemble.RUSBoostClassifier(n_estimators=8, random_state=0), lambda rng, n=n, k=kind: classes(rng, k, n=n), rtol=1e-11, why="logarithms of products")
add("balanced-bagging-features", lambda: ensemble.BalancedBaggingClassifier(LogisticRegression(), n_estimators=5, max_features=0.6, random_state=0), lambda rng: classes(rng), rtol=1e-11, why="products of six columns")
add("balanced-bagging-sampler", lambda: ensemble.BalancedBaggingClassifier(n_estimators=4, sampler=over_sampling.SMOTE(random_state=0), random_state=0), lambda rng: classes(rng, "str"))

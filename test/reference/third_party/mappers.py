"""sklearn_pandas.DataFrameMapper; it needs a scikit-learn before 1.6."""

from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelBinarizer, LabelEncoder, MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

from cases import Case
from third_party.frames import mixed

CASES = []


def add(name, make, data=None, **options):
    CASES.append(Case(f"map-{name}", make, data or (lambda rng: mixed(rng, missing=False, ask_missing=False)), **options))


def mapper(features, **options):
    from sklearn_pandas import DataFrameMapper

    return DataFrameMapper(features, **options)


add("scalers", lambda: mapper([(["score", "amount"], StandardScaler()), (["grade"], MinMaxScaler())]))
add("labels", lambda: mapper([("shop", LabelBinarizer()), ("größe", LabelEncoder()), (["score"], None)]), lambda rng: mixed(rng, missing=False, ask_missing=False, unknown=False))
add("unknown-label", lambda: mapper([("shop", LabelEncoder()), (["score"], None)]), lambda rng: mixed(rng, missing=False, ask_missing=False))
add("one-hot", lambda: mapper([(["city", "shop"], OneHotEncoder(handle_unknown="ignore")), (["score"], StandardScaler())]))
add("one-hot-sparse", lambda: mapper([(["city", "shop"], OneHotEncoder(handle_unknown="ignore")), (["score"], StandardScaler())], sparse=True))
add("chain", lambda: mapper([(["score", "amount", "grade"], [SimpleImputer(), StandardScaler(), PCA(2)]), (["city"], [SimpleImputer(strategy="constant", fill_value="?"), OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)])]), lambda rng: mixed(rng, none=False), rtol=1e-11, why="products of three columns")
add("text", lambda: mapper([("city", CountVectorizer()), ("shop", TfidfVectorizer(analyzer="char"))]))
add("options", lambda: mapper([(["score"], StandardScaler(), {"alias": "points"}), ("grade", None, {"input_df": True})], df_out=True))
add("passed", lambda: mapper([("city", None), (["score", "grade"], None)]))
add("input-frame", lambda: mapper([(["score", "amount"], StandardScaler()), (["shop"], OneHotEncoder(handle_unknown="ignore"))], input_df=True))
add("default-none", lambda: mapper([(["score"], StandardScaler())], default=None))
add("default-drop", lambda: mapper([(["score"], StandardScaler())], default=False, drop_cols=["city"]))
add("pipeline", lambda: make_pipeline(mapper([(["score", "amount"], StandardScaler()), (["city", "shop"], OneHotEncoder(handle_unknown="ignore"))]), LogisticRegression()), rtol=1e-11, why="sums of many columns")
add("forest", lambda: make_pipeline(mapper([(["score", "amount", "grade"], None), ("shop", LabelBinarizer())]), RandomForestClassifier(8, random_state=0)), lambda rng: mixed(rng, missing=False, ask_missing=False, unknown=False))

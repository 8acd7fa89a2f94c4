"""Texts: vectorisers with their settings, and the usual pipelines of short texts."""

from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.svm import LinearSVC

from cases import Case
from data import counts, texts

CASES = []


def add(name, make, data=texts, **options):
    CASES.append(Case(f"text-{name}", make, data, **{"skip": ("inverse_transform",), **options}))


SETTINGS = {
    "plain": {}, "bigrams": {"ngram_range": (1, 3)}, "char": {"analyzer": "char", "ngram_range": (1, 3)}, "char-wb": {"analyzer": "char_wb", "ngram_range": (2, 4)},
    "cased": {"lowercase": False}, "ascii": {"strip_accents": "ascii"}, "unicode": {"strip_accents": "unicode"}, "stop": {"stop_words": "english"}, "stop-list": {"stop_words": ["good", "the"]},
    "pattern": {"token_pattern": r"(?u)\b\w+\b"}, "pattern-group": {"token_pattern": r"(\w)\w*"}, "pattern-space": {"token_pattern": r"\S+"}, "limits": {"min_df": 2, "max_df": 0.8, "max_features": 12},
    "binary": {"binary": True}, "vocabulary": {"vocabulary": ["good", "bad", "東京"]},
}
for name, options in SETTINGS.items():
    add(f"count-{name}", lambda o=options: CountVectorizer(**o))
    add(f"tfidf-{name}", lambda o=options: TfidfVectorizer(**o))
for name, options in {"l1": {"norm": "l1"}, "none": {"norm": None}, "sublinear": {"sublinear_tf": True}, "raw-idf": {"smooth_idf": False}, "tf": {"use_idf": False}}.items():
    add(f"tfidf-{name}", lambda o=options: TfidfVectorizer(**o))
    add(f"tfidf-transformer-{name}", lambda o=options: make_pipeline(CountVectorizer(), TfidfTransformer(**o)))
for name, options in {"plain": {}, "l1": {"norm": "l1"}, "unsigned": {"alternate_sign": False, "norm": None}, "char": {"analyzer": "char", "ngram_range": (2, 3)}, "binary": {"binary": True}}.items():
    add(f"hashing-{name}", lambda o=options: HashingVectorizer(n_features=64, **o))
for n in (2, 3):
    add(f"tfidf-logistic-{n}", lambda: make_pipeline(TfidfVectorizer(), LogisticRegression()), lambda rng, n=n: texts(rng, n))
    add(f"tfidf-svc-{n}", lambda: make_pipeline(TfidfVectorizer(sublinear_tf=True), LinearSVC(dual=True)), lambda rng, n=n: texts(rng, n, "int"))
    add(f"count-bayes-{n}", lambda: make_pipeline(CountVectorizer(), MultinomialNB()), lambda rng, n=n: texts(rng, n))
    add(f"count-complement-{n}", lambda: make_pipeline(CountVectorizer(), ComplementNB()), lambda rng, n=n: texts(rng, n))
add("union-sgd", lambda: make_pipeline(FeatureUnion([("w", TfidfVectorizer()), ("c", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3)))]), SGDClassifier(loss="log_loss", random_state=0)))
add("tfidf-counts", lambda: TfidfTransformer(), lambda rng: counts(rng))

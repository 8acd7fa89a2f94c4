"""Preprocessing layers: python preprocessing_cases.py OUTPUT_FOLDER [FILTER]"""

import sys

import numpy as np

from fixture_writer import KERAS3, generator, keras, save, tf

L = keras.layers
OUT = sys.argv[1]
FILTER = sys.argv[2] if len(sys.argv) > 2 else ""
WORDS = ["red", "green", "blue", "", "RED", "köln", "日本語", "a longer text of more than thirty-two bytes", "x" * 70, "[UNK]", "\U0001f600", "y" * 9, "yes", "12345678901234567", "z" * 200, "no"]
TEXTS = ["The dog, the CAT!", "", "  a\tb\u00a0c\n d  ", "ÄÖÜ straße É", "don't stop-it now_please", "the the the dog", "\U0001f600 emoji \u200b zero", "[UNK] unk", "a.b,c;d:e/f\\g", "İstanbul ŞIK", "one two three four five six seven eight", "日本語 テキスト。"]


def case(name, values, build, dtype="float32", shape=None, formats=("keras",)):
    if FILTER not in name:
        return
    keras.backend.clear_session()
    try:
        values = np.asarray(values)
        x = keras.Input(values.shape[1:] if shape is None else shape, dtype=dtype, name="x")
        result = build(x)
        model = keras.Model(x, result)
        given = values if dtype == "string" else values.astype(dtype)
        save(OUT, name, model, [given.astype(object) if dtype == "string" else given], formats=formats)
    except Exception as error:
        print(f"{name}: not built: {type(error).__name__}: {str(error).strip().splitlines()[0][:200]}")


rng = generator("preprocessing")
table = rng.normal(3, 5, (8, 4)).astype("float32")
cube = rng.normal(3, 5, (6, 3, 4)).astype("float32")
both = ("h5", "keras")


def adapted(layer, data):
    layer.adapt(data)
    return layer


hard = table.copy()
hard[0, 1] = np.nan
hard[1, 2] = np.inf
case("normalization", hard, lambda x: adapted(L.Normalization(), table)(x), formats=both)
case("normalization_invert", table, lambda x: adapted(L.Normalization(invert=True), table)(x), formats=both)
case("normalization_none", table, lambda x: adapted(L.Normalization(axis=None), table)(x), formats=both)
case("normalization_given", table, lambda x: L.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 0.0, 2.0, 9.0])(x), formats=both)
case("normalization_given_one", table, lambda x: L.Normalization(axis=None, mean=1.5, variance=2.0)(x), formats=both)
case("normalization_cube", cube, lambda x: adapted(L.Normalization(), cube)(x), formats=both)
case("normalization_cube_1", cube, lambda x: adapted(L.Normalization(axis=1), cube)(x), formats=both)
case("normalization_cube_12", cube, lambda x: adapted(L.Normalization(axis=(1, 2)), cube)(x), formats=both)
case("normalization_constant", table, lambda x: adapted(L.Normalization(), np.ones((5, 4), "float32"))(x), formats=both)
case("normalization_int", np.arange(8).reshape(4, 2), lambda x: adapted(L.Normalization(), np.arange(8.0).reshape(4, 2))(x), dtype="int32", formats=both)

bins = [-1.0, 0.0, 0.1, 2.0]
edges = np.array([[-1.0, 0.1], [0.0, 2.0], [np.nan, np.inf], [-np.inf, 0.0999999]], "float32")
for mode in ("int", "one_hot", "multi_hot", "count"):
    case(f"discretization_{mode}", edges, lambda x: L.Discretization(bins, output_mode=mode)(x), formats=both)
    case(f"discretization_{mode}_one", edges[:, :1], lambda x: L.Discretization(bins, output_mode=mode)(x), formats=both)
case("discretization_adapted", table, lambda x: adapted(L.Discretization(num_bins=5), table)(x))
case("discretization_ints", [[-5, 0], [1, 2], [3, 4]], lambda x: L.Discretization([0, 2, 3])(x), dtype="int32")
case("discretization_embedding", edges, lambda x: L.Embedding(5, 3)(L.Discretization(bins)(x)), formats=both)

codes = [[0, 3, 3], [1, 1, 1], [4, 0, 2]]
for mode in ("one_hot", "multi_hot", "count"):
    for dtype in ("int32", "int64", "float32"):
        case(f"category_{mode}_{dtype}", codes, lambda x: L.CategoryEncoding(5, output_mode=mode)(x), dtype=dtype, formats=both)
        case(f"category_{mode}_{dtype}_one", [[0], [4], [2]], lambda x: L.CategoryEncoding(5, output_mode=mode)(x), dtype=dtype, formats=both)
    case(f"category_{mode}_beyond", [[0, 7], [4, 5]], lambda x: L.CategoryEncoding(5, output_mode=mode)(x), dtype="int64")

words = np.array(WORDS).reshape(8, 2)
column = np.array(WORDS).reshape(-1, 1)
VOCABULARY = ["red", "green", "blue", "köln"]
for mode in ("int", "one_hot", "multi_hot", "count", "tf_idf"):
    idf = {"idf_weights": [0.5, 1.25, 2.0, 0.1]} if mode == "tf_idf" else {}
    for name, options in {
        "plain": {},
        "mask": {"mask_token": ""},
        "oov3": {"num_oov_indices": 3},
        "oov3_mask": {"num_oov_indices": 3, "mask_token": ""},
        "salt": {"num_oov_indices": 5, "salt": [133, 137]} if KERAS3 else {"num_oov_indices": 4},
        "pad": {"max_tokens": 9, "pad_to_max_tokens": mode != "int"},
    }.items():
        case(f"string_{mode}_{name}", words, lambda x: L.StringLookup(vocabulary=VOCABULARY, output_mode=mode, **options, **idf)(x), dtype="string")
        case(f"string_{mode}_{name}_one", column, lambda x: L.StringLookup(vocabulary=VOCABULARY, output_mode=mode, **options, **idf)(x), dtype="string")
    case(f"string_{mode}_adapted", column, lambda x: adapted(L.StringLookup(output_mode=mode), words)(x), dtype="string")
case("string_oov0", [["red"], ["blue"]], lambda x: L.StringLookup(vocabulary=VOCABULARY, num_oov_indices=0)(x), dtype="string")
case("string_special", column, lambda x: L.StringLookup(vocabulary=["[UNK]", "red", "blue"])(x), dtype="string")
case("string_invert", [[0], [1], [2], [7]], lambda x: L.StringLookup(vocabulary=VOCABULARY, invert=True)(x), dtype="int64")
case("string_embedding", column, lambda x: L.Embedding(9, 3)(L.StringLookup(vocabulary=VOCABULARY)(x)), dtype="string")
case("string_flat", WORDS, lambda x: L.Embedding(9, 3)(L.StringLookup(vocabulary=VOCABULARY)(x)), dtype="string", shape=())

numbers = [[10, -5], [20, 30], [0, 7], [10, 10], [123456789012, -1]]
for mode in ("int", "one_hot", "multi_hot", "count"):
    for name, options in {"plain": {}, "mask": {"mask_token": 0}, "oov3": {"num_oov_indices": 3}, "oov2_mask": {"num_oov_indices": 2, "mask_token": 0}}.items():
        case(f"integer_{mode}_{name}", numbers, lambda x: L.IntegerLookup(vocabulary=[10, 20, 30], output_mode=mode, **options)(x), dtype="int64")
        case(f"integer_{mode}_{name}_one", [[10], [-5], [0], [30]], lambda x: L.IntegerLookup(vocabulary=[10, 20, 30], output_mode=mode, **options)(x), dtype="int64")
    case(f"integer_{mode}_adapted", [[10], [-5], [0], [30]], lambda x: adapted(L.IntegerLookup(output_mode=mode), np.array(numbers))(x), dtype="int64")
case("integer_int32", [[10], [5]], lambda x: L.IntegerLookup(vocabulary=[10, 20, 30])(x), dtype="int32")
case("integer_farm", numbers, lambda x: L.IntegerLookup(vocabulary=[10, 20, 30], num_oov_indices=4, oov_method="farmhash")(x), dtype="int64") if KERAS3 else None

for name, options in {"plain": {}, "salt": {"salt": 42}, "salts": {"salt": [133, 137]}, "mask": {"mask_value": ""}, "one_hot": {"output_mode": "one_hot"}}.items():
    case(f"hashing_{name}", column, lambda x: L.Hashing(1000003 if "one" not in name else 7, **options)(x), dtype="string")
case("hashing_multi", words, lambda x: L.Hashing(11, output_mode="multi_hot")(x), dtype="string")
case("hashing_count", words, lambda x: L.Hashing(3, output_mode="count")(x), dtype="string")
case("hashing_int", numbers, lambda x: L.Hashing(1009)(x), dtype="int64")
case("hashing_int_mask", numbers, lambda x: L.Hashing(1009, mask_value=10, salt=[1, 2])(x), dtype="int64")
case("hashing_one_bin", column, lambda x: L.Hashing(1, mask_value="red")(x), dtype="string")
long = np.array(["a" * n + str(n) for n in range(0, 300, 3)]).reshape(-1, 1)
case("hashing_lengths", long, lambda x: L.Hashing(2**31 - 1)(x), dtype="string")
case("hashing_lengths_strong", long, lambda x: L.Hashing(2**31 - 1, salt=[7, 2**40])(x), dtype="string")

texts = np.array(TEXTS).reshape(-1, 1)
CORPUS = np.array(TEXTS + ["the dog and the cat", "dont stop it nowplease", "straße é a b c"])
for mode in ("int", "multi_hot", "count", "tf_idf"):
    for standardize in ("lower_and_strip_punctuation", "lower", "strip_punctuation", None):
        for split in ("whitespace", "character", None):
            case(f"text_{mode}_{standardize}_{split}", texts, lambda x: adapted(L.TextVectorization(standardize=standardize, split=split, output_mode=mode), CORPUS)(x), dtype="string")
    case(f"text_{mode}_ngrams", texts, lambda x: adapted(L.TextVectorization(ngrams=2, output_mode=mode), CORPUS)(x), dtype="string")
    case(f"text_{mode}_ngrams_only", texts, lambda x: adapted(L.TextVectorization(ngrams=(2, 3), output_mode=mode), CORPUS)(x), dtype="string")
    case(f"text_{mode}_max", texts, lambda x: adapted(L.TextVectorization(max_tokens=6, output_mode=mode), CORPUS)(x), dtype="string")
    if mode != "int":
        case(f"text_{mode}_pad", texts, lambda x: adapted(L.TextVectorization(max_tokens=60, pad_to_max_tokens=True, output_mode=mode), CORPUS)(x), dtype="string")
case("text_length", texts, lambda x: adapted(L.TextVectorization(output_sequence_length=3), CORPUS)(x), dtype="string")
case("text_length_long", texts, lambda x: adapted(L.TextVectorization(output_sequence_length=12), CORPUS)(x), dtype="string")
case("text_given", texts, lambda x: L.TextVectorization(vocabulary=["the", "dog", "cat"])(x), dtype="string")
case("text_given_special", texts, lambda x: L.TextVectorization(vocabulary=["", "[UNK]", "the", "dog", "cat"])(x), dtype="string")
case("text_given_idf", texts, lambda x: L.TextVectorization(vocabulary=["the", "dog", "cat"], idf_weights=[0.2, 0.5, 0.7], output_mode="tf_idf")(x), dtype="string")
case("text_flat", TEXTS, lambda x: adapted(L.TextVectorization(), CORPUS)(x), dtype="string", shape=())
case("text_model", texts, lambda x: L.Dense(2)(L.Bidirectional(L.LSTM(3))(L.Embedding(60, 4, mask_zero=True)(adapted(L.TextVectorization(), CORPUS)(x)))), dtype="string")
case("text_model_length", texts, lambda x: L.Dense(2)(L.Flatten()(L.Embedding(60, 4)(adapted(L.TextVectorization(output_sequence_length=5), CORPUS)(x)))), dtype="string")
case("text_nested", texts, lambda x: L.Dense(2)(keras.Sequential([keras.Input((1,), dtype="string"), adapted(L.TextVectorization(output_mode="multi_hot"), CORPUS)])(x)), dtype="string")
# A vocabulary with a line end or an empty word in it is not read back by Keras.
PLAIN = [text for text in TEXTS if "\n" not in text and text != ""]
for mode in ("int", "multi_hot", "count", "tf_idf"):
    for standardize in ("lower_and_strip_punctuation", "lower", "strip_punctuation", None):
        for split in ("character", None):
            case(f"text_plain_{mode}_{standardize}_{split}", np.array(PLAIN).reshape(-1, 1), lambda x: adapted(L.TextVectorization(standardize=standardize, split=split, output_mode=mode), np.array(PLAIN))(x), dtype="string")

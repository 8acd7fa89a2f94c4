"""Recurrent layers: python recurrent_cases.py OUTPUT_FOLDER [FILTER]"""

import sys

import numpy as np

from fixture_writer import KERAS3, generator, keras, randomize, save

L = keras.layers
OUT = sys.argv[1]
FILTER = sys.argv[2] if len(sys.argv) > 2 else ""

MASKS = {
    "right": [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]],
    "left": [[0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1], [0, 1, 1, 1, 1, 1]],
    "gap": [[1, 0, 0, 1, 0, 1], [0, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0]],
}


def case(name, build, extra=(), steps=6, features=3, mask=None, scale=1.0, edit=None):
    """`build(x, *extra inputs)` gives the outputs; a mask comes from a Masking layer."""
    if FILTER not in name:
        return
    keras.backend.clear_session()
    rng = generator(name)
    try:
        inputs = [keras.Input((steps, features), name="x")]
        inputs += [keras.Input(shape, name=f"e{i}") for i, shape in enumerate(extra)]
        x = inputs[0]
        if mask is not None:
            x = L.Masking(0.0)(x)
        model = keras.Model(inputs, build(x, *inputs[1:]))
        randomize(model, rng, scale)
        t = steps or 6
        value = rng.normal(0, 1, (4, t, features)).astype("float32")
        if mask is not None:
            value *= np.array(MASKS[mask], "float32")[:, :t, None]
        if edit is not None:
            edit(value)
        values = [value] + [rng.normal(0, 1, (4, *shape)).astype("float32") for shape in extra]
        save(OUT, name, model, values)
    except Exception as error:
        print(f"{name}: not built: {type(error).__name__}: {str(error).strip().splitlines()[0][:160]}")


LAYERS = {
    "simple": lambda **k: L.SimpleRNN(4, **k),
    "lstm": lambda **k: L.LSTM(4, **k),
    "gru": lambda **k: L.GRU(4, **k),
    "gru_before": lambda **k: L.GRU(4, reset_after=False, **k),
}
STATES = {"simple": 1, "lstm": 2, "gru": 1, "gru_before": 1}

for key, make in LAYERS.items():
    case(f"{key}_last", lambda x: make()(x))
    case(f"{key}_all", lambda x: make(return_sequences=True)(x))
    case(f"{key}_states", lambda x: make(return_sequences=True, return_state=True)(x))
    case(f"{key}_back", lambda x: make(go_backwards=True)(x))
    case(f"{key}_back_all", lambda x: make(go_backwards=True, return_sequences=True, return_state=True)(x))
    case(f"{key}_no_bias", lambda x: make(use_bias=False, return_sequences=True)(x))
    case(f"{key}_unroll", lambda x: make(unroll=True, return_sequences=True)(x))
    case(f"{key}_any_length", lambda x: make(return_sequences=True)(x), steps=None)
    case(f"{key}_dropout", lambda x: make(dropout=0.3, recurrent_dropout=0.2)(x))
    for activation in ("relu", "linear", "hard_sigmoid", "elu", "softsign", "selu", "gelu", "softmax", "swish", "softplus", None):
        case(f"{key}_{activation}", lambda x: make(activation=activation, return_sequences=True)(x), scale=0.3)
    # Small weights: an exponential of an exponential soon leaves float32.
    case(f"{key}_exponential", lambda x: make(activation="exponential", return_sequences=True)(x), scale=0.1)
    if key != "simple":
        for activation in ("hard_sigmoid", "relu", "linear", "softsign", "softmax", "tanh"):
            case(f"{key}_gate_{activation}", lambda x: make(recurrent_activation=activation, return_sequences=True)(x), scale=0.3)
    states = [(4,)] * STATES[key]
    case(f"{key}_initial", lambda x, *s: make(return_state=True)(x, initial_state=list(s)), extra=states)
    case(f"{key}_initial_back", lambda x, *s: make(return_sequences=True, go_backwards=True)(x, initial_state=list(s)), extra=states)
    case(f"{key}_selu_initial", lambda x, *s: make(activation="selu", return_sequences=True, return_state=True)(x, initial_state=list(s)), extra=states, scale=0.3)
    for mask in MASKS:
        case(f"{key}_mask_{mask}", lambda x: make(return_state=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_all", lambda x: make(return_sequences=True, return_state=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_back", lambda x: make(return_sequences=True, go_backwards=True, return_state=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_back_last", lambda x: make(go_backwards=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_zero", lambda x: make(return_sequences=True, zero_output_for_mask=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_zero_last", lambda x: make(zero_output_for_mask=True, return_state=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_zero_back", lambda x: make(return_sequences=True, zero_output_for_mask=True, go_backwards=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_zero_back_last", lambda x: make(zero_output_for_mask=True, go_backwards=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_unroll", lambda x: make(return_sequences=True, unroll=True, return_state=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_unroll_zero_back", lambda x: make(return_sequences=True, unroll=True, zero_output_for_mask=True, go_backwards=True)(x), mask=mask)
        case(f"{key}_mask_{mask}_selu", lambda x: make(return_sequences=True, activation="selu", return_state=True)(x), mask=mask, scale=0.3)
        case(f"{key}_mask_{mask}_selu_back_zero", lambda x: make(return_sequences=True, activation="selu", go_backwards=True, zero_output_for_mask=True)(x), mask=mask, scale=0.3)
        case(f"{key}_mask_{mask}_selu_back", lambda x: make(activation="selu", go_backwards=True)(x), mask=mask, scale=0.3)
        case(f"{key}_mask_{mask}_initial", lambda x, *s: make(return_sequences=True, return_state=True)(x, initial_state=list(s)), extra=states, mask=mask)
        case(f"{key}_mask_{mask}_two", lambda x: make()(make(return_sequences=True)(x)), mask=mask)
        case(f"{key}_mask_{mask}_any_length", lambda x: make()(make(return_sequences=True)(x)), mask=mask, steps=None)
        case(f"{key}_bi_mask_{mask}", lambda x: L.Bidirectional(make(return_sequences=True, return_state=True))(x), mask=mask)
        case(f"{key}_bi_mask_{mask}_last", lambda x: L.Bidirectional(make())(x), mask=mask)
        case(f"{key}_bi_mask_{mask}_unroll", lambda x: L.Bidirectional(make(return_sequences=True, unroll=True))(x), mask=mask)
        case(f"{key}_bi_mask_{mask}_two", lambda x: make()(L.Bidirectional(make(return_sequences=True))(x)), mask=mask)
        case(f"{key}_bi_mask_{mask}_initial", lambda x, *s: L.Bidirectional(make(return_sequences=True))(x, initial_state=list(s)), extra=states * 2, mask=mask)
    for mode in ("concat", "sum", "ave", "mul", None):
        case(f"{key}_bi_{mode}", lambda x: L.Bidirectional(make(return_sequences=True), merge_mode=mode)(x))
        case(f"{key}_bi_{mode}_last", lambda x: L.Bidirectional(make(return_state=True), merge_mode=mode)(x))
    case(f"{key}_bi_other", lambda x: L.Bidirectional(make(return_sequences=True), backward_layer=L.SimpleRNN(5, return_sequences=True, go_backwards=True, activation="relu", name="other"))(x))
    case(f"{key}_bi_initial", lambda x, *s: L.Bidirectional(make(return_state=True))(x, initial_state=list(s)), extra=states * 2)
    case(f"{key}_bi_stack", lambda x: L.Bidirectional(make())(L.Bidirectional(make(return_sequences=True))(x)))
    case(f"{key}_time", lambda x: L.TimeDistributed(make())(L.Reshape((2, 3, 3))(x)))

    def hard(value):
        value[0, 2, 1] = np.nan
        value[1, 3, 0] = np.inf
        value[2, 0, 2] = -np.inf
        value[3] *= 1e4

    case(f"{key}_hard", lambda x: make(return_sequences=True, return_state=True)(x), edit=hard)
    case(f"{key}_long", lambda x: make(return_sequences=True)(x), steps=200)


def shared(x):
    layer = L.LSTM(4)
    return L.Concatenate()([layer(x), layer(L.Lambda(lambda v: v)(x) if False else L.Activation("tanh")(x))])


case("shared_lstm", shared)
case("encoder_decoder", lambda x, y: L.LSTM(4, return_sequences=True)(y, initial_state=L.LSTM(4, return_state=True)(x)[1:]), extra=[(5, 2)])
case("rnn_simple_cell", lambda x: L.RNN(L.SimpleRNNCell(4), return_sequences=True)(x))
case("rnn_lstm_cell", lambda x: L.RNN(L.LSTMCell(4), return_sequences=True, return_state=True)(x))
case("rnn_gru_cell", lambda x: L.RNN(L.GRUCell(4, reset_after=False), go_backwards=True)(x))
for mask in (None, *MASKS):
    case(f"rnn_stacked_{mask}", lambda x: L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.GRUCell(5), L.LSTMCell(4)]), return_sequences=True)(x), mask=mask)
    case(f"rnn_list_{mask}", lambda x: L.RNN([L.SimpleRNNCell(3), L.LSTMCell(5)])(x), mask=mask)
    case(f"rnn_one_{mask}", lambda x: L.RNN([L.LSTMCell(5)], return_sequences=True)(x), mask=mask)
    case(f"bi_stacked_{mask}", lambda x: L.Bidirectional(L.RNN([L.LSTMCell(3), L.GRUCell(5)], return_sequences=True))(x), mask=mask)
    case(f"bi_rnn_{mask}", lambda x: L.Bidirectional(L.RNN(L.GRUCell(5), return_sequences=True), merge_mode="sum")(x), mask=mask)
case("rnn_stacked_states", lambda x: L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.LSTMCell(4)]), return_state=True)(x))

case("time_dense", lambda x: L.TimeDistributed(L.Dense(5, activation="relu"))(x))
case("time_dense_mask", lambda x: L.LSTM(3)(L.TimeDistributed(L.Dense(5, activation="relu"))(x)), mask="gap")
case("time_norm", lambda x: L.TimeDistributed(L.BatchNormalization())(x))
case("time_any", lambda x: L.TimeDistributed(L.Dense(5))(x), steps=None)
case("time_time", lambda x: L.TimeDistributed(L.TimeDistributed(L.Dense(4)))(L.Reshape((2, 3, 3))(x)))
case("time_bi", lambda x: L.TimeDistributed(L.Bidirectional(L.GRU(4)))(L.Reshape((2, 3, 3))(x)))


def conv_model(x):
    inner = keras.Sequential([keras.Input((4, 4, 2)), L.Conv2D(3, 3, padding="same"), L.MaxPooling2D(), L.Flatten(), L.Dense(4)])
    return L.LSTM(3)(L.TimeDistributed(inner)(L.Reshape((3, 4, 4, 2))(x)))


case("time_conv_model", conv_model, steps=8, features=12)
case("time_conv", lambda x: L.TimeDistributed(L.Conv2D(3, 2))(L.Reshape((3, 4, 4, 2))(x)), steps=8, features=12)
case("time_pool", lambda x: L.TimeDistributed(L.GlobalAveragePooling2D())(L.Reshape((3, 4, 4, 2))(x)), steps=8, features=12)

for rank, shape in ((1, (3, 8, 2)), (2, (3, 4, 4, 1)), (3, (3, 2, 2, 2, 2))):
    make = {1: L.ConvLSTM1D, 2: L.ConvLSTM2D, 3: L.ConvLSTM3D}[rank]
    for name, options in {
        "last": {"padding": "same"},
        "all": {"padding": "same", "return_sequences": True},
        "valid": {"padding": "valid", "return_sequences": True, "return_state": True},
        "strides": {"padding": "same", "strides": 2, "return_sequences": True},
        "dilated": {"padding": "same", "dilation_rate": 2},
        "back": {"padding": "same", "go_backwards": True, "return_sequences": True},
        "no_bias": {"padding": "same", "use_bias": False, "activation": "relu", "recurrent_activation": "hard_sigmoid"},
        "drop": {"padding": "same", "dropout": 0.2, "recurrent_dropout": 0.2},
    }.items():
        case(f"conv_lstm{rank}_{name}", lambda x: make(3, 2, **options)(L.Reshape(shape)(x)), steps=6, features=8)
    case(f"conv_lstm{rank}_bi", lambda x: L.Bidirectional(make(3, 2, padding="same", return_sequences=True))(L.Reshape(shape)(x)), steps=6, features=8)
    case(f"conv_lstm{rank}_first", lambda x: make(3, 2, padding="same", data_format="channels_first", return_sequences=True)(L.Reshape((shape[0], shape[-1], *shape[1:-1]))(x)), steps=6, features=8)


def words(name, build, length=5, high=6, dtype="int32", gap=True):
    if FILTER not in name:
        return
    keras.backend.clear_session()
    rng = generator(name)
    try:
        x = keras.Input((length,) if isinstance(length, (int, type(None))) else length, dtype=dtype, name="words")
        model = keras.Model(x, build(x))
        randomize(model, rng)
        shape = (length or 5,) if isinstance(length, (int, type(None))) else length
        value = rng.integers(0, high, (4, *shape)).astype(dtype)
        value[1] = 0
        save(OUT, name, model, [value])
    except Exception as error:
        print(f"{name}: not built: {type(error).__name__}: {str(error).strip().splitlines()[0][:160]}")


def embedding(x, **options):
    return L.Embedding(6, 3, mask_zero=True, **options)(x)


words("embed_lstm", lambda x: L.LSTM(4)(embedding(x)))
words("embed_any", lambda x: L.Bidirectional(L.GRU(4))(embedding(x)), length=None)
words("embed_float", lambda x: L.LSTM(4)(embedding(x)), dtype="float32")
words("embed_dropout", lambda x: L.LSTM(4)(L.SpatialDropout1D(0.2)(embedding(x))))
words("embed_dense", lambda x: L.LSTM(4)(L.Dense(3, activation="relu")(embedding(x))))
words("embed_norm", lambda x: L.LSTM(4)(L.LayerNormalization()(embedding(x))))
words("embed_batch_norm", lambda x: L.LSTM(4)(L.BatchNormalization()(embedding(x))))
words("embed_activation", lambda x: L.LSTM(4)(L.Activation("tanh")(L.LeakyReLU()(L.PReLU()(embedding(x))))))
words("embed_conv", lambda x: L.LSTM(4)(L.Conv1D(3, 2)(embedding(x))))
words("embed_conv_same", lambda x: L.LSTM(4)(L.Conv1D(3, 3, padding="same")(embedding(x))))
words("embed_average", lambda x: L.GlobalAveragePooling1D()(embedding(x)))
words("embed_max", lambda x: L.GlobalMaxPooling1D()(embedding(x)))
words("embed_flatten", lambda x: L.Dense(2)(L.Flatten()(embedding(x))))
words("embed_reshape", lambda x: L.LSTM(2)(L.Reshape((5, 3))(embedding(x))))
words("embed_permute", lambda x: L.LSTM(2)(L.Permute((2, 1))(embedding(x))))
words("embed_add", lambda x: L.LSTM(4)(L.Add()([embedding(x), L.Embedding(6, 3)(x)])))
words("embed_add_both", lambda x: L.LSTM(4)(L.Add()([embedding(x), embedding(L.Rescaling(1.0)(x))])))
words("embed_concat", lambda x: L.LSTM(4)(L.Concatenate()([embedding(x), L.Embedding(6, 2)(x)])))
words("embed_concat_both", lambda x: L.LSTM(4)(L.Concatenate()([embedding(x), embedding(x)])))
words("embed_concat_time", lambda x: L.LSTM(4)(L.Concatenate(axis=1)([embedding(x), L.Embedding(6, 3)(x)])))
words("embed_concat_time_both", lambda x: L.LSTM(4)(L.Concatenate(axis=1)([embedding(x), embedding(x)])))
words("embed_multiply", lambda x: L.LSTM(4)(L.Multiply()([embedding(x), L.Embedding(6, 3)(x)])))
words("embed_rescale", lambda x: L.LSTM(4)(L.Rescaling(2.0, 0.5)(embedding(x))))
words("embed_time_dense", lambda x: L.LSTM(4)(L.TimeDistributed(L.Dense(3))(embedding(x))))
words("embed_repeat", lambda x: L.LSTM(2)(L.RepeatVector(3)(L.LSTM(4)(embedding(x)))))
words("embed_repeat_bi", lambda x: L.LSTM(2)(L.RepeatVector(3)(L.Bidirectional(L.LSTM(4))(embedding(x)))))
words("embed_pad", lambda x: L.LSTM(2)(L.ZeroPadding1D(1)(embedding(x))))
words("embed_crop", lambda x: L.LSTM(2)(L.Cropping1D(1)(embedding(x))))
words("embed_up", lambda x: L.LSTM(2)(L.UpSampling1D(2)(embedding(x))))
words("embed_softmax", lambda x: L.LSTM(2)(L.Softmax()(embedding(x))))
words("embed_masking", lambda x: L.LSTM(2)(L.Masking(0.5)(embedding(x))))
words("embed_noise", lambda x: L.LSTM(2)(L.GaussianNoise(0.5)(L.GaussianDropout(0.2)(L.AlphaDropout(0.2)(embedding(x))))))
words("embed_explicit", lambda x: L.LSTM(4)(L.Embedding(6, 3)(x), mask=L.Embedding(6, 3, mask_zero=True).compute_mask(x)))
words("embed_3d", lambda x: L.LSTM(3)(L.TimeDistributed(L.LSTM(4))(embedding(x))), length=(3, 4))
words("embed_3d_inner", lambda x: L.LSTM(3)(L.TimeDistributed(keras.Sequential([keras.Input((4,)), L.Embedding(6, 3, mask_zero=True), L.LSTM(4)]))(x)), length=(3, 4))
words("embed_3d_time", lambda x: L.TimeDistributed(L.LSTM(3))(L.TimeDistributed(L.Embedding(6, 3, mask_zero=True))(x)), length=(3, 4))
words("embed_model", lambda x: L.LSTM(3)(keras.Sequential([keras.Input((5,)), L.Embedding(6, 3, mask_zero=True), L.Dense(3)])(x)))

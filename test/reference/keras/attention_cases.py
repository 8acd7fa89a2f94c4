"""Attention layers: python attention_cases.py OUTPUT_FOLDER [FILTER]"""

import sys

import numpy as np

from fixture_writer import KERAS3, generator, keras, randomize, save

L = keras.layers
OUT = sys.argv[1]
FILTER = sys.argv[2] if len(sys.argv) > 2 else ""


def case(name, shapes, build, masked=(), masks=(), words=None):
    """Inputs of the shapes given; those that `masked` names have steps of zeros behind a Masking layer."""
    if FILTER not in name:
        return
    keras.backend.clear_session()
    rng = generator(name)
    try:
        inputs = [keras.Input(shape, name=f"x{i}") for i, shape in enumerate(shapes)]
        inputs += [keras.Input(shape, name=f"m{i}", dtype="bool") for i, shape in enumerate(masks)]
        tensors = [L.Masking(0.0)(x) if i in masked else x for i, x in enumerate(inputs)]
        model = keras.Model(inputs, build(*tensors))
        randomize(model, rng)
        concrete = [tuple(n or 5 for n in shape) for shape in shapes]
        values = [rng.normal(0, 1, (3, *shape)).astype("float32") for shape in concrete]
        for i in masked:
            counts = rng.random((3, concrete[i][0])) < 0.6
            counts[0] = True
            counts[1] = False
            values[i] *= counts[:, :, None]
        values += [rng.random((3, *shape)) < 0.6 for shape in masks]
        save(OUT, name, model, values)
    except Exception as error:
        print(f"{name}: not built: {type(error).__name__}: {str(error).strip().splitlines()[0][:160]}")


QVK = [(4, 6), (5, 6), (5, 6)]
for use_scale in (False, True):
    for mode in ("dot", "concat"):
        key = f"attention_{mode}_{use_scale}"
        case(key, QVK[:2], lambda q, v: L.Attention(use_scale=use_scale, score_mode=mode)([q, v]))
        case(f"{key}_key", [(4, 6), (5, 3), (5, 6)], lambda q, v, k: L.Attention(use_scale=use_scale, score_mode=mode)([q, v, k]))
        case(f"{key}_causal", QVK[:2], lambda q, v: L.Attention(use_scale=use_scale, score_mode=mode)([q, v], use_causal_mask=True))
        case(f"{key}_scores", QVK[:2], lambda q, v: L.Attention(use_scale=use_scale, score_mode=mode, dropout=0.1)([q, v], return_attention_scores=True))
        for masked in ((0,), (1,), (0, 1)):
            case(f"{key}_mask{masked}", QVK[:2], lambda q, v: L.Attention(use_scale=use_scale, score_mode=mode)([q, v]), masked=masked)
            case(f"{key}_mask{masked}_causal", QVK[:2], lambda q, v: L.LSTM(3)(L.Attention(use_scale=use_scale, score_mode=mode)([q, v], use_causal_mask=True)), masked=masked)
    key = f"additive_{use_scale}"
    case(key, QVK[:2], lambda q, v: L.AdditiveAttention(use_scale=use_scale)([q, v]))
    case(f"{key}_key", QVK, lambda q, v, k: L.AdditiveAttention(use_scale=use_scale)([q, v, k]))
    case(f"{key}_causal", QVK[:2], lambda q, v: L.AdditiveAttention(use_scale=use_scale)([q, v], use_causal_mask=True, return_attention_scores=True))
    case(f"{key}_mask", QVK[:2], lambda q, v: L.AdditiveAttention(use_scale=use_scale)([q, v]), masked=(0, 1))
case("attention_any", [(None, 6), (None, 6)], lambda q, v: L.Attention()([q, v], use_causal_mask=True))
case("attention_self", [(4, 6)], lambda q: L.Attention()([q, q]))
case("attention_4d", [(2, 4, 6), (2, 5, 6)], lambda q, v: L.Attention()([q, v]))
case("attention_named_mask", QVK[:2], lambda q, v, a, b: L.Attention()([q, v], mask=[a, b]), masks=[(4,), (5,)])
case("attention_named_value_mask", QVK[:2], lambda q, v, b: L.Attention()([q, v], mask=[None, b]), masks=[(5,)])

for bias in (True, False):
    for dropout in (0.0, 0.2):
        make = lambda **k: L.MultiHeadAttention(2, 3, use_bias=bias, dropout=dropout, **k)
        key = f"mha_{bias}_{dropout}"
        case(f"{key}_self", [(4, 6)], lambda x: make()(x, x))
        case(f"{key}_cross", [(4, 6), (5, 7)], lambda x, y: make(value_dim=5)(x, y))
        case(f"{key}_key", [(4, 6), (5, 7), (5, 3)], lambda x, y, z: make(value_dim=5)(x, y, key=z))
        case(f"{key}_key_position", [(4, 6), (5, 7), (5, 3)], lambda x, y, z: make(value_dim=5)(x, y, z))
        case(f"{key}_output", [(4, 6), (5, 7)], lambda x, y: make(output_shape=9)(x, y))
        case(f"{key}_output2", [(4, 6), (5, 7)], lambda x, y: make(output_shape=(3, 2))(x, y))
        case(f"{key}_scores", [(4, 6), (5, 7)], lambda x, y: make()(x, y, return_attention_scores=True))
        case(f"{key}_causal", [(4, 6), (5, 7)], lambda x, y: make()(x, y, use_causal_mask=True))
        case(f"{key}_causal_scores", [(4, 6)], lambda x: make()(x, x, use_causal_mask=True, return_attention_scores=True))
        case(f"{key}_any", [(None, 6)], lambda x: make()(x, x, use_causal_mask=True))
        case(f"{key}_given_mask", [(4, 6), (5, 7)], lambda x, y, m: make()(x, y, attention_mask=m), masks=[(4, 5)])
        case(f"{key}_given_mask_heads", [(4, 6), (5, 7)], lambda x, y, m: make()(x, y, attention_mask=m), masks=[(2, 4, 5)])
        case(f"{key}_given_mask_row", [(4, 6), (5, 7)], lambda x, y, m: make()(x, y, attention_mask=m), masks=[(1, 5)])
        case(f"{key}_given_mask_causal", [(4, 6), (5, 7)], lambda x, y, m: make()(x, y, attention_mask=m, use_causal_mask=True), masks=[(4, 5)], masked=(1,))
        for masked in ((0,), (1,), (0, 1)):
            case(f"{key}_mask{masked}", [(4, 6), (5, 7)], lambda x, y: make()(x, y), masked=masked)
            case(f"{key}_mask{masked}_scores", [(4, 6), (5, 7)], lambda x, y: make()(x, y, return_attention_scores=True), masked=masked)
        case(f"{key}_mask_self", [(4, 6)], lambda x: L.LSTM(3)(make()(x, x)), masked=(0,))
        case(f"{key}_mask_key", [(4, 6), (5, 7), (5, 3)], lambda x, y, z: make()(x, y, key=z), masked=(2,))
        case(f"{key}_4d", [(2, 4, 6)], lambda x: make()(x, x))
        case(f"{key}_axes1", [(2, 4, 6)], lambda x: make(attention_axes=(1,))(x, x))
        case(f"{key}_axes2", [(2, 4, 6)], lambda x: make(attention_axes=(2,))(x, x))
        case(f"{key}_axes12", [(2, 4, 6)], lambda x: make(attention_axes=(1, 2))(x, x, return_attention_scores=True))
        case(f"{key}_axes_negative", [(2, 4, 6)], lambda x: make(attention_axes=-2)(x, x))
        case(f"{key}_axes2_cross", [(2, 4, 6), (2, 5, 6)], lambda x, y: make(attention_axes=(2,))(x, y))


def block(x):
    y = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(2, 3)(x, x)]))
    return L.GlobalAveragePooling1D()(L.LayerNormalization()(L.Add()([y, L.Dense(6)(L.Dense(8, activation="gelu")(y))])))


case("mha_block", [(4, 6)], block)
case("mha_block_masked", [(4, 6)], block, masked=(0,))
if KERAS3:
    for heads in (1, 2, 4):
        make = lambda **k: L.GroupQueryAttention(3, 4, heads, **k)
        key = f"gqa_{heads}"
        case(f"{key}_self", [(4, 6)], lambda x: make()(x, x))
        case(f"{key}_cross", [(4, 6), (5, 6)], lambda x, y: make(use_bias=False)(x, y))
        case(f"{key}_causal", [(4, 6)], lambda x: make(dropout=0.1)(x, x, use_causal_mask=True))
        case(f"{key}_scores", [(4, 6)], lambda x: make()(x, x, return_attention_scores=True))
        case(f"{key}_mask", [(4, 6), (5, 6)], lambda x, y: make()(x, y), masked=(0, 1))
        case(f"{key}_mask_lstm", [(4, 6)], lambda x: L.LSTM(2)(make()(x, x)), masked=(0,))
        case(f"{key}_gate", [(4, 6)], lambda x: make(use_gate=True, sliding_window=2)(x, x, use_causal_mask=True))
    case("mha_gate", [(4, 6)], lambda x: L.MultiHeadAttention(2, 3, use_gate=True)(x, x))
    case("mha_window", [(4, 6)], lambda x: L.MultiHeadAttention(2, 3, sliding_window=2)(x, x))
    case("mha_window_causal", [(4, 6)], lambda x: L.MultiHeadAttention(2, 3, sliding_window=2, use_gate=True, value_dim=5)(x, x, use_causal_mask=True))

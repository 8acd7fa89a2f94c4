#!/usr/bin/env node
// Packs chosen cases of a generated folder into the fixture that `npm test` reads without Python:
//
//   node test/reference/torch-export/pack.mjs FOLDER...
//
// Each entry: { name, torch, archive (latin1), cases: at most two, rtol }.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const TARGET = resolve(fileURLToPath(new URL('../../fixtures/torch-export/cases.json.br', import.meta.url)));
const MAX_VALUES = 300;
const CHOSEN = `
pow_2.3.static unary_log1p.static einsum_bi_ij.static act_softplus_beta.dynamic div_floor_int.dynamic pad_modes.static
logical.static clamp.static roll.static size_math.dynamic layernorm_2.core layernorm_plain.static convt2d_2.static maxpool2d_3.static
adaptive_avg2d_3.static avgpool2d_3_excl.static where.dynamic act_prelu_channels.core topk.static addmm.static view.dynamic
scatter.dynamic creation_like.dynamic max.dynamic conv2d_1.core inplace_sub_slice.dynamic inplace_view_then_write.core
batchnorm_2.core arange.dynamic norms.static split.dynamic index.static index_put.static casts.static squeeze.static
lstm_2_True_True_True.dynamic gru_initial.static sdpa_bool_mask.dynamic bag_mean.dynamic up_bilinear_False.static
net_mlp.dynamic net_dict.dynamic net_bag.dynamic net_encoder_0.dynamic net_lstm_tagger.dynamic net_input_is_output.dynamic
net_no_grad.dynamic net_wide_deep.dynamic net_double.static half_linear.static net_state.static fft.static randn.static
`;

const folders = process.argv.slice(2);
const missing = [];
const entries = CHOSEN.trim().split(/\s+/).flatMap((name) => {
  const folder = folders.find((one) => existsSync(join(one, `${name}.pt2`)));
  if (folder === undefined) {
    missing.push(name);
    return [];
  }
  const { cases, rtol, refuse, torch } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const values = ({ inputs, expected }) => [...inputs, ...expected].reduce((sum, { data }) => sum + data.length, 0);
  const small = cases.filter((one) => values(one) <= MAX_VALUES);
  const kept = small.length === 0 ? cases.toSorted((a, b) => values(a) - values(b)).slice(0, 1) : small.slice(-2);
  return [{ name, torch, refuse, rtol, cases: kept, archive: readFileSync(join(folder, `${name}.pt2`)).toString('latin1') }];
});
const text = Buffer.from(JSON.stringify(entries));
const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
writeFileSync(TARGET, brotliCompressSync(text, { params }));
console.log(`${entries.length} cases, missing: ${missing.join(' ') || 'none'}`);

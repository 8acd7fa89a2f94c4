#!/usr/bin/env node
// Makes the packs of test/fixtures/keras anew: node test/reference/keras/pack.mjs PYTHON2 PYTHON3
// (interpreters with the packages of requirements-2.15.txt and requirements-3.txt).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const FIXTURES = join(HERE, '../../fixtures/keras');
/** One or two settings of everything: all of them, with other seeds, are run.mjs's work. */
const PICK = [
  '_small$', '^activity', '^act_[a-z0-9]+(_[a-z]+)?$', '^relu_|^leaky|^elu|^prelu|^softmax_|^thresholded|^dense_', '^embedding|^einsum|^noise|^spatial|^identity',
  '^augment_Random(Flip|Zoom)', '^sequential|^frozen|^half_frozen|^nested|^shared|^unused|^dict|^same_names|^spectral',
  '^conv[123]_(same|valid)_s2(_dyn)?$', '^conv[123]_(k1|dilated_same)', '^conv1_causal_s1_d2', '^conv2_groups|^conv2_uneven|^trans[12]_(same|valid)_s[23]$',
  '^trans2_(same|valid)_op1|^depth|^sep|^residual$|^unet$', '^(Max|Average)[123]_same_p3_s2|^(Max|Average)2_(valid_p2_sNone|same_dyn|gap)|^global_|^adaptive_.*_2$|^masked',
  '^(batch|layer|group|unit|rms)_', '^rms$|^conv_bn', '^(Add|Average|Maximum|Minimum|Multiply)_(three|rank|image)|^Subtract|^concat|^dot|^merge_of',
  '^flatten|^reshape|^permute|^repeat|^pad[123]_pairs|^crop[123]_pairs|^up[123]$|^up2_bilinear|^rescale|^resizing|^center|^conv_reshapes', '^first_', '^(ops|tf|ko)_',
].join('|');

for (const [python, name] of [[process.argv[2], 'keras2'], [process.argv[3], 'keras3']]) {
  if (python === undefined) throw new Error('usage: pack.mjs PYTHON2 PYTHON3');
  const args = ['-B', join(HERE, 'generate.py'), '--seed', '7', '--pack', join(FIXTURES, `${name}.json.gz`), '--pick', PICK];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, TF_ENABLE_ONEDNN_OPTS: '0' } });
  if (status !== 0) throw new Error(stderr.slice(-2000));
  console.log(stdout.trim().split('\n').at(-1).slice(0, 2000));
}

// Assembles the tree kernel into src/kernel/tree-kernel.gen.ts; with --check it only compares.
import wabt from 'wabt';
import { writeGenerated } from './generated-file.mjs';
import { treeKernelWat } from './kernel/tree-kernel-wat.mjs';

const assembler = await wabt();
const module = assembler.parseWat('tree-kernel.wat', treeKernelWat(), { simd: true });
module.validate();
const { buffer } = module.toBinary({ write_debug_names: false });

const lines = [
  '// Written by scripts/gen-kernel.mjs from scripts/kernel/tree-kernel-wat.mjs; do not edit.',
  '',
  '/** The WebAssembly module of the tree kernel, base64. */',
  `export const TREE_KERNEL = '${Buffer.from(buffer).toString('base64')}';`,
  '',
];
writeGenerated('src/kernel/tree-kernel.gen.ts', lines.join('\n'), 'node scripts/gen-kernel.mjs');

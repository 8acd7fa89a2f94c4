// Assembles the kernels into src/kernel/*.gen.ts; with --check it only compares.
import wabt from 'wabt';
import { writeGenerated } from './generated-file.mjs';
import { matrixKernelWat } from './kernel/matrix-kernel-wat.mjs';
import { treeKernelWat } from './kernel/tree-kernel-wat.mjs';

const assembler = await wabt();

function write(name, text) {
  const module = assembler.parseWat(`${name}.wat`, text, { simd: true });
  module.validate();
  const { buffer } = module.toBinary({ write_debug_names: false });
  const lines = [
    `// Written by scripts/gen-kernel.mjs from scripts/kernel/${name}-wat.mjs; do not edit.`,
    '',
    `/** The WebAssembly module of the ${name.replace('-', ' ')}, base64. */`,
    `export const ${name.toUpperCase().replace('-', '_')} = '${Buffer.from(buffer).toString('base64')}';`,
    '',
  ];
  writeGenerated(`src/kernel/${name}.gen.ts`, lines.join('\n'), 'node scripts/gen-kernel.mjs');
}

write('tree-kernel', treeKernelWat());
write('matrix-kernel', matrixKernelWat());

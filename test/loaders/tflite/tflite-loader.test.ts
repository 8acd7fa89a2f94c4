import { expect, it } from 'vitest';
import { loadModel } from '../../../src/index.ts';

it('refuses TensorFlow Lite by name, with what to do', async () => {
  const bytes = Buffer.from('\x1c\0\0\0TFL3\x14\0 \0', 'latin1');
  await expect(loadModel({ name: 'model.bin', bytes })).rejects.toMatchObject({
    code: 'ML_FORMAT_UNSUPPORTED',
    message: expect.stringMatching(/TensorFlow Lite.*tf2onnx/),
  });
});

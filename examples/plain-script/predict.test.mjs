import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { it } from 'node:test';

it("prints Python's predictions", () => {
  const script = fileURLToPath(new URL('predict.mjs', import.meta.url));
  const lines = execFileSync(process.execPath, [script], { encoding: 'utf8' }).trim().split('\n');
  const isLoad = (line) => /^loaded trained\/fraud_detector_v[12]_\d+\.onnx: \d+ bytes in [\d.]+ ms$/.test(line);
  assert.equal(lines.filter(isLoad).length, 2);
  assert.deepEqual(
    lines.filter((line) => !isLoad(line)),
    ['grocery: fraud probability 0.0017', 'electronics: fraud probability 1.0000', 'v2 says: 0, 1'],
  );
});

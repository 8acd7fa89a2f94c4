// Asks a server of others for models as if they were here, and compares with what Python answered:
// `remote-client.mjs REFERENCES ADDRESS ...`, where `{}` in an address stands for the name of a model.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadModel, MLServiceError } from '../../dist/index.js';

const references = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const address of process.argv.slice(3)) {
  for (const { name, rows, one, predict, predict_proba: probabilities } of references) {
    const model = await loadModel(address.replace('{}', name));
    try {
      // Numbers travel with all their digits, so that nothing but equality will do.
      assert.deepEqual(await model.predict(rows), predict, `${name}: predict`);
      assert.deepEqual(await model.predictOne(rows[1]), one, `${name}: predictOne`);
      if (probabilities !== undefined) {
        const { data, shape } = await model.predictProba(rows, { timeoutMs: 30_000 });
        assert.deepEqual(shape, [rows.length, probabilities[0].length], `${name}: shape`);
        assert.deepEqual(Array.from(data), probabilities.flat(), `${name}: predictProba`);
      }
      const { inputs, engine, version } = model.info;
      console.log(`  ${address.replace('{}', name)}: ${rows.length} rows equal (${engine}, ${version}, ${inputs.length} inputs)`);
    } finally {
      await model.dispose();
    }
  }
  await assert.rejects(loadModel(address.replace('{}', 'nothing')), (error) => {
    assert.ok(MLServiceError.isInstance(error));
    console.log(`  a model that is not there: ${error.code}`);
    assert.match(error.code, /^ML_REMOTE_(MODEL_MISSING|REFUSED)$/);
    return true;
  });
}

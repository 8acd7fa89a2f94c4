// Run after `npm run build`: node examples/plain-script/predict.mjs
import { fileURLToPath } from 'node:url';
import { BaseMLService, MLServiceRegistry } from 'base-ml-service';

class FraudService extends BaseMLService {
  modelName = 'fraud_detector';
  modelVersion = 'v1';

  async score(transactions) {
    const probabilities = await this.model.predictProba(transactions);
    return transactions.map((_, i) => probabilities.row(i)[1]);
  }
}

const registry = new MLServiceRegistry({ modelsDir: fileURLToPath(new URL('../../models', import.meta.url)) });
const service = registry.create(FraudService);
service.on('load:end', ({ artefact, bytes, durationMs }) =>
  console.log(`loaded ${artefact}: ${bytes} bytes in ${durationMs.toFixed(1)} ms`),
);

const transactions = [
  { amount: 12.5, merchant_category: 'grocery', time_of_day: 13.25, account_age_days: 900, transactions_last_24h: 2 },
  { amount: 950, merchant_category: 'electronics', time_of_day: 3.5, account_age_days: 20, transactions_last_24h: 9 },
];
for (const [i, score] of (await service.score(transactions)).entries()) {
  console.log(`${transactions[i].merchant_category}: fraud probability ${score.toFixed(4)}`);
}

// Another version by name, beside the first one.
const v2 = registry.model('fraud_detector', 'v2');
console.log(`v2 says: ${(await v2.predict(transactions)).join(', ')}`);

await registry.close();

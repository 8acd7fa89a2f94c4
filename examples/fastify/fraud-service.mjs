import { BaseMLService } from 'base-ml-service';

export class FraudService extends BaseMLService {
  modelName = 'fraud_detector';
  modelVersion = 'v1';

  async score(transactions, options) {
    const probabilities = await this.model.predictProba(transactions, options);
    return transactions.map((_, i) => probabilities.row(i)[1]);
  }
}

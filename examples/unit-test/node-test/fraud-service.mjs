import { BaseMLService } from 'base-ml-service';

/** Refuses what the model finds suspicious, and large amounts whatever the model says. */
export class FraudService extends BaseMLService {
  modelName = 'fraud_detector';
  modelVersion = 'v1';

  async accepts(transaction) {
    if (transaction.amount > 10_000) return false;
    return (await this.model.predictOne(transaction)) === 0;
  }
}

import { BaseMLService } from 'base-ml-service';

export interface Transaction {
  readonly amount: number;
  readonly country: string;
}

/** Refuses what the model finds suspicious, and large amounts whatever the model says. */
export class FraudService extends BaseMLService<Transaction, 0 | 1> {
  readonly modelName = 'fraud_detector';
  override readonly modelVersion = 'v1';

  async accepts(transaction: Transaction): Promise<boolean> {
    if (transaction.amount > 10_000) return false;
    return (await this.model.predictOne(transaction)) === 0;
  }
}

import { Injectable } from '@nestjs/common';
import { BaseMLService, MLServiceRegistry } from 'base-ml-service';
import type { Transaction } from './transaction.js';

@Injectable()
export class FraudService extends BaseMLService<Transaction, number> {
  readonly modelName = 'fraud_detector';
  override readonly modelVersion = 'v1';

  constructor(registry: MLServiceRegistry) {
    super({ registry });
  }

  async score(transactions: Transaction[]): Promise<number[]> {
    const probabilities = await this.model.predictProba(transactions);
    return transactions.map((_, i) => Number(probabilities.row(i)[1]));
  }
}

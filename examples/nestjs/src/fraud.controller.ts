import { BadRequestException, Body, Controller, Post } from '@nestjs/common';
import { FraudService } from './fraud.service.js';
import type { Transaction } from './transaction.js';

@Controller('fraud')
export class FraudController {
  constructor(private readonly fraud: FraudService) {}

  @Post('scores')
  async scores(@Body('transactions') transactions: Transaction[]): Promise<{ scores: number[] }> {
    if (!Array.isArray(transactions)) throw new BadRequestException('send { "transactions": [...] }');
    return { scores: await this.fraud.score(transactions) };
  }
}

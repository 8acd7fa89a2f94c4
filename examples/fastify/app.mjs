import { createHealthPlugin, MLServiceError } from 'base-ml-service';
import createFastify from 'fastify';
import { FraudService } from './fraud-service.mjs';

const transaction = {
  type: 'object',
  required: ['amount', 'merchant_category', 'time_of_day', 'account_age_days', 'transactions_last_24h'],
  properties: {
    amount: { type: 'number' },
    merchant_category: { type: 'string' },
    time_of_day: { type: 'number' },
    account_age_days: { type: 'number' },
    transactions_last_24h: { type: 'number' },
  },
};
const body = {
  type: 'object',
  required: ['transactions'],
  properties: { transactions: { type: 'array', maxItems: 1_000, items: transaction } },
};

/** The application, apart from the port it listens on, so that tests can start it too. */
export function createApp(registry, options = {}) {
  const app = createFastify(options);
  const fraud = registry.create(FraudService);

  // Fastify waits for requests in flight, then closes: models are freed after their last call.
  app.addHook('onReady', async () => {
    const { loads } = await registry.ready();
    for (const { error } of loads) if (error) throw error;
  });
  app.addHook('onClose', () => registry.close());

  app.post('/fraud/scores', { schema: { body } }, async ({ body: { transactions } }) => ({
    scores: await fraud.score(transactions),
  }));

  // /health/live, /health/ready and /health/models.
  app.register(createHealthPlugin(registry));

  app.setErrorHandler((error, _request, reply) => {
    if (!MLServiceError.isInstance(error)) return reply.send(error);
    const status = error.code.startsWith('ML_INPUT_') ? 400 : error.retryable ? 503 : 500;
    // Messages about input help the client; others name files, which are nobody's business.
    return reply.code(status).send({ code: error.code, ...(status === 400 && { error: error.message }) });
  });

  return app;
}

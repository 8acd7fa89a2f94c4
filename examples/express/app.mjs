import { createHealthHandler, MLServiceError } from 'base-ml-service';
import express from 'express';
import { FraudService } from './fraud-service.mjs';

/** The application, apart from the port it listens on, so that tests can start it too. */
export function createApp(registry) {
  const fraud = registry.create(FraudService);
  const app = express();
  app.use(express.json({ limit: '1mb' }));

  app.post('/fraud/scores', async (request, response) => {
    if (!Array.isArray(request.body?.transactions)) {
      response.status(400).json({ error: 'send { "transactions": [...] }' });
      return;
    }
    // A client that hangs up need not be computed for.
    const hangUp = new AbortController();
    response.on('close', () => hangUp.abort());
    response.json({ scores: await fraud.score(request.body.transactions, { signal: hangUp.signal }) });
  });

  // /health/live, /health/ready and /health/models.
  app.use(createHealthHandler(registry));

  // Counting begins with the first call of metrics().
  registry.metrics();
  app.get('/metrics', (_request, response) => {
    const { contentType, body } = registry.metrics().exposition();
    response.type(contentType).send(body);
  });

  // Express knows an error handler by its four parameters.
  app.use((error, _request, response, next) => {
    if (response.headersSent || !MLServiceError.isInstance(error)) {
      next(error);
      return;
    }
    const status = error.code.startsWith('ML_INPUT_') ? 400 : error.retryable ? 503 : 500;
    // Messages about input help the client; others name files, which are nobody's business.
    response.status(status).json({ code: error.code, ...(status === 400 && { error: error.message }) });
  });

  return app;
}

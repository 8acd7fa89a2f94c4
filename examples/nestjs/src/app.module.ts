import { fileURLToPath } from 'node:url';
import { Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { MLServiceRegistry } from 'base-ml-service';
import { FraudController } from './fraud.controller.js';
import { FraudService } from './fraud.service.js';
import { HealthController } from './health.controller.js';

const modelsDir = fileURLToPath(new URL('../../../models', import.meta.url));

@Module({
  controllers: [FraudController, HealthController],
  providers: [
    {
      provide: MLServiceRegistry,
      useFactory: () => new MLServiceRegistry({ modelsDir, required: ['fraud_detector@v1'] }),
    },
    FraudService,
  ],
})
export class AppModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly registry: MLServiceRegistry) {}

  /** The server does not start without its model. */
  async onApplicationBootstrap(): Promise<void> {
    const { loads } = await this.registry.ready();
    for (const { error } of loads) if (error) throw error;
  }

  /** After the last request: waits for predictions in flight, then frees every model. */
  async onApplicationShutdown(): Promise<void> {
    await this.registry.close({ timeoutMs: 10_000 });
  }
}

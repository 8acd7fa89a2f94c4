import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { MLServiceRegistry, type RegistryHealth } from 'base-ml-service';

@Controller('health')
export class HealthController {
  constructor(private readonly registry: MLServiceRegistry) {}

  @Get()
  health(): RegistryHealth {
    const health = this.registry.health();
    if (health.status !== 'ok') throw new ServiceUnavailableException(health);
    return health;
  }
}

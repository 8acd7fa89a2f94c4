import { Controller, Get, Req, Res } from '@nestjs/common';
import {
  createHealthHandler,
  type HealthHandler,
  type HealthRequest,
  type HealthResponse,
  MLServiceRegistry,
} from 'base-ml-service';

/** /health/live, /health/ready and /health/models. */
@Controller('health')
export class HealthController {
  private readonly answer: HealthHandler;

  constructor(registry: MLServiceRegistry) {
    this.answer = createHealthHandler(registry);
  }

  @Get('{*path}')
  health(@Req() request: HealthRequest, @Res() response: HealthResponse): void {
    this.answer(request, response);
  }
}

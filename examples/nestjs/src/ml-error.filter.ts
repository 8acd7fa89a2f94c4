import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { MLServiceError } from 'base-ml-service';

/** Turns the library's errors into HTTP answers; all others go their usual way. */
@Catch()
export class MLErrorFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    super.catch(MLServiceError.isInstance(error) ? toHttp(error) : error, host);
  }
}

function toHttp(error: MLServiceError): HttpException {
  const status = error.code.startsWith('ML_INPUT_') ? 400 : error.retryable ? 503 : 500;
  // Messages about input help the client; others name files, which are nobody's business.
  return new HttpException({ code: error.code, ...(status === 400 && { error: error.message }) }, status);
}

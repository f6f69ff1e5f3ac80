import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { OperationsController } from './operations.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ValidationPipe } from './validation.pipe.js';

/**
 * What every app with an API imports once: errors as problem+json, validation of declared schemas, and the routes of
 * operations. Needs `LOGGER`, `Metrics` and `Database` from a global module.
 */
@Module({
  controllers: [OperationsController],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useFactory: () => new ValidationPipe() },
  ],
})
export class RestModule {}

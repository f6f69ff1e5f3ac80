import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { badRequest, notFound } from '../domain/index.js';
import { fieldName, fieldProblems } from './field-problems.js';
import { findUnstorable } from './text.js';

/**
 * Validates what a route declares with `{ schema }` and hands on what the schema made of it. A refusal is a 400 that
 * names each field. Also refuses text that the database cannot hold, wherever it stands.
 */
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => badRequest(fieldProblems(issues)) });
  }

  // The base class answers `any`, and a handler's parameter has whatever type its schema makes.
  // oxlint-disable-next-line typescript/no-explicit-any
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<any> {
    if (metadata.type !== 'custom') {
      const unstorable = findUnstorable(value);
      if (unstorable && metadata.type === 'param') throw notFound('resource');
      if (unstorable)
        throw badRequest({ [fieldName(unstorable)]: 'holds a character that cannot be stored' });
    }
    return super.transform(value, metadata);
  }
}

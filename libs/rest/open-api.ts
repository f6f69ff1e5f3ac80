import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { z } from 'zod';
import { describeRoutes } from './open-api-routes.js';

const VERSION = '0.1.0';

/**
 * The OpenAPI 3.1 document of all routes of the application. Depends on the code only, so that it can be compared
 * with the committed `openapi.json`. Every answer other than 2xx is problem+json.
 */
export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Spillway')
    .setDescription('Self-hosted cloud integrations hub for EventStoreDB and KurrentDB clusters')
    .setVersion(VERSION)
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema, { schemaType }) => ({
      schema: toJsonSchema(schema as z.ZodType, schemaType),
    }),
  });
  return describeRoutes(document, app);
}

/** Serves the document at `/docs/openapi.json` and its pages at `/docs`, to everybody. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => buildOpenApi(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Spillway API',
  });
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiSettings } from './api-parts.js';
import { sendJson } from './send-answer.js';
import { swaggerDocument } from './swagger-document.js';

const FILES = [
  'index.html',
  'index.css',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'favicon-16x16.png',
  'favicon-32x32.png',
];
const METHODS = ['GET', 'HEAD'];
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

/**
 * Everything relative to the page, so that it works under any path that a proxy gives it: the document says `/api/`, and
 * Swagger 2.0 has no relative base path. Nothing is asked of other hosts: the validator's badge would.
 */
const INITIALIZER = `window.onload = () => {
  const declared = new URL('/api/', location.href).href;
  const reachable = new URL('../api/', location.href).href;
  window.ui = SwaggerUIBundle({
    url: './doc.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    validatorUrl: 'none',
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: 'StandaloneLayout',
    requestInterceptor: (request) => {
      if (request.url.startsWith(declared)) request.url = reachable + request.url.slice(declared.length);
      return request;
    },
  });
};
`;

/** The Swagger pages, under `/swagger/`. Nobody needs a token for them. */
export function addSwagger(app: FastifyInstance, { defaultCluster }: ApiSettings): void {
  const document = JSON.stringify(swaggerDocument(defaultCluster === undefined));
  // The package's own entry would load megabytes that only browsers need.
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve('swagger-ui-dist/package.json'));
  app.register(fastifyStatic, { root, serve: false });
  app.register(async (pages) => {
    pages.addHook('onRequest', async (_request, reply) => {
      reply.header('content-security-policy', POLICY);
    });
    for (const file of FILES) serve(pages, `/swagger/${file}`, (reply) => reply.sendFile(file));
    serve(pages, '/swagger/swagger-initializer.js', (reply) =>
      reply.header('content-type', 'text/javascript; charset=utf-8').send(INITIALIZER),
    );
    serve(pages, '/swagger/doc.json', (reply) => sendJson(reply, document));
    serve(pages, '/swagger', (reply) => reply.redirect('swagger/index.html'));
    serve(pages, '/swagger/', (reply) => reply.redirect('index.html'));
  });
}

function serve(pages: FastifyInstance, url: string, answer: (reply: FastifyReply) => FastifyReply): void {
  pages.route({ method: METHODS, url, handler: (_request: FastifyRequest, reply) => answer(reply) });
}

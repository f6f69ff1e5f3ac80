import { FastifyAdapter } from '@nestjs/platform-fastify';

/** The floor of the API: Fastify with one route that answers what it is given as its argument. Tells its port. */
const answer: unknown = JSON.parse(process.argv[2] ?? '{}');
const fastify = new FastifyAdapter().getInstance();
fastify.get('/bare', () => answer);
const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${url}\n`);

import type { TestProject } from 'vitest/node';
import { startTestServers, type TestServers } from './test-servers.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's PostgreSQL, as its superuser. */
    spillwayPostgresUrl: string;
    /** Name of the database with our schema that test databases are cloned from. Nobody may connect to it. */
    spillwayTemplateDatabase: string;
    spillwayRedisUrl: string | null;
  }
}

/** Several projects of one run share the servers: every project calls us, from a module instance of its own. */
interface Shared {
  users: number;
  servers: Promise<TestServers>;
}
const KEY = Symbol.for('spillway.test-servers');
const holder = globalThis as { [KEY]?: Shared | undefined };

/** Vitest's global setup: starts the servers for the first project, stops them after the last. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder[KEY] ??= { users: 0, servers: startTestServers() });
  shared.users++;
  const servers = await shared.servers;
  project.provide('spillwayPostgresUrl', servers.postgresUrl);
  project.provide('spillwayTemplateDatabase', servers.templateDatabase);
  project.provide('spillwayRedisUrl', servers.redisUrl);
  return async () => {
    if (--shared.users > 0) return;
    holder[KEY] = undefined;
    await servers.stop();
  };
}

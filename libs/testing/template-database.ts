import pg from 'pg';
import { createDataSource, migrate } from '../persistence/index.js';

/** Name of the database that test databases are cloned from. */
export const TEMPLATE_DATABASE = 'spillway_template';

/** Makes the template with our migrations applied, as the hub applies them, and then lets nobody connect to it. */
export async function makeTemplate(serverUrl: string): Promise<void> {
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  try {
    await server.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
    const url = new URL(serverUrl);
    url.pathname = `/${TEMPLATE_DATABASE}`;
    const dataSource = createDataSource({ url: url.href, poolSize: 2 });
    await dataSource.initialize();
    try {
      await migrate(dataSource);
    } finally {
      await dataSource.destroy();
    }
    // A clone fails while anybody is connected to the template.
    await server.query(`ALTER DATABASE ${TEMPLATE_DATABASE} ALLOW_CONNECTIONS false`);
  } finally {
    await server.end();
  }
}

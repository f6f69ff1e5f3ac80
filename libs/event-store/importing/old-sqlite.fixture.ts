/** Another user than the one that wrote the file, for tests: says how many rows there are in the file given as argument, or why not. */
import { silentLogger } from '../../observability/logging/index.js';
import { openOldSqlite } from './old-sqlite.js';

try {
  const source = await openOldSqlite(process.argv[2] ?? '', silentLogger);
  console.log(await source.estimate('tc_events'));
  await source.close();
} catch (error) {
  console.log((error as Error).message);
}

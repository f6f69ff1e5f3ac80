import { createEmptyDatabase } from '../../../testing/index.js';
import { describeBackend } from '../../testing/backend-suite.js';
import { openPostgresBackend } from './index.js';
import { settingsOf, testParts } from './postgres.fixture.js';

describeBackend('PostgreSQL', async () => {
  const { url, close } = await createEmptyDatabase();
  const open = () => openPostgresBackend(settingsOf(url), testParts());
  let backend = await open();
  return {
    backend,
    reopen: async () => {
      await backend.close();
      return (backend = await open());
    },
    close: async () => {
      await backend.close();
      await close();
    },
  };
});

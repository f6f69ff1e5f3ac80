import { defineConfig } from 'vitest/config';

const shared = { environment: 'node', restoreMocks: true } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{apps,libs,test}/**/*.spec.ts'],
          exclude: ['**/*.e2e-spec.ts', '**/*.int-spec.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['{apps,libs,test}/**/*.int-spec.ts'],
          globalSetup: ['libs/testing/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.e2e-spec.ts'],
          globalSetup: ['libs/testing/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});

#!/usr/bin/env node
import { run } from './run.mjs';

run('dist/apps/event-store/main.js', [
  '--enable-source-maps',
  '--max-semi-space-size=16',
  '--heap-growing-percent=40',
]);

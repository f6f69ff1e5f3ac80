#!/usr/bin/env node
import { run } from './run.mjs';

run('dist/apps/event-client/main.js', ['--enable-source-maps']);

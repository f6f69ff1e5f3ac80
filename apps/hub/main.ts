import 'reflect-metadata';
import { runProcess } from '../../libs/platform/index.js';
import { greeting } from './greeting.js';
import { startHub } from './start-hub.js';

runProcess({
  name: 'hub',
  start: startHub,
  onStarted: (hub, settings) => process.stdout.write(greeting(settings, hub)),
});

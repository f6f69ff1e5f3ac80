import { systemClock } from '../../libs/domain/index.js';
import { silentLogger } from '../../libs/observability/logging/index.js';
import { Agent } from './agent.js';
import type { AgentSettings } from './agent-arguments.js';
import { HASTE } from './haste.fixture.js';

/** An agent in a process of its own, to be killed: its settings are the argument, as JSON. */
const settings = JSON.parse(process.argv[2] ?? '') as AgentSettings;
await Agent.start({
  settings: { ...settings, hub: new URL(settings.hub) },
  tempo: { ...HASTE, awayAfterMs: 5 },
  clock: systemClock,
  logger: silentLogger,
  random: Math.random,
});

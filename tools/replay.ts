import { runReplay } from './replay-command.js';

// Whoever reads may stop reading (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runReplay(process.argv.slice(2), process.env, process);

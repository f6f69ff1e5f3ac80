import { ClusterStandIn } from './cluster/index.js';
import { SlackStandIn } from './slack/index.js';

const SLACK_PORT = 9081;
const CONTROL_PORT = 9082;
const NODE_PORTS = [21_131, 21_132, 21_133];
const TOKEN = 'xoxb-sandbox';
const CHANNEL = 'alerts';

/** The stand-ins by themselves, on fixed ports, to try a hub of one's own against. */
async function main(): Promise<void> {
  const slack = new SlackStandIn();
  slack.workspace.addToken(TOKEN);
  slack.workspace.addChannel(CHANNEL);
  const cluster = new ClusterStandIn();
  await slack.start(SLACK_PORT);
  await cluster.start({ nodes: NODE_PORTS.length, ports: NODE_PORTS, controlPort: CONTROL_PORT });
  process.stdout.write(
    [
      'The sandbox runs. Ctrl-C ends it.',
      `  Slack      SLACK_API_URL=${slack.apiUrl}   token ${TOKEN}, channel #${CHANNEL}`,
      `             what it holds: curl -s ${slack.url}/_control/messages`,
      `  Cluster    ${cluster.nodes.map(({ url }) => url).join(' ')}`,
      `             fill a disk: curl -s ${cluster.controlUrl}/disk -d '{"node":0,"percent":90}'`,
      '',
    ].join('\n'),
  );
  const stop = (): void => void Promise.all([slack.stop(), cluster.stop()]).then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`The sandbox cannot run: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

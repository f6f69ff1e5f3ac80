import { readFile } from 'node:fs/promises';
import { BadArguments, HELP, readArguments, type SandboxArguments } from './arguments.js';
import { CloudWatchStandIn } from './cloudwatch/index.js';
import { ClusterStandIn } from './cluster/index.js';
import { OpsGenieStandIn } from './opsgenie/index.js';
import { findShippedScenario } from './scenarios/index.js';
import { SlackStandIn } from './slack/index.js';

const TOKEN = 'xoxb-sandbox';
const CHANNEL = 'alerts';
const OPSGENIE_KEY = 'opsgenie-sandbox';
const AWS = {
  accessKeyId: 'AKIASANDBOX000000001',
  secretAccessKey: 'aws-sandbox',
  group: '/sandbox/db',
  region: 'eu-west-1',
  role: 'arn:aws:iam::123456789012:role/sandbox',
};
const BYTES_PER_SECOND = 20_000;

/** Everything that runs. */
class Sandbox {
  readonly slack = new SlackStandIn();
  readonly opsGenie = new OpsGenieStandIn();
  readonly cloudWatch = new CloudWatchStandIn();
  readonly cluster = new ClusterStandIn();

  /** Starts the vendors, with credentials that they know. */
  async startVendors({ slackPort, opsGeniePort, cloudWatchPort }: SandboxArguments): Promise<void> {
    this.slack.workspace.addToken(TOKEN);
    this.slack.workspace.addChannel(CHANNEL);
    this.opsGenie.addKey(OPSGENIE_KEY);
    this.cloudWatch.accounts.addKey(AWS.accessKeyId, AWS.secretAccessKey);
    this.cloudWatch.accounts.addLogGroup(AWS.group, AWS.region);
    // Any external id will do: the hub makes a new one for each integration.
    this.cloudWatch.accounts.addRole(AWS.role, { trusted: [AWS.accessKeyId] });
    await this.slack.start(slackPort);
    await this.opsGenie.start(opsGeniePort);
    await this.cloudWatch.start(cloudWatchPort);
  }

  async stop(): Promise<void> {
    const { slack, opsGenie, cloudWatch, cluster } = this;
    await Promise.all([slack.stop(), opsGenie.stop(), cloudWatch.stop(), cluster.stop()]);
  }
}

/** The stand-ins by themselves, on fixed ports, to try a hub of one's own against. */
async function main(): Promise<void> {
  const asked = readArguments(process.argv.slice(2));
  if (asked.help) return void process.stdout.write(HELP);
  const scenario = asked.scenario === undefined ? undefined : await readScenario(asked.scenario);
  const sandbox = new Sandbox();
  const { cluster } = sandbox;
  const stop = (): void => void sandbox.stop().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await sandbox.startVendors(asked);
  await startCluster(cluster, asked);
  process.stdout.write(greeting(sandbox, asked));
  if (scenario !== undefined) await play(cluster, scenario, asked.speed);
}

/** Files first, so that one of one's own may have a shipped one's name. */
async function readScenario(nameOrFile: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(nameOrFile, 'utf8');
  } catch (error) {
    const shipped = findShippedScenario(nameOrFile);
    if (shipped !== undefined) return shipped;
    throw new BadArguments(`--scenario: there is no file and no scenario "${nameOrFile}"`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadArguments(`--scenario: ${nameOrFile} is no JSON: ${String(error)}`, { cause: error });
  }
}

async function startCluster(cluster: ClusterStandIn, asked: SandboxArguments): Promise<void> {
  const { nodes, replicas, version, isLicensed, nodePort, controlPort, credentials } = asked;
  const ports = Array.from({ length: nodes + replicas }, (_, index) =>
    nodePort === 0 ? 0 : nodePort + index,
  );
  await cluster.start({
    nodes,
    replicas,
    version,
    isLicensed,
    ports,
    controlPort,
    ...(credentials === undefined ? {} : { credentials }),
  });
  cluster.setWriting(BYTES_PER_SECOND);
}

const greeting = (
  { slack, opsGenie, cloudWatch, cluster }: Sandbox,
  { version, isLicensed }: SandboxArguments,
): string =>
  [
    'The sandbox runs. Ctrl-C ends it.',
    `  Slack      SLACK_API_URL=${slack.apiUrl}   token ${TOKEN}, channel #${CHANNEL}`,
    `             what it holds: curl -s ${slack.url}/_control/messages`,
    `  OpsGenie   OPSGENIE_API_URL=${opsGenie.url}   API key ${OPSGENIE_KEY} (settings.target opsgenie or jsm)`,
    `             what it holds: curl -s ${opsGenie.url}/_control/state`,
    `  CloudWatch AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=${cloudWatch.url} AWS_ENDPOINT_URL_CLOUDWATCH=${cloudWatch.url} AWS_ENDPOINT_URL_STS=${cloudWatch.url}`,
    `             access key ${AWS.accessKeyId}, secret ${AWS.secretAccessKey}, log group ${AWS.group} in ${AWS.region}`,
    `             role to assume with it: ${AWS.role}`,
    `             what it holds: curl -s ${cloudWatch.url}/_control/state`,
    `             lines of a stream: curl -s ${cloudWatch.url}/_control/events -d '{"group":"${AWS.group}","stream":"..."}'`,
    `  Cluster    ${cluster.nodes.map(({ url }) => url).join(' ')}   (version ${version}${isLicensed ? ', licensed' : ''})`,
    `             fill a disk: curl -s ${cluster.controlUrl}/disk -d '{"node":0,"percent":90}'`,
    `             what else can happen, and how it is: curl -s ${cluster.controlUrl}`,
    ...(isLicensed
      ? [
          `             a line for /admin/logs: curl -s ${cluster.controlUrl}/log -d '{"node":0,"lines":["..."]}'`,
        ]
      : []),
    `             a fire drill: curl -s ${cluster.controlUrl}/scenario -d '"disk-usage"'`,
    '',
  ].join('\n');

async function play(cluster: ClusterStandIn, scenario: unknown, speed: number): Promise<void> {
  const begun = performance.now();
  const tell = (text: string): void => {
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1).padStart(7);
    process.stdout.write(`${seconds} s  ${text}\n`);
  };
  const run = await cluster.play(scenario, { speed, onSaid: tell });
  const { name, what, raises } = run.progress;
  tell(`scenario ${name}, ${speed === 1 ? '' : `${speed} times faster: `}${what}`);
  tell(`issues to expect with default windows: ${raises.join(', ') || 'none'}`);
  await run.ended;
  const { status, error } = run.progress;
  tell(`scenario ${name}: ${error ?? status}; the cluster stays as it is`);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const isMistaken = error instanceof BadArguments || message.includes('EADDRINUSE');
  const advice = isMistaken ? '\nnpm run sandbox -- --help lists the options, ports among them.' : '';
  process.stderr.write(`The sandbox cannot run: ${message}${advice}\n`);
  process.exit(1);
});

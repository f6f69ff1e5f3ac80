import type { ClusterStandIn } from '../cluster/index.js';
import type { HubClient, LedgerView } from '../hub/index.js';
import { shownBy, type SlackMessage, type SlackStandIn } from '../slack/index.js';
import { dim, green, red, type Story } from './story.js';

const TOKEN = 'xoxb-demo';
const CHANNEL = 'alerts';
const PATIENCE_MS = 60_000;
const GREEN = /^#1[0-9a-f]a/i;

/** The story: a disk fills and empties again, and a follower believes in another leader for a while. */
export async function play(
  story: Story,
  client: HubClient,
  cluster: ClusterStandIn,
  slack: SlackStandIn,
): Promise<void> {
  slack.workspace.addToken(TOKEN);
  slack.workspace.addChannel(CHANNEL);
  narrate(story, slack);
  story.chapter('Setting up, as a script would');
  const project = await client.createProject();
  story.tell('made organization "acme" and project "orders"');
  await project.addCluster(
    'orders-db',
    cluster.nodes.map(({ url }) => url),
  );
  story.tell('registered cluster "orders-db" with its three nodes');
  const integrationId = await project.addSlack(`#${CHANNEL}`, TOKEN);
  story.tell(`made an integration: issues to Slack's #${CHANNEL}`);

  story.chapter('A disk fills');
  cluster.setDisk(0, 70);
  story.tell('disk of the first node: 70 %');
  cluster.setDisk(0, 86);
  story.tell(
    `disk of the first node: ${red('86 %')} ${dim('(an issue opens when it stays above 80 % for 4 s)')}`,
  );
  const posted = await slack.waitFor(() => aboutDisk(slack), PATIENCE_MS);
  cluster.setDisk(0, 89.5);
  story.tell(`disk of the first node: ${red('89.5 %')} ${dim('(the message follows at most every 5 s)')}`);
  await slack.waitFor(() => aboutDisk(slack)!.revisions.length > posted.revisions.length, PATIENCE_MS);
  cluster.setDisk(0, 97);
  story.tell(`disk of the first node: ${red('97 %')} ${dim('(critical above 95 %: shown at once)')}`);
  await slack.waitFor(() => JSON.stringify(shownBy(aboutDisk(slack)!)).includes('97.0 %'), PATIENCE_MS);

  story.chapter('Somebody runs a scavenge');
  cluster.setDisk(0, 41);
  story.tell(`disk of the first node: ${green('41 %')}`);
  await slack.waitFor(() => GREEN.test(colorOf(aboutDisk(slack))), PATIENCE_MS);

  story.chapter('A follower believes in another leader');
  cluster.setView(2, 1);
  story.tell(
    `the third node says that the second leads ${dim('(the others say the first; critical after 3 s, and gossip disagrees, too)')}`,
  );
  await slack.waitFor(() => messageAbout(slack, /leader mismatch/i), PATIENCE_MS);
  cluster.setView(2, null);
  story.tell('the third node was restarted, and follows the first');
  await slack.waitFor(() => messages(slack).every((message) => GREEN.test(colorOf(message))), PATIENCE_MS);

  story.chapter('What is in Slack now');
  for (const message of messages(slack)) story.tell(lineOf(message));
  story.chapter('The ledger of the integration');
  tellLedger(story, await settled(() => project.ledger(integrationId)));
}

const messages = (slack: SlackStandIn): readonly SlackMessage[] => slack.workspace.visibleMessages(CHANNEL);
const messageAbout = (slack: SlackStandIn, what: RegExp): SlackMessage | undefined =>
  messages(slack).find((message) => what.test(shownBy(message).text));
const aboutDisk = (slack: SlackStandIn): SlackMessage | undefined => messageAbout(slack, /disk/i);
const colorOf = (message: SlackMessage | undefined): string =>
  (message && shownBy(message).attachments[0]?.color) ?? '';

function narrate(story: Story, slack: SlackStandIn): void {
  slack.events.on('posted', (message) => story.tell(`Slack: message posted   ${lineOf(message)}`));
  slack.events.on('updated', (message) => story.tell(`Slack: message updated  ${lineOf(message)}`));
}

function lineOf(message: SlackMessage): string {
  const bar = GREEN.test(colorOf(message)) ? green('▌') : red('▌');
  return `${bar} ${shownBy(message).text.split('\n')[0]}`;
}

/** What was delivered is recorded a moment after Slack has it. */
async function settled(read: () => Promise<LedgerView>): Promise<LedgerView> {
  for (;;) {
    const ledger = await read();
    if (ledger.inFlight === 0) return ledger;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function tellLedger(story: Story, ledger: LedgerView): void {
  const { accepted, balanced, ...parts } = ledger;
  const sum = Object.entries(parts).filter(([, units]) => units > 0);
  story.tell(`accepted ${accepted} = ${sum.map(([name, units]) => `${name} ${units}`).join(' + ')}`);
  story.tell(balanced ? green('balanced: every event has found its end') : red('NOT balanced'));
}

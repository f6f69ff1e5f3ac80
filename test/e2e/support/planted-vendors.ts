import { CloudWatchStandIn } from '../../../apps/sandbox/cloudwatch/index.js';
import type { StandInAnswer, StandInRequest } from '../../../apps/sandbox/stand-in/index.js';
import { OpsGenieStandIn } from '../../../apps/sandbox/opsgenie/index.js';
import { SlackStandIn } from '../../../apps/sandbox/slack/index.js';
import { WITHOUT_SLACK_PACE } from './slack-pace.js';

/** More than a connection test sends, whatever it tries again. */
const MANY = 20;

/** The secrets of an integration by their names in the contract. */
export type Secrets = Readonly<Record<string, string>>;

/** A vendor that can be made to know a credential, or to say everything that it was sent to whoever looks. */
interface Vendor {
  accept(secrets: Secrets): void;
  /** In the pages of a proxy, with status 200 and another one. */
  readonly pages: readonly (() => void)[];
  /** In an error of its own, which is shaped as its errors are. */
  refuse(said: string): void;
  recover(): void;
}

/** AWS's, which may refuse a call with all that it was sent, and the secret key that it was signed with besides. */
export class TellingCloudWatch extends CloudWatchStandIn {
  readonly #telling = new Set<string>();

  /** Of the next call of this operation. */
  tell(operation: string): void {
    this.#telling.add(operation);
  }

  protected override answer(request: StandInRequest): StandInAnswer {
    if (!this.#telling.delete(this.operationOf(request))) return super.answer(request);
    const key = this.accounts.keys.get(this.credentialOf(request) ?? '');
    const message = JSON.stringify([request.headers, key?.secretAccessKey]);
    return { status: 400, body: { __type: 'AccessDeniedException', message } };
  }
}

/** Stand-ins of all vendors: what they answer is parsed, and would be passed on by a careless sink. */
export class PlantedVendors {
  readonly slack = new SlackStandIn();
  readonly opsGenie = new OpsGenieStandIn();
  readonly cloudWatch = new TellingCloudWatch();

  async start(): Promise<void> {
    await Promise.all([this.slack.start(), this.opsGenie.start(), this.cloudWatch.start()]);
    this.slack.workspace.addChannel('planted');
    this.cloudWatch.accounts.addLogGroup('/spillway/planted', 'eu-west-1');
  }

  async stop(): Promise<void> {
    await Promise.all([this.slack.stop(), this.opsGenie.stop(), this.cloudWatch.stop()]);
  }

  /** Where the hub finds them. */
  get settings(): Readonly<Record<string, string>> {
    return {
      SLACK_API_URL: this.slack.apiUrl,
      ...WITHOUT_SLACK_PACE,
      OPSGENIE_API_URL: this.opsGenie.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: this.cloudWatch.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: this.cloudWatch.url,
      AWS_ENDPOINT_URL_STS: this.cloudWatch.url,
    };
  }

  /** Of a sink of the catalog. Throws for one that has none here. */
  of(kind: string): Vendor {
    if (kind === 'slack') return this.ofSlack();
    if (kind === 'opsGenie') return this.ofOpsGenie();
    if (kind.startsWith('awsCloudWatch')) return this.ofCloudWatch();
    throw new Error(`Say in planted-vendors.ts what the vendor of ${kind} answers`);
  }

  private ofSlack(): Vendor {
    const { faults, workspace } = this.slack;
    return {
      accept: ({ token }) => void workspace.addToken(token!),
      pages: [() => faults.next('*', { kind: 'html' }, MANY)],
      refuse: (said) => faults.next('*', { kind: 'error', code: said, more: { needed: said } }, MANY),
      recover: () => faults.clear(),
    };
  }

  private ofOpsGenie(): Vendor {
    const { faults } = this.opsGenie;
    const body = (said: string) => ({ message: said, took: 0, requestId: said });
    return {
      accept: ({ apiKey }) => void this.opsGenie.addKey(apiKey!),
      pages: this.pagesOf(this.opsGenie),
      refuse: (said) => faults.next('*', { kind: 'answer', status: 400, body: body(said) }, MANY),
      recover: () => faults.clear(),
    };
  }

  private ofCloudWatch(): Vendor {
    const { accounts, faults } = this.cloudWatch;
    const body = (said: string) => ({ __type: said, message: said });
    return {
      accept: ({ accessKeyId, secretAccessKey }) => void accounts.addKey(accessKeyId!, secretAccessKey!),
      pages: this.pagesOf(this.cloudWatch),
      refuse: (said) => faults.next('*', { kind: 'answer', status: 400, body: body(said) }, MANY),
      recover: () => faults.clear(),
    };
  }

  private pagesOf({ faults }: OpsGenieStandIn | CloudWatchStandIn): readonly (() => void)[] {
    return [200, 403, 502].map((status) => () => faults.next('*', { kind: 'html', status }, MANY));
  }
}

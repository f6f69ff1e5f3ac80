import type { Outcome, Receipt, RemoteRef } from '../../domain/index.js';
import type {
  IssueCard,
  NotificationCard,
  ReadBack,
  Recovery,
  Sink,
  SinkCall,
  SinkReply,
  TestReport,
} from '../sink.js';
import { classifyAnswer } from './ops-genie.classify.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import { issueAlert, notificationAlert, type AlertBody, type Priorities } from './ops-genie.format.js';
import type { OpsGenieLine } from './ops-genie.line.js';
import { changeNote, closeNote, type NoteBody } from './ops-genie.notes.js';
import { probe } from './ops-genie.probe.js';
import { AlertReader } from './ops-genie.read-back.js';
import { saysNoAlert, taken, verdictOf, withoutAlert, type Action } from './ops-genie.verdict.js';

/** A receipt that is none of ours says nothing: what it stands for is sent again, which does no harm here. */
const NO_RECEIPT: Outcome = {
  kind: 'ambiguous',
  code: 'no_receipt',
  reason: 'It is not known which request was taken; it is sent again.',
};
const ACTIONS: ReadonlySet<string> = new Set<Action>(['create', 'note', 'close']);

/** Formats, sends, follows up: one integration's line to one account of OpsGenie or JSM Operations. */
export class OpsGenieSink implements Sink {
  readonly #line: OpsGenieLine;
  readonly #priorities: Priorities;
  readonly #reader: AlertReader;

  constructor(line: OpsGenieLine, priorities: Priorities) {
    this.#line = line;
    this.#priorities = priorities;
    this.#reader = new AlertReader(line);
  }

  open(card: IssueCard, call: SinkCall): Promise<SinkReply> {
    return this.#create(issueAlert(card, this.#priorities), call);
  }

  update(card: IssueCard, ref: RemoteRef, call: SinkCall): Promise<SinkReply> {
    return this.#change('note', card, ref, changeNote(card), call);
  }

  close(card: IssueCard, ref: RemoteRef, call: SinkCall): Promise<SinkReply> {
    return this.#change('close', card, ref, closeNote(card), call);
  }

  notify(card: NotificationCard, call: SinkCall): Promise<SinkReply> {
    return this.#create(notificationAlert(card, this.#priorities), call);
  }

  async confirm(receipt: Receipt, { signal }: SinkCall): Promise<SinkReply> {
    const { requestId, action, alias } = receipt;
    if (!requestId || !alias || action === undefined || !ACTIONS.has(action)) return { outcome: NO_RECEIPT };
    const path = `/v2/alerts/requests/${encodeURIComponent(requestId)}`;
    const of = { ...receipt, action: action as Action };
    return this.#line.send({ call: 'GET /v2/alerts/requests/{id}', path }, signal, (answer) =>
      verdictOf(answer, of, this.#ref(alias), this.#line.client.service),
    );
  }

  async readBack(card: IssueCard, ref: RemoteRef, { signal }: SinkCall): Promise<ReadBack> {
    return this.#elsewhere(ref) ?? this.#reader.read(aliasOf(card), ref, closeNote(card), signal);
  }

  /** Never called: whatever got no verdict is sent again, and its alias keeps it single. */
  async recover(): Promise<Recovery> {
    return { kind: 'unable' };
  }

  async test({ signal }: Pick<SinkCall, 'signal'>): Promise<TestReport> {
    return this.#line.withoutKey(await probe(this.#line.client, signal));
  }

  #create(body: AlertBody, { signal }: SinkCall): Promise<SinkReply> {
    return this.#line.send({ call: 'POST /v2/alerts', path: '/v2/alerts', body }, signal, (answer) =>
      this.#taken(answer, 'create', body.alias),
    );
  }

  async #change(
    action: 'note' | 'close',
    card: IssueCard,
    ref: RemoteRef,
    body: NoteBody,
    { signal }: SinkCall,
  ): Promise<SinkReply> {
    const alias = aliasOf(card);
    const verb = action === 'note' ? 'notes' : 'close';
    const path = `/v2/alerts/${encodeURIComponent(alias)}/${verb}?identifierType=alias`;
    const call = `POST /v2/alerts/{alias}/${verb}`;
    return (
      this.#elsewhere(ref) ??
      this.#line.send({ call, path, body }, signal, (answer) => this.#taken(answer, action, alias))
    );
  }

  #taken(answer: OpsGenieAnswer, action: Action, alias: string): Outcome {
    const { service } = this.#line.client;
    const { status, requestId, message } = answer;
    if (status === 202 && requestId !== undefined) return taken({ requestId, action, alias }, service);
    if (action !== 'create' && status === 404 && saysNoAlert(message))
      return withoutAlert(action, this.#ref(alias), service);
    return classifyAnswer(answer, service, 'writes');
  }

  #ref(alias: string): RemoteRef {
    return { alias, target: this.#line.client.service.target };
  }

  /** The integration was turned to another service since: there is no alert of this issue there. */
  #elsewhere({ target }: RemoteRef): SinkReply | undefined {
    if (target === undefined || target === this.#line.client.service.target) return undefined;
    const reason = `The alert is at another settings.target (${target}); a fresh one takes its place.`;
    return { outcome: { kind: 'gone', what: 'message', code: 'other_target', reason } };
  }
}

const aliasOf = ({ issue }: IssueCard): string => issue.id;

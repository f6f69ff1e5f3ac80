import type { Outcome, Receipt, RemoteRef } from '../../domain/index.js';
import type { IssueCard, NotificationCard } from '../cards.js';
import type { ReadBack, Recovery, Sink, SinkCall, SinkReply, TestReport } from '../sink.js';
import { classifyAnswer } from './ops-genie.classify.js';
import type { OpsGenieAnswer } from './ops-genie.client.js';
import { issueAlert, notificationAlert, type AlertBody, type Priorities } from './ops-genie.format.js';
import type { OpsGenieLine } from './ops-genie.line.js';
import { changeNote, closeNote, type NoteBody } from './ops-genie.notes.js';
import { probe } from './ops-genie.probe.js';
import { AlertReader } from './ops-genie.read-back.js';
import { knowsNoAlert, taken, verdictOf, withoutAlert, type Action } from './ops-genie.verdict.js';

const ACTIONS: ReadonlySet<string> = new Set<Action>(['create', 'note', 'close']);

/** A receipt that cannot be asked about says nothing: what it stands for is sent again, which does no harm here. */
const noReceipt = (code: string, reason: string): SinkReply => ({
  outcome: { kind: 'ambiguous', code, reason },
});

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
    const { requestId, action, alias, alertKey } = receipt;
    if (!requestId || !alias || action === undefined || !ACTIONS.has(action))
      return noReceipt('no_receipt', 'It is not known which request was taken; it is sent again.');
    const { service } = this.#line.client;
    if (receipt['target'] !== service.target || receipt['key'] !== this.#line.keyDigest)
      return noReceipt(
        'other_account',
        'The request was taken at another settings.target, or with another API key; it is sent again.',
      );
    const path = `/v2/alerts/requests/${encodeURIComponent(requestId)}`;
    const of = { ...receipt, action: action as Action };
    return this.#line.send({ call: 'GET /v2/alerts/requests/{id}', path }, signal, (answer) =>
      verdictOf(answer, of, this.#ref(alias), this.#isOurs(alertKey), service),
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
    const { alias } = body;
    return this.#line.send(
      { call: 'POST /v2/alerts', path: '/v2/alerts', body },
      signal,
      (answer) =>
        this.#taken(answer, { action: 'create', alias }) ??
        classifyAnswer(answer, this.#line.client.service, 'creates'),
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
    const request = { call: `POST /v2/alerts/{alias}/${verb}`, path, body };
    return (
      this.#elsewhere(ref) ??
      this.#line.send(request, signal, (answer) => this.#changed(answer, action, alias, ref))
    );
  }

  #changed(answer: OpsGenieAnswer, action: 'note' | 'close', alias: string, ref: RemoteRef): Outcome {
    const { service } = this.#line.client;
    const alertKey = ref['key'];
    const took = this.#taken(answer, { action, alias, ...(alertKey === undefined ? {} : { alertKey }) });
    if (took) return took;
    if (knowsNoAlert(answer)) return withoutAlert(action, this.#ref(alias), this.#isOurs(alertKey), service);
    // It cannot be asked for, and nothing keeps a note single: sent again and again it would flood the alert.
    if (action === 'note' && answer.status === 202) return { kind: 'delivered', ref };
    return classifyAnswer(answer, service, 'changes');
  }

  #taken({ status, requestId }: OpsGenieAnswer, of: Receipt): Outcome | undefined {
    if (status !== 202 || requestId === undefined) return undefined;
    const { client, keyDigest: key } = this.#line;
    return taken({ requestId, ...of, target: client.service.target, key }, client.service);
  }

  /** `key` tells whose account it is in, as far as can be told: a person's close is one only where the alert was. */
  #ref(alias: string): RemoteRef {
    return { alias, target: this.#line.client.service.target, key: this.#line.keyDigest };
  }

  #isOurs(alertKey: string | undefined): boolean {
    return alertKey === undefined || alertKey === this.#line.keyDigest;
  }

  /** The integration was turned to another service since: there is no alert of this issue there. */
  #elsewhere({ target }: RemoteRef): SinkReply | undefined {
    if (target === undefined || target === this.#line.client.service.target) return undefined;
    const reason = `The alert is at another settings.target (${target}); a fresh one takes its place.`;
    return { outcome: { kind: 'gone', what: 'message', code: 'other_target', reason } };
  }
}

const aliasOf = ({ issue }: IssueCard): string => issue.id;

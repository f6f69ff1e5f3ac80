import { randomUUID } from 'node:crypto';
import type { OpsGenieAlert, RequestAction, TakenRequest } from './alert.js';
import type { CreateBody, NoteBody } from './bodies.js';
import { Processing } from './processing.js';

/** Who asks, and over which API. */
export interface Origin {
  readonly api: OpsGenieAlert['api'];
  readonly key: string | undefined;
}

const NO_ALERT = 'Alert does not exist';

/**
 * An account's alerts. Of an alias at most one is open: created again it only counts up; once closed, the next create
 * makes another alert. By its alias only an open alert is found.
 *
 * Requests are taken first and processed when `processing` says so.
 */
export class OpsGenieAccount {
  readonly alerts: OpsGenieAlert[] = [];
  readonly requests = new Map<string, TakenRequest>();
  readonly processing = new Processing();
  readonly #open = new Map<string, OpsGenieAlert>();
  readonly #byId = new Map<string, OpsGenieAlert>();
  #failures: { readonly action: RequestAction | '*'; readonly status: string }[] = [];

  /** Takes a request. What becomes of it is found in `requests`, under the id that comes back. */
  take(action: RequestAction, alias: string, body: CreateBody | NoteBody, origin: Origin): string {
    const request: TakenRequest = { id: randomUUID(), action, alias, verdict: undefined };
    this.requests.set(request.id, request);
    this.processing.queue(action, () => this.#process(request, body, origin));
    return request.id;
  }

  /** The open alert of this alias. */
  openAlert(alias: string): OpsGenieAlert | undefined {
    return this.#open.get(alias);
  }

  alertById(id: string): OpsGenieAlert | undefined {
    return this.#byId.get(id);
  }

  /** The next `times` requests of this kind (`*`: of any) are taken, have no effect, and are judged with this text. */
  failNext(action: RequestAction | '*', status: string, times = 1): void {
    for (let time = 0; time < times; time += 1) this.#failures.push({ action, status });
  }

  /** A person, or another integration, closes the alert. Throws when none of this alias is open. */
  closeByHand(alias: string): OpsGenieAlert {
    const alert = this.#open.get(alias);
    if (!alert) throw new Error(`no alert with the alias ${alias} is open`);
    return this.#close(alert);
  }

  /** A person, or another integration, opens an alert of the same content. Throws when there never was one. */
  openByHand(alias: string): OpsGenieAlert {
    const last = this.alerts.findLast((alert) => alert.alias === alias);
    if (!last) throw new Error(`there is no alert with the alias ${alias}`);
    if (last.status === 'open') return last;
    return this.#add({ ...last, key: undefined });
  }

  reset(): void {
    for (const map of [this.requests, this.#open, this.#byId]) map.clear();
    this.processing.reset();
    this.alerts.length = 0;
    this.#failures = [];
  }

  #process(request: TakenRequest, body: CreateBody | NoteBody, origin: Origin): void {
    const failure = this.#failures.find(({ action }) => action === '*' || action === request.action);
    if (failure) {
      this.#failures.splice(this.#failures.indexOf(failure), 1);
      request.verdict = verdict(false, failure.status);
    } else request.verdict = this.#perform(request, body, origin);
  }

  #perform({ action, alias }: TakenRequest, body: CreateBody | NoteBody, origin: Origin) {
    if (action === 'create') return this.#create(body as CreateBody, origin);
    const alert = this.#open.get(alias);
    if (!alert) return verdict(false, NO_ALERT);
    const { note, source } = body as NoteBody;
    if (note !== undefined) alert.notes.push({ at: new Date(), note, source });
    if (action === 'note') return verdict(true, 'Added note', alert.id);
    return verdict(true, 'Closed alert', this.#close(alert).id);
  }

  #create(body: CreateBody, { api, key }: Origin) {
    const open = this.#open.get(body.alias);
    if (open) {
      open.count += 1;
      return verdict(true, 'Updated alert count', open.id);
    }
    const { message, alias, description = '', entity = '', source = '127.0.0.1' } = body;
    const { tags = [], details = {}, priority = 'P3' } = body;
    const content = { message, alias, description, entity, source, tags, details, priority };
    return verdict(true, 'Created alert', this.#add({ ...content, api, key }).id);
  }

  #add(content: Omit<OpsGenieAlert, 'id' | 'createdAt' | 'notes' | 'status' | 'closedAt' | 'count'>) {
    const [id, createdAt] = [randomUUID(), new Date()];
    const state = { notes: [], status: 'open', closedAt: null, count: 1 } as const;
    const alert: OpsGenieAlert = { ...content, id, createdAt, ...state, notes: [] };
    this.alerts.push(alert);
    this.#open.set(alert.alias, alert);
    this.#byId.set(id, alert);
    return alert;
  }

  #close(alert: OpsGenieAlert): OpsGenieAlert {
    this.#open.delete(alert.alias);
    return Object.assign(alert, { status: 'closed', closedAt: new Date() });
  }
}

const verdict = (isSuccess: boolean, status: string, alertId = '') => ({
  isSuccess,
  status,
  processedAt: new Date(),
  alertId,
});

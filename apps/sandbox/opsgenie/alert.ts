/** A note on an alert, as its timeline shows it. */
export interface AlertNote {
  readonly at: Date;
  readonly note: string;
  readonly source: string | undefined;
}

/** An alert as the account keeps it. */
export interface OpsGenieAlert {
  readonly id: string;
  readonly alias: string;
  readonly message: string;
  readonly description: string;
  readonly entity: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly priority: string;
  readonly createdAt: Date;
  /** The API it came in by. */
  readonly api: 'opsgenie' | 'jsm';
  /** The key that created it. */
  readonly key: string | undefined;
  readonly notes: AlertNote[];
  status: 'open' | 'closed';
  closedAt: Date | null;
  /** How often it was created while it was open. */
  count: number;
}

export type RequestAction = 'create' | 'note' | 'close';

/** What became of a request that was answered with 202. */
export interface Verdict {
  readonly isSuccess: boolean;
  readonly status: string;
  readonly processedAt: Date;
  readonly alertId: string;
}

/** A request that was answered with 202. */
export interface TakenRequest {
  readonly id: string;
  readonly action: RequestAction;
  readonly alias: string;
  /** Undefined until it is processed. */
  verdict: Verdict | undefined;
}

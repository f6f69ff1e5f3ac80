export type AccessRight = 'read' | 'create-and-update' | 'delete' | 'configuration';

/** What a key looks like; anything else is refused before it is looked for, where keys are strict. */
export const KEY_FORM = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The key of an API integration. */
export interface OpsGenieKey {
  readonly key: string;
  readonly rights: readonly AccessRight[];
  /** An integration that is turned off answers as if its key were unknown. */
  readonly enabled: boolean;
  /** The service that it belongs to; at the other it is unknown. Absent: both take it. */
  readonly api?: 'opsgenie' | 'jsm';
}

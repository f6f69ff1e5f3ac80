export type AccessRight = 'read' | 'create-and-update' | 'delete' | 'configuration';

/** The key of an API integration. */
export interface OpsGenieKey {
  readonly key: string;
  readonly rights: readonly AccessRight[];
  /** An integration that is turned off answers as if its key were unknown. */
  readonly enabled: boolean;
}

/** `backend` of the storage section. */
export type BackendSettings = PostgresSettings | SqliteSettings;

export interface PostgresSettings {
  readonly type: 'postgres';
  readonly server: string;
  readonly port: number;
  /** Name of the database. */
  readonly database: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly connectionTimeoutMs: number;
  /** `key=value`, as in the query of a connection URI: `sslmode=disable`. */
  readonly flags: readonly string[];
}

export interface SqliteSettings {
  readonly type: 'sqlite';
  /** A file, made when it is not there; or a directory that is there, which gets a file `events.db`. */
  readonly path: string;
  /** `key=value` as of the original's driver: `_journal=WAL`, `_timeout=5000`. */
  readonly flags: readonly string[];
}

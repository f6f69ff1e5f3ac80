/** A small footprint for one hub, and nothing to be reached by from outside. */
const PARAMETERS = {
  listen_addresses: '127.0.0.1',
  // No socket file: neither in a shared directory nor at a path that may be too long for one.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  // Worker processes for reading would cost memory and gain nothing at this size.
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Errors of single statements are the hub's business; the log keeps starts, stops and crashes.
  log_min_messages: 'log',
  log_checkpoints: 'off',
} as const;

/** Enough against a killed process, not against a machine that loses power. */
const NOT_DURABLE = { fsync: 'off', full_page_writes: 'off' } as const;

export const serverParameters = (durable: boolean): Readonly<Record<string, string>> =>
  durable ? PARAMETERS : { ...PARAMETERS, ...NOT_DURABLE };

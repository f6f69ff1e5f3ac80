/** The counters of cc-event-store; each appears with its first use. */
export interface CounterNames {
  'manager.status':
    | 'processed'
    | 'write_batch'
    | 'flushed'
    | 'timer_flushes'
    | 'query_flushes'
    | 'queries'
    | 'dropped_logs'
    | 'dropped_full';
  'manager.errors':
    'write_failed' | 'retention_failed' | 'unreadable_lines' | 'receiver_refused' | 'receiver_lost';
  'backend.status': 'active_tables' | 'writes' | 'queries' | 'deletes';
  'backend.errors':
    | 'query_exec_failed'
    | 'write_no_cluster_tag'
    | 'write_invalid_message_type'
    | 'write_sql_exec_failed'
    | 'delete_sql_exec_failed';
}
type Place = keyof CounterNames;
type Counters = Record<string, number>;

/** What the original says about its settings, as they are written in the configuration. */
export interface StatsInfo {
  readonly retention_time: string;
  readonly flush_time: string;
  readonly backend_type: string;
}

interface Section {
  readonly errors: Counters;
  readonly status: Counters;
}

/** As `/api/stats/` answers. */
export interface StatsView {
  readonly manager: Section;
  readonly backend: Section;
  readonly info: StatsInfo;
}

/** What a process has counted since it started. */
export class EventStoreStats {
  private readonly counters: Readonly<Record<string, Counters>> = {
    'manager.status': {},
    'manager.errors': {},
    'backend.status': {},
    'backend.errors': {},
  };

  count<In extends Place>(place: In, name: CounterNames[In], by = 1): void {
    const counters = this.counters[place]!;
    counters[name] = (counters[name] ?? 0) + by;
  }

  set<In extends Place>(place: In, name: CounterNames[In], value: number): void {
    this.counters[place]![name] = value;
  }

  view(info: StatsInfo): StatsView {
    const section = (of: 'manager' | 'backend'): Section => ({
      errors: { ...this.counters[`${of}.errors`] },
      status: { ...this.counters[`${of}.status`] },
    });
    return { manager: section('manager'), backend: section('backend'), info };
  }
}

import type { Severity } from '../../domain/index.js';
import type { ReplayMode } from '../replay/replay-step.js';
import type { VerdictFault } from './simulated-alerts.js';
import type { Crash } from './simulated-integration.js';
import type { Fault } from './simulated-line.js';

/** Which of the two integrations. */
export type Side = 'messages' | 'alerts';
/** What can happen in an imagined world. */
export type Command =
  | { do: 'open'; issue: number; severity: Severity }
  | { do: 'close'; issue: number }
  | { do: 'notify'; severity: Severity }
  | { do: 'race'; at: Side; event: 'open' | 'close'; issue: number; severity: Severity }
  | { do: 'pass'; ms: number }
  | { do: 'step-clock'; ms: number }
  | { do: 'fault'; at: Side; fault: Fault }
  | { do: 'verdict'; fault: VerdictFault }
  | { do: 'crash'; at: Side; crash: Crash }
  | { do: 'delete-messages' }
  | { do: 'end-alerts' }
  | { do: 'reopen-alert'; afterMs: number }
  | { do: 'filter'; at: Side; minimumSeverity: Severity | null }
  | { do: 'silence'; ms: number }
  | { do: 'lift' }
  | { do: 'pause'; at: Side }
  | { do: 'mend'; at: Side }
  | { do: 'probe'; at: Side }
  | { do: 'withdraw'; at: Side }
  | { do: 'return'; at: Side }
  | { do: 'replay'; at: Side; mode: ReplayMode };

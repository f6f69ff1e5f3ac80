import { z } from 'zod';
import type { StandInAnswer } from './answers.js';
import { FAULT_KINDS, type Fault, type FaultScript } from './faults.js';

const plannedFault = z.object({
  operation: z.string().default('*'),
  fault: z.looseObject({ kind: z.enum(FAULT_KINDS) }),
  times: z.number().int().min(1).default(1),
  sometimes: z.object({ probability: z.number().min(0).max(1), seed: z.number().int() }).optional(),
});

/** What of a stand-in is controlled. */
interface Controlled {
  readonly state: object;
  readonly calls: readonly { readonly operation: string }[];
  readonly faults: FaultScript;
  reset(): void;
  command(name: string, body: unknown): unknown;
}

interface ControlRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
}

function run(standIn: Controlled, { method, url, body }: ControlRequest): unknown {
  const name = url.pathname.slice('/_control/'.length);
  const given = (): unknown => JSON.parse(body.toString('utf8'));
  switch (`${method} ${name}`) {
    case 'GET state':
      return standIn.state;
    case 'DELETE state':
      return standIn.reset();
    case 'GET calls':
      return { calls: standIn.calls };
    case 'DELETE faults':
      return standIn.faults.clear();
    case 'POST faults': {
      const { operation, fault: named, times, sometimes } = plannedFault.parse(given());
      const fault = named as unknown as Fault;
      if (sometimes) return standIn.faults.sometimes(operation, fault, { ...sometimes, times });
      return standIn.faults.next(operation, fault, times);
    }
    default:
      if (method !== 'POST') throw new Error('there is no such control endpoint');
      return standIn.command(name, given());
  }
}

/** Serves `/_control/…`: how another process looks at a stand-in and makes it fail. README.md lists the endpoints. */
export function control(standIn: Controlled, request: ControlRequest): StandInAnswer {
  try {
    const result = run(standIn, request);
    return result === undefined ? { status: 204 } : { status: 200, body: result };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

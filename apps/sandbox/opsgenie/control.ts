import { z } from 'zod';
import type { OpsGenieAccount } from './account.js';
import type { OpsGenieKey } from './keys.js';
import type { Delays } from './processing.js';

const action = z.enum(['create', 'note', 'close']);
const milliseconds = z.number().int().min(0);

const keys = z.object({
  key: z.string().min(1),
  rights: z.array(z.enum(['read', 'create-and-update', 'delete', 'configuration'])).optional(),
  enabled: z.boolean().optional(),
  api: z.enum(['opsgenie', 'jsm']).optional(),
});
const processing = z.object({
  delayMs: z.union([milliseconds, z.partialRecord(action, milliseconds)]).optional(),
  held: z.boolean().optional(),
});
const verdicts = z.object({
  action: action.or(z.literal('*')).default('*'),
  status: z.string().min(1),
  times: z.number().int().min(1).default(1),
});
const rules = z.object({ strictKeys: z.boolean().optional(), jsmTellsStatus: z.boolean().optional() });
const alias = z.object({ alias: z.string().min(1) });

/** How the stand-in differs from what is usual. */
export interface OpsGenieRules {
  /** A key that is no UUID is refused as malformed (422), as OpsGenie does. */
  strictKeys: boolean;
  /** Whether JSM Operations can be asked what became of a request. */
  jsmTellsStatus: boolean;
}

/** What of the stand-in is controlled. */
interface Controlled {
  readonly rules: OpsGenieRules;
  readonly account: OpsGenieAccount;
  addKey(key: string, options: Partial<Omit<OpsGenieKey, 'key'>>): OpsGenieKey;
  delay(delayMs: number | Partial<Delays>): void;
}

/** What `POST /_control/<name>` does; README.md lists them. Throws for what it does not understand. */
export function runCommand(standIn: Controlled, name: string, body: unknown): unknown {
  const { account } = standIn;
  switch (name) {
    case 'keys': {
      const { key, rights, enabled, api } = keys.parse(body);
      return standIn.addKey(key, {
        ...(rights ? { rights } : {}),
        ...(enabled === undefined ? {} : { enabled }),
        ...(api ? { api } : {}),
      });
    }
    case 'processing': {
      const { delayMs, held } = processing.parse(body);
      if (delayMs !== undefined) standIn.delay(delayMs);
      if (held !== undefined) (held ? () => account.processing.hold() : () => account.processing.release())();
      return { delays: account.processing.delays };
    }
    case 'verdicts': {
      const { action: of, status, times } = verdicts.parse(body);
      return account.failNext(of, status, times);
    }
    case 'rules':
      return Object.assign(standIn.rules, rules.parse(body));
    case 'close':
      return account.closeByHand(alias.parse(body).alias);
    case 'reopen':
      return account.openByHand(alias.parse(body).alias);
    default:
      throw new Error('there is no such control endpoint');
  }
}

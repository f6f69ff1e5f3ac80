import { waitUntil } from '../../../libs/testing/index.js';
import type { ClusterStandIn } from '../../../apps/sandbox/cluster/index.js';
import type { PlantedMarks } from './planted-marks.js';
import type { PlantedVendors } from './planted-vendors.js';
import type { RecordingClient } from './recording-client.js';

const PATIENCE_MS = 45_000;

/** Where the story of the planted secrets plays. */
export interface StoryScene {
  readonly client: RecordingClient;
  readonly marks: PlantedMarks;
  readonly vendors: PlantedVendors;
  readonly cluster: ClusterStandIn;
  /** `organizations/<id>` */
  readonly organization: string;
  /** `organizations/<id>/projects/<id>` */
  readonly project: string;
}

/** A part of the story: everything that is done with one kind of secret, done once. */
export abstract class StoryChapter {
  constructor(protected readonly scene: StoryScene) {}

  abstract play(): Promise<void>;

  protected until(what: string, look: () => Promise<boolean>): Promise<unknown> {
    return waitUntil(look, { what, timeoutMs: PATIENCE_MS, intervalMs: 100 });
  }
}

/** Gets an access token; what was shown with it is looked for from then on. */
export async function accessTokenFor(
  { client, marks }: Pick<StoryScene, 'client' | 'marks'>,
  form: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await client.form('/oauth/token', form);
  const { access_token: access, refresh_token: refresh } = answer.json ?? {};
  if (typeof access !== 'string') throw new Error(`no access token: ${answer.text}`);
  marks.learn('access token', access.split('.')[2]!);
  if (refresh !== form['refresh_token']) marks.learn('refresh token', refresh as string);
  return access;
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterControls } from './cluster-controls.js';
import { COMMANDS } from './commands.js';
import { BadScenario, parseScenario, readInput } from './scenario.js';
import { ScenarioRun, type RunOptions } from './scenario-run.js';

const MAX_BODY_BYTES = 1_000_000;
const MAX_SPEED = 1_000;

interface Answer {
  readonly status: number;
  readonly body: object;
}
const refuse = (status: number, error: string): Answer => ({ status, body: { error } });

/** A scenario by its name; undefined when there is none of that name. */
export type FindScenario = (name: string) => unknown;

/** Lets another process drive the cluster: `POST /_control/disk {"node":0,"percent":85}`. */
export class ControlServer {
  readonly #server: Server;
  #run: ScenarioRun | undefined;

  constructor(
    private readonly cluster: ClusterControls & { readonly nodes: readonly unknown[] },
    private readonly wantedPort: number,
    private readonly findScenario: FindScenario,
  ) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.wantedPort, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    this.#run?.stop();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Plays a scenario from now on; one that runs is stopped first. Throws `BadScenario`. */
  async play(content: unknown, options: RunOptions): Promise<ScenarioRun> {
    const scenario = parseScenario(content, this.cluster.nodes.length);
    this.#run?.stop();
    await this.#run?.ended;
    this.#run = new ScenarioRun(this.cluster, scenario, options);
    return this.#run;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request).catch((error: unknown) => refuse(500, String(error)));
    if (response.destroyed) return;
    response
      .writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' })
      .end(`${JSON.stringify(answer.body, undefined, 2)}\n`);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', 'http://control.example.com');
    const name = /^\/_control\/?([a-z]*)$/.exec(url.pathname)?.[1];
    const isAsked = request.method === 'GET';
    if (name === '' && isAsked) return { status: 200, body: { ...this.cluster.describe(), ...this.#menu() } };
    if (name === 'scenario' && isAsked)
      return { status: 200, body: this.#run?.progress ?? { status: 'none' } };
    const isKnown = name === 'scenario' || (name !== undefined && Object.hasOwn(COMMANDS, name));
    if (!isKnown)
      return refuse(
        404,
        `There is no such command; there are ${[...Object.keys(COMMANDS), 'scenario'].join(', ')}`,
      );
    if (request.method !== 'POST') return refuse(405, 'Commands are posted');
    const body = await readBody(request);
    if (body === undefined) return refuse(413, `A body has at most ${MAX_BODY_BYTES} bytes`);
    let content: unknown;
    try {
      content = body.trim() === '' ? {} : JSON.parse(body);
    } catch {
      return refuse(400, 'The body is no JSON');
    }
    return name === 'scenario' ? this.#playPosted(content, url.searchParams) : this.#obey(name, content);
  }

  async #obey(name: string, content: unknown): Promise<Answer> {
    const command = COMMANDS[name]!;
    const read = readInput(command, content, this.cluster.nodes.length);
    if ('problems' in read)
      return refuse(400, read.problems.map((problem) => problem.replace(/^[.:] ?/, '')).join('\n'));
    try {
      await command.run(this.cluster, read.input, 1);
      return { status: 200, body: this.cluster.describe() };
    } catch (error) {
      if (error instanceof RangeError) return refuse(400, error.message);
      throw error;
    }
  }

  async #playPosted(content: unknown, query: URLSearchParams): Promise<Answer> {
    const speed = Number(query.get('speed') ?? 1);
    if (!(speed > 0 && speed <= MAX_SPEED)) return refuse(400, `speed must be above 0, at most ${MAX_SPEED}`);
    const named = typeof content === 'string' ? this.findScenario(content) : content;
    if (named === undefined) return refuse(404, `There is no scenario "${String(content)}"`);
    try {
      return { status: 202, body: (await this.play(named, { speed })).progress };
    } catch (error) {
      if (error instanceof BadScenario) return refuse(400, error.message);
      throw error;
    }
  }

  #menu() {
    const commands = Object.entries(COMMANDS).map(([name, { what, example }]) => ({
      post: `/_control/${name}`,
      example,
      what,
    }));
    const scenario = { post: '/_control/scenario?speed=1', example: 'disk-usage', what: 'plays a scenario' };
    return { scenario: this.#run?.progress ?? null, commands: [...commands, scenario] };
  }
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

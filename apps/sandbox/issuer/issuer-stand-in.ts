import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

interface IssuerKey {
  readonly id: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** An OpenID Connect issuer: discovery, key set, and whatever tokens a test wants of it. Speaks plain HTTP on 127.0.0.1. */
export class IssuerStandIn {
  /** What its configuration says besides the truth: `{ issuer: 'https://other.example' }`. */
  configuration: Readonly<Record<string, unknown>> = {};
  /** Answers 500 to everything. */
  isBroken = false;
  /** How often its keys were asked for. */
  keyRequests = 0;
  private keys: IssuerKey[] = [];
  private server: Server | undefined;
  private port = 0;

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Its keys as it publishes them. */
  get published(): JWK[] {
    return this.keys.map(({ jwk }) => jwk);
  }

  /** Listens: the first time on a free port, later on the same one. */
  async start(): Promise<void> {
    if (this.keys.length === 0) await this.rotate();
    const server = createServer((request, response) => this.answer(request.url ?? '', response));
    this.server = server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
  }

  /** Nobody can reach it until it is started again. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  /** Signs with a new key from now on, and publishes no other any more. */
  async rotate(algorithm = 'RS256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm);
    const id = `key-${Math.random().toString(36).slice(2)}`;
    const jwk = { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' };
    this.keys = [{ id, algorithm, privateKey, jwk }];
  }

  /** A token of this issuer with these claims, and header members; a claim that is undefined is left out. */
  async sign(claims: JWTPayload, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const [key] = this.keys;
    if (key === undefined) throw new Error('The issuer has no key yet');
    return new SignJWT({ iss: this.issuer, ...claims })
      .setProtectedHeader({ alg: key.algorithm, kid: key.id, typ: 'JWT', ...header })
      .sign(key.privateKey);
  }

  private answer(path: string, response: ServerResponse): void {
    if (this.isBroken) {
      response.writeHead(500).end();
      return;
    }
    if (path === '/keys') this.keyRequests += 1;
    const body = this.bodies()[path];
    response
      .writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? {}));
  }

  private bodies(): Readonly<Record<string, unknown>> {
    return {
      '/.well-known/openid-configuration': {
        issuer: this.issuer,
        jwks_uri: `${this.issuer}/keys`,
        ...this.configuration,
      },
      '/keys': { keys: this.published },
    };
  }
}

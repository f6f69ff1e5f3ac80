/** An answer of the hub: status and decoded body (undefined when there was none). */
export interface HubAnswer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
}

export interface LedgerView {
  readonly accepted: number;
  readonly delivered: number;
  readonly coalesced: number;
  readonly rejected: number;
  readonly suppressed: number;
  readonly parked: number;
  readonly expired: number;
  readonly inFlight: number;
  readonly balanced: boolean;
}

export interface IssueView {
  readonly id: string;
  readonly kind: string;
  readonly status: 'open' | 'closed';
  readonly severity: string;
  readonly message: string;
  readonly eventCount: number;
}

/** The hub's API with a token, as a script would use it. */
export class HubClient {
  private accessToken = '';

  constructor(readonly url: string) {}

  /** Gets an access token for a refresh token. */
  async logIn(refreshToken: string): Promise<void> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'spillway',
      refresh_token: refreshToken,
    });
    const response = await fetch(`${this.url}/oauth/token`, { method: 'POST', body: form });
    const body = (await response.json()) as { access_token?: string };
    if (!body.access_token)
      throw new Error(`No access token: HTTP ${response.status} ${JSON.stringify(body)}`);
    this.accessToken = body.access_token;
  }

  /** One request, whatever its answer. Rejects when there is none, or when the signal gives it up. */
  async request<Body>(
    method: string,
    path: string,
    content?: unknown,
    signal: AbortSignal | null = null,
  ): Promise<HubAnswer<Body>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      signal,
      headers: { authorization: `Bearer ${this.accessToken}`, 'content-type': 'application/json' },
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Body };
  }

  /** One request that must succeed; throws with the problem otherwise. */
  async call<Body>(method: string, path: string, content?: unknown): Promise<Body> {
    const { status, body } = await this.request<Body>(method, path, content);
    if (status >= 300) throw new Error(`${method} ${path}: HTTP ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Makes an organization and a project in it. */
  async createProject(): Promise<HubProject> {
    const organization = await this.call<{ id: string }>('POST', '/resources/v1/organizations', {
      name: 'acme',
    });
    const path = `/resources/v1/organizations/${organization.id}/projects`;
    const project = await this.call<{ id: string }>('POST', path, { name: 'orders' });
    return new HubProject(this, organization.id, project.id);
  }
}

/** One project of a hub. */
export class HubProject {
  constructor(
    readonly client: HubClient,
    readonly organizationId: string,
    readonly projectId: string,
  ) {}

  get path(): string {
    return `organizations/${this.organizationId}/projects/${this.projectId}`;
  }

  async addCluster(name: string, addresses: readonly string[], more: object = {}): Promise<string> {
    const content = { name, nodes: addresses.map((address) => ({ address, cores: 4 })), ...more };
    return (await this.client.call<{ id: string }>('POST', `/hub/v1/${this.path}/clusters`, content)).id;
  }

  async addSlack(channelId: string, token: string, source = 'issues'): Promise<string> {
    const content = { description: 'alerts', data: { sink: 'slack', source, channelId, token } };
    return (
      await this.client.call<{ id: string }>('POST', `/integrate/v1/${this.path}/integrations`, content)
    ).id;
  }

  report(event: object): Promise<{ issueId: string }> {
    return this.client.call('POST', `/hub/v1/${this.path}/issues/events`, event);
  }

  async issues(status?: 'open' | 'closed'): Promise<IssueView[]> {
    const query = status ? `?status=${status}` : '';
    return (await this.client.call<{ issues: IssueView[] }>('GET', `/hub/v1/${this.path}/issues${query}`))
      .issues;
  }

  ledger(integrationId: string): Promise<LedgerView> {
    return this.client.call('GET', `/hub/v1/${this.path}/integrations/${integrationId}/ledger`);
  }
}

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
  readonly clusterId: string | null;
  readonly nodeId: string | null;
  readonly message: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly eventCount: number;
}

/** What the tests and the demo look at of a cluster. */
export interface ClusterView {
  readonly id: string;
  readonly status: 'available' | 'defunct';
  readonly nodes: readonly {
    readonly id: string;
    readonly address: string;
    readonly role: string | null;
    readonly version: string | null;
    readonly reachability: { readonly status: string; readonly reason: string | null };
    readonly lastObservedAt: string | null;
  }[];
  readonly detectors: readonly {
    readonly kind: string;
    readonly status: 'on' | 'off' | 'blind' | 'partly';
    readonly reason: string | null;
    readonly openIssues: readonly string[];
  }[];
}

/** The hub's API with a token, as a script would use it. */
export class HubClient {
  private accessToken = '';

  constructor(readonly url: string) {}

  /** Gets an access token for a refresh token, uses it from now on, and resolves with it. */
  async logIn(refreshToken: string): Promise<string> {
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
    return this.accessToken;
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

  /** A body that is no JSON document. Throws with what came instead. */
  async text(path: string): Promise<string> {
    const response = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${this.accessToken}` },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${path}: HTTP ${response.status} ${text}`);
    return text;
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

  /** Each node with four cores; `more` goes over what follows from the name and the addresses. */
  async addCluster(name: string, addresses: readonly string[], more: object = {}): Promise<string> {
    const content = { name, nodes: addresses.map((address) => ({ address, cores: 4 })), ...more };
    return (await this.client.call<{ id: string }>('POST', `/hub/v1/${this.path}/clusters`, content)).id;
  }

  addSlack(channelId: string, token: string, source = 'issues'): Promise<string> {
    return this.addIntegration({ sink: 'slack', source, channelId, token });
  }

  /** With settings of its own when some are given. Resolves with its id. */
  async addIntegration(data: object, settings?: object): Promise<string> {
    const path = `/integrate/v1/${this.path}/integrations`;
    const { id } = await this.client.call<{ id: string }>('POST', path, { description: 'alerts', data });
    if (settings) await this.client.call('PUT', `${this.integration(id)}/settings`, settings);
    return id;
  }

  /** The path of what is ours beside an integration. */
  integration(id: string): string {
    return `/hub/v1/${this.path}/integrations/${id}`;
  }

  pause(integrationId: string): Promise<unknown> {
    return this.client.call('POST', `${this.integration(integrationId)}/pause`, {});
  }

  resume(integrationId: string): Promise<unknown> {
    return this.client.call('POST', `${this.integration(integrationId)}/resume`, {});
  }

  cluster(id: string): Promise<ClusterView> {
    return this.client.call('GET', `/hub/v1/${this.path}/clusters/${id}`);
  }

  changeCluster(id: string, change: object): Promise<ClusterView> {
    return this.client.call('PATCH', `/hub/v1/${this.path}/clusters/${id}`, change);
  }

  /** The last hour of what was seen of a cluster, as JSON lines. */
  observations(clusterId: string): Promise<string> {
    return this.client.text(`/hub/v1/${this.path}/clusters/${clusterId}/observations?format=jsonl`);
  }

  /** As the platform reports a step of a cluster's provisioning. */
  provisioning(clusterId: string, report: object): Promise<unknown> {
    return this.client.call('POST', `/hub/v1/${this.path}/clusters/${clusterId}/provisioning`, report);
  }

  report(event: object): Promise<{ issueId: string }> {
    return this.client.call('POST', `/hub/v1/${this.path}/issues/events`, event);
  }

  /** The newest 200. */
  async issues(status?: 'open' | 'closed'): Promise<IssueView[]> {
    const query = `?limit=200${status ? `&status=${status}` : ''}`;
    return (await this.client.call<{ issues: IssueView[] }>('GET', `/hub/v1/${this.path}/issues${query}`))
      .issues;
  }

  ledger(integrationId: string): Promise<LedgerView> {
    return this.client.call('GET', `/hub/v1/${this.path}/integrations/${integrationId}/ledger`);
  }
}

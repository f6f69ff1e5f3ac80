import { SOURCES } from '../domain/index.js';
import type { IntegrationEntity } from '../persistence/index.js';
import { SINKS, type SinkDefinition } from '../sinks/index.js';

/**
 * An integration as Event Store Cloud shows it. `data` must hold nothing beside what the contract names: its clients
 * fail on any other member. Other states than `active` and `deleted` do not exist for them.
 */
export function integrationView(integration: IntegrationEntity) {
  const { id, organizationId, projectId, description, status, sink, source, config, display } = integration;
  return {
    id,
    organizationId,
    projectId,
    description,
    status,
    created: integration.createdAt.toISOString(),
    updated: integration.updatedAt.toISOString(),
    data: { sink, source, ...config, ...display },
  };
}

/** Which sources there are, and which sinks take each. */
export function optionsView(catalog: readonly SinkDefinition[] = SINKS) {
  return {
    sources: SOURCES.map((source) => {
      const sinks = catalog
        .filter((definition) => definition.sources.includes(source))
        .map(({ kind, label, supportsTest }) => ({
          id: kind,
          name: label,
          enabled: true,
          supportsTestApi: supportsTest,
          label,
        }));
      return {
        id: source,
        name: `${source[0]?.toUpperCase()}${source.slice(1)}`,
        enabled: sinks.length > 0,
        sinks,
      };
    }),
  };
}

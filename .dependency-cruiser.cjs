/**
 * Who may import whom: apps → (integrations, sources, collection, clusters) → delivery → (sinks, queues, persistence) → domain.
 * Tests may reach further (they need the test room and the sandbox); `npm run check:imports` runs this.
 */

/** For each room the other rooms it may import. A room that is missing here is refused: add it with what it may import. */
const MAY_IMPORT = {
  domain: [],
  detection: ['domain'],
  config: ['domain', 'detection'],
  observability: ['domain'],
  sinks: ['domain'],
  'log-files': ['domain'],
  egress: ['domain', 'config', 'observability'],
  persistence: ['domain', 'config', 'observability'],
  queues: ['domain', 'config', 'observability', 'persistence'],
  rest: ['domain', 'config', 'observability', 'persistence'],
  identity: ['domain', 'config', 'observability', 'persistence', 'rest'],
  delivery: ['domain', 'config', 'observability', 'persistence', 'rest', 'identity', 'queues', 'sinks'],
};

const BELOW_DELIVERY = [...Object.keys(MAY_IMPORT), 'delivery'];
for (const room of ['clusters', 'integrations', 'sources']) MAY_IMPORT[room] = BELOW_DELIVERY;
MAY_IMPORT.collection = [...BELOW_DELIVERY, 'clusters', 'sources'];
MAY_IMPORT['event-store'] = [...BELOW_DELIVERY, 'log-files'];
MAY_IMPORT.platform = ['domain', 'config', 'observability', 'persistence', 'queues'];

const TEST_ROOMS = ['^test/', '^libs/testing/', '^libs/[^/]+/testing/'];
const TEST = ['\\.(spec|int-spec|e2e-spec|fixture)\\.ts$', ...TEST_ROOMS];
const list = (names) => names.join('|');

const roomRules = Object.entries(MAY_IMPORT).map(([room, allowed]) => ({
  name: `${room}-imports-only-${allowed.length === 0 ? 'itself' : 'rooms-below-it'}`,
  comment: `libs/${room} may import ${allowed.length === 0 ? 'none of our rooms' : allowed.join(', ')} (DESIGN: imports run one way).`,
  severity: 'error',
  from: { path: `^libs/${room}/`, pathNot: TEST },
  to: { path: '^(libs|apps)/', pathNot: `^libs/(${list([room, ...allowed])})/` },
}));

/** Only `rooms` import the packages that match. */
const onlyIn = (name, packages, rooms) => ({
  name,
  severity: 'error',
  from: { path: '.', pathNot: rooms },
  to: { path: `(^|/)node_modules/(${packages})(/|$)` },
});

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'every-room-has-its-rule',
      comment: 'A new room needs a line in MAY_IMPORT.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: `^libs/(${list([...Object.keys(MAY_IMPORT), 'testing'])})/` },
      to: {},
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^(apps|libs|migrations|test)/' },
      to: { circular: true },
    },
    {
      name: 'other-rooms-only-through-their-index',
      comment:
        'From outside, a room is its index.ts. A sub-room (libs/persistence/embedded) may have one, too.',
      severity: 'error',
      from: { path: '^(libs/[^/]+|apps/[^/]+|migrations|test)/', pathNot: '^test/' },
      to: {
        path: '^libs/[^/]+/',
        pathNot: ['^$1/', '/index\\.ts$', '^libs/testing/', '^libs/[^/]+/testing/'],
      },
    },
    {
      name: 'sinks-know-no-sibling',
      comment:
        'A sink is understood alone; what two of them share belongs beside sink.ts or into the domain.',
      severity: 'error',
      from: { path: '^libs/sinks/([^/]+)/' },
      to: { path: '^libs/sinks/([^/]+)/', pathNot: '^libs/sinks/$1/' },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'The stand-ins must not share code with what they test.',
      severity: 'error',
      from: { path: '^apps/sandbox/', pathNot: TEST },
      to: { path: '^(libs|apps)/', pathNot: '^apps/sandbox/|^libs/(domain|config|observability|testing)/' },
    },
    {
      name: 'apps-know-no-other-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: TEST },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'rooms-know-no-app',
      severity: 'error',
      from: { path: '^(libs|migrations)/', pathNot: TEST },
      to: { path: '^apps/' },
    },
    {
      name: 'migrations-know-nothing-of-ours',
      comment: 'What a migration does must not change when our code does.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(libs|apps|test)/' },
    },
    {
      name: 'test-room-only-for-tests',
      severity: 'error',
      from: { path: '.', pathNot: TEST },
      to: { path: TEST_ROOMS },
    },
    onlyIn('typeorm-only-in-persistence', 'typeorm', '^libs/persistence/|^migrations/'),
    onlyIn('bullmq-only-in-queues', 'bullmq|@nestjs/bullmq', '^libs/queues/|^test/bench/'),
    onlyIn(
      'nats-only-in-its-receiver',
      '@nats-io/[^/]+',
      '^libs/event-store/receivers/nats/|^apps/event-client/|^libs/testing/|(spec|fixture)\\.ts$|^test/',
    ),
    onlyIn('expressions-only-in-processing', 'jsep', '^libs/event-store/processing/'),
    onlyIn('slack-sdk-only-in-the-slack-sink', '@slack/[^/]+', '^libs/sinks/slack/'),
    onlyIn(
      'aws-sdk-only-in-its-sinks',
      '@aws-sdk/[^/]+',
      '^libs/sinks/aws-cloud-watch-(logs|metrics)/|^libs/sinks/aws\\.[^/]+\\.ts$|^test/bench/|\\.spec\\.ts$',
    ),
    {
      name: 'aws-sdk-only-when-it-is-used',
      comment:
        'It takes tens of megabytes and hundreds of milliseconds: a hub without such integrations does without.',
      severity: 'error',
      from: { path: '^libs/sinks/', pathNot: TEST },
      to: { path: '(^|/)node_modules/@aws-sdk/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'pure-rooms-know-no-framework',
      comment: 'Domain, sinks, detection, egress and log-files are plain functions and classes.',
      severity: 'error',
      from: { path: '^libs/(domain|sinks|detection|egress|log-files)/', pathNot: TEST },
      to: { path: '(^|/)node_modules/(@nestjs/|typeorm|bullmq|ioredis|pg|fastify|reflect-metadata)' },
    },
    {
      name: 'the-event-store-stands-without-nest',
      comment:
        'A drop-in that starts in no time: only what is in the hub (write, hub) knows NestJS and the streams.',
      severity: 'error',
      from: {
        path: '^libs/event-store/',
        pathNot: ['^libs/event-store/(write|hub)/', '^libs/event-store/[^/]+\\.ts$', ...TEST],
      },
      to: {
        path: '(^|/)node_modules/(@nestjs/|typeorm|bullmq|ioredis|reflect-metadata)|^libs/(delivery|identity|rest|persistence|queues)/|^libs/event-store/(write|hub)/',
      },
    },
    {
      name: 'what-lines-mean-is-pure',
      comment:
        'Line protocol, records, queries and processing are plain functions: no network, no database, no framework.',
      severity: 'error',
      from: { path: '^libs/event-store/(line-protocol|record|query|processing|stats)/', pathNot: TEST },
      to: {
        path: '(^|/)node_modules/(pg|pg-copy-streams|fastify|@nats-io/[^/]+|pino)(/|$)|^libs/event-store/(storage/(postgres|sqlite)|intake|server|retention|importing)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pure-parts-know-no-framework',
      comment: 'Decisions are pure functions: they can be read and tested without NestJS or a database.',
      severity: 'error',
      from: {
        path: '^libs/delivery/(plan|decide|settle|backoff|rules|delivery-state)\\.ts$|\\.(format|classify|schema)\\.ts$',
      },
      to: { path: '(^|/)node_modules/(@nestjs/|typeorm|bullmq|ioredis|pg/)|^libs/persistence/' },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^node:|^bun:' },
    },
    {
      name: 'nothing-undeclared',
      comment: 'What we import is in package.json, and what runs in production is no devDependency.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};

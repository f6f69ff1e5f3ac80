import { describe, expect, it } from 'vitest';
import { InvalidSettings, loadSettings } from './load-settings.js';

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadSettings(environment);
    return [];
  } catch (error) {
    return (error as InvalidSettings).problems;
  }
}

describe('settings', () => {
  it('need nothing, and come with durations in milliseconds', () => {
    expect(loadSettings({})).toMatchObject({
      PORT: 8080,
      DATABASE_URL: undefined,
      SPILLWAY_SLACK_UPDATE_INTERVAL: 300_000,
      SPILLWAY_DISK_THRESHOLD: 80,
    });
  });

  it("keep Slack's pace, unless it is turned off", () => {
    expect(loadSettings({})).toMatchObject({
      SPILLWAY_SLACK_POST_INTERVAL: 1_200,
      SPILLWAY_SLACK_UPDATES_PER_MINUTE: 40,
    });
    const off = { SPILLWAY_SLACK_POST_INTERVAL: '0s', SPILLWAY_SLACK_UPDATES_PER_MINUTE: '0' };
    expect(loadSettings(off)).toMatchObject({
      SPILLWAY_SLACK_POST_INTERVAL: 0,
      SPILLWAY_SLACK_UPDATES_PER_MINUTE: 0,
    });
  });

  it('take an empty value for an unset one', () => {
    expect(loadSettings({ REDIS_URL: '', PORT: '' })).toMatchObject({ REDIS_URL: undefined, PORT: 8080 });
  });

  it('leave variables of others alone', () => {
    expect(problemsOf({ PATH: '/bin', HOME: '/home/me' })).toEqual([]);
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['DATABASE_URL', 'mysql://example.com'],
    ['REDIS_URL', 'example.com:6379'],
    ['LOG_LEVEL', 'loud'],
    ['SPILLWAY_SECRET_KEY', 'c2hvcnQ='],
    ['SPILLWAY_SECRET_KEY_PREVIOUS', `${'A'.repeat(43)}=,c2hvcnQ=`],
    ['SPILLWAY_OIDC_ISSUER', 'http://issuer.example'],
    ['SPILLWAY_OIDC_ISSUER', 'https://issuer.example/?tenant=1'],
    ['SPILLWAY_OIDC_ISSUER', 'issuer.example'],
    ['SPILLWAY_OIDC_AUDIENCE', 'https://hub.example'],
    ['SPILLWAY_BOOTSTRAP_TOKEN', 'short'],
    ['SPILLWAY_SLACK_UPDATE_INTERVAL', '5 minutes'],
    ['SPILLWAY_SLACK_POST_INTERVAL', '2h'],
    ['SPILLWAY_SLACK_POST_INTERVAL', '0.5s'],
    ['SPILLWAY_SLACK_UPDATES_PER_MINUTE', '-1'],
    ['SPILLWAY_SLACK_UPDATES_PER_MINUTE', '1.5'],
    ['SPILLWAY_HOST_INTERVAL', '0s'],
    ['SPILLWAY_GOSSIP_INTERVAL', '25d'],
    ['SPILLWAY_RETENTION', '999999999d'],
    ['SPILLWAY_RETENTION', 'forever'],
    ['SPILLWAY_DISK_THRESHOLD', '101'],
    ['SLACK_API_URL', 'ftp://example.com'],
    ['SPILLWAY_SLAKC_UPDATE_INTERVAL', '5m'],
  ])('are refused by name: %s=%s', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} (must|is no setting) `));
  });

  it('take earlier secret keys with commas between', () => {
    const [one, two] = ['A', 'B'].map((letter) => `${letter.repeat(42)}A=`);
    const { SPILLWAY_SECRET_KEY_PREVIOUS: keys } = loadSettings({
      SPILLWAY_SECRET_KEY_PREVIOUS: `${one}, ${two},`,
    });
    expect(keys).toEqual([one, two]);
  });

  it.each([
    'https://issuer.example/tenant',
    'http://localhost:9000',
    'http://127.0.0.1:9000',
    'http://[::1]:9000',
  ])('take the issuer %s, as it is, and only with an audience', (issuer) => {
    const problems = problemsOf({ SPILLWAY_OIDC_ISSUER: issuer });
    expect(problems).toEqual([
      expect.stringMatching(/^SPILLWAY_OIDC_AUDIENCE must be set with SPILLWAY_OIDC_ISSUER/),
    ]);
    const settings = loadSettings({ SPILLWAY_OIDC_ISSUER: issuer, SPILLWAY_OIDC_AUDIENCE: 'hub' });
    expect(settings.SPILLWAY_OIDC_ISSUER).toBe(issuer);
  });

  it('are refused all at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'x' })).toHaveLength(2);
  });
});

it.each([
  ['30s', 90_000],
  ['1s', 15_000],
])(
  'polls %s apart may be missed for so long before time counts as unwatched: %d ms',
  (interval, maxGapMs) => {
    const { pace } = loadSettings({ SPILLWAY_GOSSIP_INTERVAL: interval }).detection;
    expect(pace.gossip).toEqual({ maxGapMs });
  },
);

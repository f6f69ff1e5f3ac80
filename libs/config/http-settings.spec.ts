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

describe('the settings of HTTP', () => {
  it('open nothing when they are unset', () => {
    expect(loadSettings({})).toMatchObject({ SPILLWAY_CORS_ORIGINS: [], SPILLWAY_TRUSTED_PROXIES: [] });
  });

  it('are lists with commas between', () => {
    const settings = loadSettings({
      SPILLWAY_CORS_ORIGINS: 'https://console.example.com, http://localhost:5173,',
      SPILLWAY_TRUSTED_PROXIES: '10.0.0.0/8,192.0.2.7, 2001:db8::/32,::1',
    });
    expect(settings.SPILLWAY_CORS_ORIGINS).toEqual(['https://console.example.com', 'http://localhost:5173']);
    expect(settings.SPILLWAY_TRUSTED_PROXIES).toEqual(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);
  });

  it.each([
    ['*', 'must name each origin'],
    ['https://a.example,*', 'must name each origin'],
    ['console.example.com', 'is no http(s) origin'],
    ['ftp://a.example', 'is no http(s) origin'],
    ['null', 'is no http(s) origin'],
    ['https://a.example/', 'as https://a.example'],
    ['https://a.example/console', 'as https://a.example'],
    ['https://A.example', 'as https://a.example'],
    ['https://a.example:443', 'as https://a.example'],
    ['https://user:password@a.example', 'as https://a.example'],
    ['https://*.example.com', 'is no http(s) origin'],
  ])('take no origin like %s', (text, problem) => {
    const problems = problemsOf({ SPILLWAY_CORS_ORIGINS: text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^SPILLWAY_CORS_ORIGINS /);
    expect(problems[0]).toContain(problem);
  });

  it.each([
    'proxy.example.com',
    'loopback',
    '10.0.0.0/33',
    '10.0.0/8',
    '::1/129',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/8/8',
    '0.0.0.0/0',
    '::/0',
  ])('trust no proxy like %s', (text) => {
    const problems = problemsOf({ SPILLWAY_TRUSTED_PROXIES: text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`SPILLWAY_TRUSTED_PROXIES has "${text}", which is `);
  });
});

import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../libs/config/index.js';
import { greeting } from './greeting.js';

const HUB = { url: 'http://127.0.0.1:8080', firstToken: undefined };

describe('the greeting', () => {
  it('shows the first token and how to use it', () => {
    const text = greeting(loadSettings({}), { ...HUB, firstToken: 'spw_first' });
    expect(text).toContain('\n  spw_first\n');
    expect(text).toContain('curl -s http://127.0.0.1:8080/oauth/token');
  });

  it('shows the public URL where there is one, and never the database URL', () => {
    const settings = loadSettings({
      SPILLWAY_PUBLIC_URL: 'https://hub.example.com',
      DATABASE_URL: 'postgres://user:planted@db.example.com/spillway',
    });
    const text = greeting(settings, HUB);
    expect(text).toContain('https://hub.example.com/docs');
    expect(text).not.toContain('planted');
  });
});

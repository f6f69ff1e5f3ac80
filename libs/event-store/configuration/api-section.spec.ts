import { describe, expect, it } from 'vitest';
import { ConfigurationRig, PLAIN } from './configuration-rig.fixture.js';

const rig = new ConfigurationRig();
const having = (api: object) => ({ ...PLAIN, api });
/** Of RFC 8032, §7.1, test 1. */
const KEY = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';

describe('the api section', () => {
  it('has the defaults of the original', () => {
    expect(rig.load(having({})).api).toEqual({
      address: 'localhost',
      port: 8088,
      keepAlives: true,
      idleTimeoutMs: 120_000,
      jwtPublicKey: undefined,
      isSwaggerUiEnabled: false,
      defaultCluster: undefined,
    });
  });

  it('takes every key', () => {
    const { api, warnings } = rig.load(
      having({
        address: '',
        port: '8098',
        keep_alives_enabled: false,
        idle_timeout: '1m30s',
        jwt_public_key: KEY,
        enable_swagger_ui: true,
        default_cluster: 'alex',
      }),
    );
    expect(api).toEqual({
      address: '',
      port: 8098,
      keepAlives: false,
      idleTimeoutMs: 90_000,
      jwtPublicKey: KEY,
      isSwaggerUiEnabled: true,
      defaultCluster: 'alex',
    });
    expect(warnings).toEqual([]);
  });

  it.each([
    ['8098', 8098],
    [8098, 8098],
    ['0', 0],
    ['65535', 65_535],
  ])('takes %j for a port', (port, number) => {
    expect(rig.load(having({ port })).api.port).toBe(number);
  });

  it('an empty key is as good as none, and so is an empty cluster', () => {
    const { api } = rig.load(having({ jwt_public_key: '', default_cluster: '' }));
    expect(api).toMatchObject({ jwtPublicKey: undefined, defaultCluster: undefined });
  });

  it('takes a key with line breaks in it, as Go does', () => {
    const key = `${KEY.slice(0, 20)}\n${KEY.slice(20)}\r\n`;
    expect(rig.load(having({ jwt_public_key: key })).api.jwtPublicKey).toBe(key);
  });

  it('D17: an empty idle_timeout is the default, with a warning', () => {
    const { api, warnings } = rig.load(having({ idle_timeout: '' }));
    expect(api.idleTimeoutMs).toBe(120_000);
    expect(warnings).toEqual([expect.stringContaining('"api.idle_timeout" is empty')]);
  });

  it('points out the old key of the address', () => {
    expect(rig.warnings(having({ addr: '127.0.0.1' }))).toEqual([
      'config.json: "api.addr" is ignored: the key is "address".',
    ]);
  });

  it.each([
    [{ port: 'http' }, 'port', 'must be a port from 0 to 65535, not "http"'],
    [{ port: '' }, 'port', 'must be a port from 0 to 65535, not ""'],
    [{ port: '65536' }, 'port', 'must be a port from 0 to 65535, not "65536"'],
    [{ port: -1 }, 'port', 'must be a port from 0 to 65535, not -1'],
    [{ port: 80.5 }, 'port', 'must be a port from 0 to 65535, not 80.5'],
    [{ port: true }, 'port', 'must be a port from 0 to 65535, as text or as a number'],
    [{ address: 5 }, 'address', 'must be text, not a number'],
    [
      { idle_timeout: '120' },
      'idle_timeout',
      'must be a duration, such as "48h", "1h30m" or "500ms", not "120"',
    ],
    [
      { idle_timeout: '-1s' },
      'idle_timeout',
      'must be a duration that is not negative, such as "48h", "1h30m" or "500ms", not "-1s"',
    ],
    [{ keep_alives_enabled: 'true' }, 'keep_alives_enabled', 'must be true or false, not text'],
    [{ default_cluster: 'a\nb' }, 'default_cluster', 'must be the name of a cluster'],
  ])('refuses %j', (api, key, reason) => {
    expect(rig.refusal(having(api)).problems).toEqual([`config.json: "api.${key}" ${reason}.`]);
  });

  it.each([
    ['marked', 'it is no base64'],
    [KEY.replace('11qY', '11_Y'), 'it is no base64'],
    [Buffer.alloc(33).toString('base64'), 'it has 33 bytes'],
    [Buffer.alloc(32).toString('base64'), 'these are the public key of nobody'],
  ])('D18: refuses the key %j, and does not repeat it', (key, reason) => {
    const { problems } = rig.refusal(having({ jwt_public_key: key }));
    expect(problems).toEqual([
      `config.json: "api.jwt_public_key" must be the 32 bytes of an Ed25519 public key in standard base64, but ${reason}.`,
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { catalog, ConfigurationRig, PLAIN } from './configuration-rig.fixture.js';
import { Findings } from './findings.js';
import { readReceivers } from './receivers-section.js';

const rig = new ConfigurationRig();
const having = (receivers: unknown) => ({ ...PLAIN, receivers });
const NATS = { type: 'nats', subject: 'jobs' };

describe('the receivers section', () => {
  it('gives each receiver the settings of its kind', () => {
    const { receivers } = rig.load(
      having({ a: { ...NATS, TYPE: 'nats', Port: 4223 }, b: { type: 'http', idle_timeout: '1s' } }),
    );
    expect(
      receivers.map(({ name, kind, settings, process }) => ({ name, type: kind.type, settings, process })),
    ).toEqual([
      {
        name: 'a',
        type: 'nats',
        settings: { address: 'localhost', port: 4223, subject: 'jobs' },
        process: undefined,
      },
      {
        name: 'b',
        type: 'http',
        settings: { address: '', port: '8080', path: '/', idle_timeout: 1_000, keep_alives_enabled: true },
        process: undefined,
      },
    ]);
  });

  it('may be empty: the API is still there', () => {
    expect(rig.load(having({})).receivers).toEqual([]);
    expect(rig.warnings(having({}))).toEqual([
      'config.json: "receivers" has no receiver: lines come in by the API only.',
    ]);
  });

  it('D35: what only gives metrics is left out with a warning, its keys unread', () => {
    const ipmi = { type: 'ipmi', interval: 5, password: 'marked-word' };
    expect(rig.load(having({ bmc: ipmi, a: NATS })).receivers.map(({ name }) => name)).toEqual(['a']);
    expect(rig.warnings(having({ bmc: ipmi, a: NATS }))).toEqual([
      'config.json: "receivers.bmc" is left out: ipmi receivers give metrics, which are not kept.',
    ]);
  });

  it.each([
    [{ type: 'kafka' }, 'must be one of nats, http, not "kafka"'],
    [{ type: 'NATS' }, 'must be one of nats, http, not "NATS"'],
    [{ type: '__proto__' }, 'must be one of nats, http, not "__proto__"'],
    [{ type: 5 }, 'must be one of nats, http, not a number'],
    [{ subject: 'jobs' }, 'must be one of nats, http, not nothing'],
  ])('refuses %j', (receiver, reason) => {
    expect(rig.refusal(having({ a: receiver })).problems).toEqual([
      `config.json: "receivers.a.type" ${reason}.`,
    ]);
  });

  it('names whatever its kind refuses', () => {
    expect(
      rig.refusal(
        having({ a: { type: 'nats', subject: '', password: 5 }, b: { type: 'http', idle_timeout: 'x' } }),
      ).problems,
    ).toEqual([
      'config.json: "receivers.a.subject" must not be empty.',
      'config.json: "receivers.a.password" must be text, not a number.',
      'config.json: "receivers.b.idle_timeout" must be a duration, such as "48h", "1h30m" or "500ms", not "x".',
    ]);
  });

  it('a receiver called __proto__ is one as any other', () => {
    expect(
      rig.load(
        `{"receivers": {"__proto__": {"type": "nats", "subject": "jobs"}}, "storage": ${JSON.stringify(PLAIN.storage)}, "api": {}}`,
      ).receivers[0]?.name,
    ).toBe('__proto__');
  });

  it('gives process_messages to whoever knows them', () => {
    const { receivers, warnings } = rig.load(
      having({ 'a b': { ...NATS, Process_Messages: { rules: ['x'], odd: 1 } } }),
    );
    expect(receivers[0]?.process).toBeTypeOf('function');
    expect(warnings.map((text) => text.replace(/^.*config\.json/, 'config.json'))).toEqual([
      'config.json: "receivers.a b.process_messages.odd" is not known, and ignored.',
    ]);
  });

  it('names what is wrong in process_messages by its whole path', () => {
    const { problems } = rig.refusal(having({ a: { ...NATS, process_messages: { rules: 5 } } }));
    expect(problems).toEqual(['config.json: "receivers.a.process_messages.rules.0" must be a rule.']);
  });
});

describe('objects and alternatives within a receiver', () => {
  const inner = z.object({ stream: z.string(), wait: z.int().optional() });
  const schema = z.object({
    jetstream: inner.optional(),
    tls: z.union([z.boolean(), z.object({ ca: z.string().min(1) })]).default(false),
    deliver: z.enum(['all', 'new']).optional(),
    many: z.union([z.int(), z.string().regex(/^\d+$/, 'must be a whole number')]).optional(),
  });
  const read = (settings: object) => {
    const findings = new Findings();
    const kind = { type: 'nats', schema, create: () => expect.fail() };
    const place = findings.inFile('receivers.json');
    const object = Object.assign(Object.create(null), { a: { type: 'nats', ...settings } });
    const [receiver] = readReceivers({ object, place }, { ...catalog, findKind: () => kind });
    return { settings: receiver?.settings, problems: findings.problems, warnings: findings.warnings };
  };

  it('are read whatever the case of their keys, and unknown ones are warned of', () => {
    expect(read({ jetstream: { Stream: 's', stray: 1 }, tls: { CA: 'ca.pem' } })).toEqual({
      settings: { jetstream: { stream: 's' }, tls: { ca: 'ca.pem' } },
      problems: [],
      warnings: ['receivers.json: "a.jetstream.stray" is not known, and ignored.'],
    });
  });

  it.each([
    [{ jetstream: {} }, 'a.jetstream.stream" is missing: it must be text'],
    [{ jetstream: [] }, 'a.jetstream" must be an object, not a list'],
    [{ tls: 'yes' }, 'a.tls" must be true or false or an object, not text'],
    [{ tls: { ca: '' } }, 'a.tls.ca" must not be empty'],
    [{ tls: { ca: 5 } }, 'a.tls.ca" must be text, not a number'],
    [{ deliver: 'some' }, 'a.deliver" must be "all" or "new"'],
    [{ many: 'few' }, 'a.many" must be a whole number'],
    [{ many: [] }, 'a.many" must be a number or text, not a list'],
  ])('%j is refused by its path', (settings, reason) => {
    expect(read(settings).problems).toEqual([`receivers.json: "${reason}.`]);
  });
});

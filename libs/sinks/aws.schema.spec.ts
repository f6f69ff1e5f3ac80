import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsSecrets, awsSettings, clusterIds, externalIdOf, region } from './aws.schema.js';

const REGIONS = [
  'us-east-1',
  'ap-southeast-5',
  'us-gov-west-1',
  'cn-north-1',
  'us-iso-east-1',
  'eu-isoe-west-1',
  'eusc-de-east-1',
];

describe('a region', () => {
  it('is one of any of the partitions', () => {
    for (const name of REGIONS) expect(region.parse(name)).toBe(name);
  });

  it.each([
    '',
    'eu-west',
    'EU-WEST-1',
    'eu-west-1.evil.example',
    'eu-west-1/',
    'eu-west-1\n',
    ' eu-west-1',
    'eu@x-1',
    'evil.com#',
    'eu-west-1:80',
    'é-west-1',
  ])('is not %j', (name) => expect(region.safeParse(name).success).toBe(false));

  it('never makes another host', () => {
    const near = fc.constantFrom(
      ...REGIONS,
      '.',
      '/',
      '@',
      '#',
      '?',
      ':',
      '\\',
      '-',
      '1',
      'a',
      '\n',
      '%2e',
      '。',
    );
    fc.assert(
      fc.property(fc.array(near, { maxLength: 6 }), (parts) => {
        const name = parts.join('');
        fc.pre(region.safeParse(name).success);
        expect(new URL(`https://logs.${name}.amazonaws.com/`).hostname).toBe(`logs.${name}.amazonaws.com`);
      }),
    );
  });
});

describe('the keys of an IAM user', () => {
  const KEYS = { accessKeyId: 'AKIA0000000000000001', secretAccessKey: 'a/b+c=' };

  it('are kept as they are', () => {
    expect(awsSecrets.parse(KEYS)).toEqual(KEYS);
  });

  it('are refused where they cannot be meant', () => {
    for (const accessKeyId of [
      '',
      'AKIA',
      'akia0000000000000001',
      'ASIA0000000000000001',
      'AKIA000000000000000 ',
      'A'.repeat(129),
      7,
    ])
      expect(awsSecrets.safeParse({ ...KEYS, accessKeyId }).success, String(accessKeyId)).toBe(false);
    for (const secretAccessKey of ['', 'a b', 'a\n', 'é', 'x'.repeat(257), null])
      expect(awsSecrets.safeParse({ ...KEYS, secretAccessKey }).success, String(secretAccessKey)).toBe(false);
  });
});

describe('a list of clusters', () => {
  it('may not hold one twice; the second is named', () => {
    expect(clusterIds.safeParse(['a', 'b', 'a']).error?.issues.map(({ path }) => path)).toEqual([[2]]);
  });

  it('is refused soon, however long it is', () => {
    const begun = performance.now();
    expect(clusterIds.safeParse(Array.from({ length: 200_000 }, (_, index) => `${index}`)).success).toBe(
      false,
    );
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('holds texts, at most a thousand', () => {
    expect(clusterIds.safeParse(Array.from({ length: 1_000 }, (_, index) => `${index}`)).success).toBe(true);
    expect(clusterIds.safeParse(Array.from({ length: 1_001 }, (_, index) => `${index}`)).success).toBe(false);
    for (const list of [[''], [1], 'a', null]) expect(clusterIds.safeParse(list).success).toBe(false);
  });
});

describe('a role', () => {
  const reads = (roleArn: unknown): boolean => awsSettings.safeParse({ roleArn }).success;

  it('is named by its ARN, of any partition, with a path or without', () => {
    expect(awsSettings.parse({})).toEqual({ roleArn: null });
    expect(reads(null)).toBe(true);
    for (const partition of ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b'])
      expect(reads(`arn:${partition}:iam::123456789012:role/a/b/spillway_1+=,.@-`), partition).toBe(true);
  });

  it.each([
    '',
    'spillway',
    'arn:aws:iam::123456789012:user/spillway',
    'arn:aws:iam::12345678901:role/x',
    'arn:aws:iam::123456789012:role/',
    'arn:aws:iam::123456789012:role/a b',
    'arn:aws:iam::123456789012:role/x\n',
    'arn:aws:sts::123456789012:assumed-role/x/y',
    `arn:aws:iam::123456789012:role/${'x'.repeat(65)}`,
    7,
  ])('is not %j', (roleArn) => {
    expect(reads(roleArn)).toBe(false);
  });

  it('is guarded by an external id of the integration, in the letters that AWS takes', () => {
    expect(externalIdOf('d3v1kq0000000000000i')).toMatch(/^[\w+=,.@:/-]{2,1224}$/);
    expect(externalIdOf('a')).not.toBe(externalIdOf('b'));
  });
});

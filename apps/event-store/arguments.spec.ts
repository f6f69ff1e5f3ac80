import { describe, expect, it } from 'vitest';
import { BadArguments, readArguments } from './arguments.js';

const problemOf = (args: readonly string[]): string => {
  try {
    readArguments(args);
  } catch (error) {
    if (error instanceof BadArguments) return error.message;
    throw error;
  }
  return 'none';
};

describe('the command line', () => {
  it('needs nothing: then the configuration is where the loader looks for it', () => {
    expect(readArguments([])).toEqual({ command: 'run', configPath: undefined, logLevel: 'info' });
  });

  it.each([
    [['-config', 'a.json']],
    [['--config', 'a.json']],
    [['-config=a.json']],
    [['--config=a.json']],
    [['-config', 'b.json', '-config', 'a.json']],
    [['-config', 'a.json', '--']],
    [['-logdate', '-config', 'a.json']],
    [['-logdate=false', '-config', 'a.json']],
    [['-version=false', '-config', 'a.json']],
  ])('%j names the configuration', (args) => {
    expect(readArguments(args)).toEqual({ command: 'run', configPath: 'a.json', logLevel: 'info' });
  });

  it('takes a value that looks like a flag, and one with an equals sign, as Go does', () => {
    expect(readArguments(['-config', '-odd.json'])).toMatchObject({ configPath: '-odd.json' });
    expect(readArguments(['-config=a=b.json'])).toMatchObject({ configPath: 'a=b.json' });
  });

  it.each([
    ['debug', 'debug'],
    ['info', 'info'],
    ['warn', 'warn'],
    ['err', 'error'],
    ['fatal', 'error'],
    ['crit', 'fatal'],
  ])('-loglevel %s logs from %s on', (level, logLevel) => {
    expect(readArguments(['-loglevel', level])).toMatchObject({ command: 'run', logLevel });
  });

  it.each([['-h'], ['-help'], ['--help']])('%s asks for help, whatever else is there', (flag) => {
    expect(readArguments(['-loglevel', 'loud', flag])).toEqual({ command: 'help' });
    expect(readArguments(['import', flag])).toEqual({ command: 'help' });
  });

  it('-version asks for the version', () => {
    expect(readArguments(['--version'])).toEqual({ command: 'version' });
  });

  it.each([
    [['-colour'], 'There is no option -colour.'],
    [['-password=marked-word'], 'There is no option -password.'],
    [['---config', 'a'], 'There is no option ---config.'],
    [['-=a'], 'There is no option -.'],
    [['-__proto__'], 'There is no option -__proto__.'],
    [['-constructor'], 'There is no option -constructor.'],
    [['-Config', 'a'], 'There is no option -Config.'],
    [['-config'], 'The option -config needs a value.'],
    [['-logdate=maybe'], 'The option -logdate is a switch: it takes true or false.'],
    [['-loglevel', 'loud'], 'The option -loglevel is one of debug, info, warn, err, fatal, crit.'],
    [['-loglevel', 'toString'], 'The option -loglevel is one of debug, info, warn, err, fatal, crit.'],
    [['export'], 'There is no command export: the only one is import.'],
    [['-'], 'There is no command -: the only one is import.'],
  ])('%j is refused with a sentence', (args, problem) => {
    expect(problemOf(args)).toBe(problem);
  });
});

describe('import', () => {
  const FROM_FILE = {
    command: 'import',
    configPath: 'a.json',
    logLevel: 'info',
    source: { type: 'sqlite', path: 'old.db' },
    undatedAsMs: undefined,
    isDryRun: false,
  };

  it('takes the options of all before it and after it', () => {
    const after = ['import', '-config', 'a.json', '--from-sqlite', 'old.db'];
    const before = ['-config', 'a.json', 'import', '-from-sqlite=old.db'];
    for (const args of [after, before, ['-config', 'b.json', ...after]])
      expect(readArguments(args)).toEqual(FROM_FILE);
  });

  it('reads the tables of the original from the database of the configuration', () => {
    expect(readArguments(['import', '-from-postgres', '-dry-run', '-loglevel', 'warn'])).toEqual({
      ...FROM_FILE,
      configPath: undefined,
      logLevel: 'warn',
      source: { type: 'postgres' },
      isDryRun: true,
    });
  });

  it.each([
    ['1769860800', 1_769_860_800_000],
    ['2026-01-31T12:00:00Z', 1_769_860_800_000],
    ['2026-01-31T13:00:00.500+01:00', 1_769_860_800_500],
    ['2026-01-31T12:00Z', 1_769_860_800_000],
    ['2026-01-31', 1_769_817_600_000],
  ])('-undated keep-as %s gives records a time that have lost theirs', (time, undatedAsMs) => {
    const args = ['import', '-undated', 'keep-as', time, '-from-sqlite', 'old.db'];
    expect(readArguments(args)).toMatchObject({ source: { path: 'old.db' }, undatedAsMs });
    expect(readArguments(['import', '-from-postgres', '-undated=keep-as', time])).toMatchObject({
      undatedAsMs,
    });
  });

  it.each([
    [[], /^Say what to import/],
    [['-from-sqlite', 'old.db', '-from-postgres'], /^Say what to import/],
    [['-from-sqlite='], /needs the path of a file/],
    [['-from-sqlite'], /^The option -from-sqlite needs a value/],
    [['-from-postgres', 'old.db'], /^I do not know what old\.db means/],
    [['-from-postgres', '-undated', 'keep-as'], /^The option -undated needs a value/],
    [['-from-postgres', '-undated', 'drop', 'now'], /^The option -undated is followed by keep-as/],
    [['-from-postgres', '-undated', 'keep-as', 'yesterday'], /^The option -undated is followed by keep-as/],
    [
      ['-from-postgres', '-undated', 'keep-as', '2026-01-31T12:00:00'],
      /^The option -undated is followed by keep-as/,
    ],
    [['-from-postgres', '-undated', 'keep-as', '2026-13-31'], /^The option -undated is followed by keep-as/],
  ])('%j is refused with a sentence', (args, problem) => {
    expect(problemOf(['import', ...args])).toMatch(problem);
  });

  it('has options of its own, which do not go without it', () => {
    expect(problemOf(['-from-postgres'])).toBe('There is no option -from-postgres.');
  });
});

import { SETTINGS } from './settings.js';

/** The settings as a Markdown table, for the README. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, setting]) => {
    const fallback = 'default' in setting && setting.default !== '' ? `\`${setting.default}\`` : '';
    return `| \`${name}\` | ${fallback} | ${setting.what} |`;
  });
  return ['| setting | default | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

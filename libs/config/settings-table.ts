import { ALL_SETTINGS } from './load-settings.js';

/** The settings as a Markdown table, for the README. */
export function settingsTable(): string {
  const rows = Object.entries(ALL_SETTINGS).map(([name, setting]) => {
    const fallback = setting.default ? `\`${setting.default}\`` : '';
    return `| \`${name}\` | ${fallback} | ${setting.what} |`;
  });
  return ['| setting | default | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

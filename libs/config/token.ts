/** Injection token of the settings. */
export const SETTINGS_TOKEN = Symbol('settings');

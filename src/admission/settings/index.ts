export { judgeSettings } from './judge-settings.ts';
export type { Asker, SettingsViolation } from './rule.ts';
export { settingsRules } from './rules/index.ts';

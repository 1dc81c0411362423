export { judgeSettings } from './judge-settings.ts';
export { type CheckSettings, settingsOfChecks } from './of-checks.ts';
export type { Asker, SettingsViolation } from './rule.ts';
export { settingsRules } from './rules/index.ts';

export { nearlyAll, notAllowed, openingsOf, sharedAmong, unfilteredBy } from './confinement.ts';
export { judgeSettings } from './judge-settings.ts';
export { meetingWith, mountsMeeting } from './path-overlap.ts';
export type { Asker, SettingsViolation } from './rule.ts';
export { settingsRules } from './rules/index.ts';
export { scopedSettings } from './scoped-settings.ts';

export {
  type EngineView,
  type HostView,
  type NamedContainer,
  usualSockets,
} from './host-view.ts';
export { judgeSettings } from './judge-settings.ts';
export { holdsPath, plainPath } from './path.ts';
export { PathTree } from './path-tree.ts';
export { settingsOfCreate } from './of-create.ts';
export { settingsOfVolume } from './of-volume.ts';
export { settingsOfSpec } from './of-spec.ts';
export { settingsRules } from './rules/index.ts';
export { CreateRequest, RuntimeSpec } from './schema.ts';
export type { Asker, ContainerSettings, HostDevice, SettingsViolation } from './settings.ts';

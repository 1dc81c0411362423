import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { type FieldTexts, ScopedRule, settingsOf } from '#rules/contract.ts';
import { addedCapabilities } from './settings/rules/added-capabilities/face.ts';
import { engineSocket } from './settings/rules/engine-socket/face.ts';
import { hostNamespaces } from './settings/rules/host-namespaces/face.ts';
import { hostPaths } from './settings/rules/host-paths/face.ts';
import { privileged } from './settings/rules/privileged/face.ts';
import { seccompOff } from './settings/rules/seccomp-off/face.ts';

/** Faces of all rules over settings, in the order of the form. The other list is that of `settings/rules/index.ts`. */
const faces = [privileged, engineSocket, hostNamespaces, addedCapabilities, hostPaths, seccompOff] as const;

/** Rules over the settings that a container is started with. One of each kind at most. */
export const SettingsRule = z.discriminatedUnion('kind', settingsOf(faces));
export type SettingsRule = Immutable<z.infer<typeof SettingsRule>>;

/** As many as one compliance rule holds. */
export const SettingsRules = z.array(SettingsRule).max(16);

/** What is done about a start whose settings cannot be judged, because the agent does not answer in time. */
export const AgentAway = z.enum(['allow', 'deny']);

/** Rules over settings as gates apply them: where a scope holds, all of its rules do. */
export const ScopedSettings = ScopedRule.extend({ settings: SettingsRules, agentAway: AgentAway });
export type ScopedSettings = Immutable<z.infer<typeof ScopedSettings>>;

/** A kind of rule over settings as pages and docs show it. */
export interface SettingsRuleFace {
  readonly setting: z.ZodObject & { readonly shape: { readonly kind: z.ZodLiteral<string> } };
  readonly name: string;
  readonly about: string;
  readonly fields: FieldTexts;
  readonly beginning: SettingsRule;
  sentence(rule: SettingsRule): string;
}

/** The same list for who goes through all of them. */
export const settingsFaces: readonly SettingsRuleFace[] = faces;

const byKind: ReadonlyMap<string, SettingsRuleFace> = new Map(
  faces.map((face) => [face.setting.shape.kind.value, face]),
);

/** The face of a rule over settings; `undefined` for a kind that this version does not know. */
export function faceOfSettings(kind: string): SettingsRuleFace | undefined {
  return byKind.get(kind);
}

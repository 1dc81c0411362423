import type { ScopedSettings, SettingsRule } from '#compliance/contract.ts';
import type { ScopedRule } from '#rules/contract.ts';
import type { AdmissionRule } from './contract.ts';

/** What is done about settings, and while the agent is away. */
type Said = Pick<ScopedSettings, 'settings' | 'agentAway'>;

/**
 * Admission rules as agents of the release before take them: each with what compliance rules say of settings where it holds.
 * Where several of these may, it is the strictest of all: one rule cannot say which. Never less than they say.
 */
export function withSettingsWithin(
  rules: readonly AdmissionRule[],
  settings: readonly ScopedSettings[],
): readonly AdmissionRule[] {
  return rules.map((rule, at) => ({ ...rule, ...settingsWithin(rule, { before: rules.slice(0, at), settings }) }));
}

/** What is said of settings where a rule holds and none of those before it does. */
export function settingsWithin(
  { collections }: Pick<ScopedRule, 'collections'>,
  { before, settings }: { readonly before: readonly ScopedRule[]; readonly settings: readonly ScopedSettings[] },
): Said {
  const gone = new Set(before.flatMap((one) => (one.state === 'off' ? [] : (one.collections ?? []))));
  const possible: ScopedSettings[] = [];
  for (const one of settings) {
    if (one.state === 'off' || one.collections?.every((id) => gone.has(id)) === true) continue;
    possible.push(one);
    const there = one.collections;
    if (there === undefined || collections?.every((id) => there.includes(id)) === true) break;
  }
  const [only] = possible;
  return possible.length === 1 && only !== undefined
    ? { settings: only.settings, agentAway: only.agentAway }
    : strictest(possible);
}

function strictest(all: readonly Said[]): Said {
  const byKind = Map.groupBy(
    all.flatMap(({ settings }) => settings.filter(({ effect }) => effect !== 'ignore')),
    ({ kind }) => kind,
  );
  return {
    settings: [...byKind.values()].flatMap(joined),
    agentAway: all.some(({ agentAway }) => agentAway === 'deny') ? 'deny' : 'allow',
  };
}

/** One rule of a kind that objects to all that one of several does. */
function joined(rules: readonly SettingsRule[]): readonly SettingsRule[] {
  const [first] = rules;
  if (first === undefined) return [];
  const effect = rules.some((rule) => rule.effect === 'block') ? 'block' : 'alert';
  switch (first.kind) {
    case 'privileged':
    case 'engine-socket':
    case 'seccomp-off':
      return [{ kind: first.kind, effect }];
    case 'host-namespaces': {
      const deny = rules.flatMap((rule) => (rule.kind === first.kind ? rule.deny : []));
      return [{ kind: first.kind, effect, deny: [...new Set(deny)] }];
    }
    case 'added-capabilities': {
      const lists = rules.flatMap((rule) => (rule.kind === first.kind ? [rule.allow] : []));
      return [
        { kind: first.kind, effect, allow: first.allow.filter((name) => lists.every((list) => list.includes(name))) },
      ];
    }
    case 'host-paths': {
      const deny = rules.flatMap((rule) => (rule.kind === first.kind ? rule.deny : []));
      const paths = fewPaths([...new Set(deny)]);
      const rulesNeeded = Math.ceil(paths.length / mostPaths);
      return Array.from({ length: rulesNeeded }, (_, at) => ({
        kind: 'host-paths',
        effect,
        deny: paths.slice(at * mostPaths, (at + 1) * mostPaths),
      }));
    }
    default:
      return distinct(rules);
  }
}

/** Several rules of a kind object to all that one of them does; of equal ones the strictest is left. */
function distinct(rules: readonly SettingsRule[]): readonly SettingsRule[] {
  const alike = Map.groupBy(rules, (rule) => JSON.stringify({ ...rule, effect: 'alert' }));
  return [...alike.values()].flatMap((some) => some.find(({ effect }) => effect === 'block') ?? some.slice(0, 1));
}

/** As many as one rule takes. */
const mostPaths = 200;

/** More than a rule takes become the folders of the host's root that hold them. */
function fewPaths(paths: readonly string[]): readonly string[] {
  if (paths.length <= mostPaths) return paths;
  return [...new Set(paths.map((path) => `/${path.split('/').find((name) => name !== '') ?? ''}`))];
}

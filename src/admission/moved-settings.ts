import type { ComplianceRule, ScopedSettings } from '#compliance/contract.ts';
import { scopedSettings } from '#compliance/index.ts';
import type { AdmissionRule } from './contract.ts';
import { settingsWithin } from './settings-within.ts';

/** Rules of both lists, in their order; the last of each applies to everything. */
export interface BothLists {
  readonly admission: readonly AdmissionRule[];
  readonly compliance: readonly ComplianceRule[];
}

/** A compliance rule that says what an admission rule said of settings. */
export interface MovedRule {
  /** Its version is the one before; 0: it is new. */
  readonly rule: ComplianceRule;
  /** Admission rules whose settings it holds. */
  readonly from: readonly string[];
}

/**
 * Compliance rules as they have to be so that the settings of what starts are judged as admission rules judged them: one for
 * each scope, before the last one, with the lines that applied there. Rules that were there have their own scopes: where
 * several admission rules may hold in one of these, it says the strictest of all. In their order; those that stay are left out.
 */
export function movedSettings({ admission, compliance }: BothLists): readonly MovedRule[] {
  const own = scopedSettings(compliance);
  const said = admission.map((rule, at) => {
    // One without them was moved before: compliance rules say it.
    const moved =
      rule.settings === undefined ? settingsWithin(rule, { before: admission.slice(0, at), settings: own }) : {};
    return { ...scoped(rule), ...moved };
  });
  const [last, ownLast] = [compliance.at(-1), said.at(-1)];
  if (last === undefined || ownLast === undefined) return [];
  const there = compliance.slice(0, -1).map((rule, at) => ({
    rule: { ...rule, ...settingsWithin(rule, { before: compliance.slice(0, at), settings: said }) },
    from: said.filter(({ state }) => state === 'on').map(({ id }) => id),
  }));
  const taken = new Set(compliance.map(({ id }) => id));
  const decided = new Set(compliance.flatMap(({ state, collections = [] }) => (state === 'on' ? collections : [])));
  const isLeft = ({ collections }: Said): boolean => collections?.every((one) => decided.has(one)) !== true;
  const added = neededOf(said)
    .filter(isLeft)
    .map(({ id, name, description, collections, state, settings, agentAway }) => {
      const free = freeId(id, taken);
      taken.add(free);
      const { description: _, ...lines } = last;
      return {
        rule: {
          ...lines,
          id: free,
          version: 0,
          name,
          ...(description !== undefined && { description }),
          ...(collections && { collections }),
          state,
          settings,
          agentAway,
        },
        from: [id],
      };
    });
  const { settings, agentAway, id } = ownLast;
  return [...there, ...added, { rule: { ...last, settings, agentAway }, from: [id] }];
}

type Said = ScopedSettings & Pick<AdmissionRule, 'description'>;

function scoped(rule: AdmissionRule): Said {
  const { id, version, name, description, collections, state, settings = [], agentAway = 'allow' } = rule;
  return {
    id,
    version,
    name,
    ...(description !== undefined && { description }),
    ...(collections && { collections }),
    state,
    settings,
    agentAway,
  };
}

/** Without the last one, and without those that say the same as all that would apply without them. */
function neededOf(said: readonly Said[]): readonly Said[] {
  const last = said.at(-1);
  let needed: readonly Said[] = [];
  for (const one of said.slice(0, -1).toReversed()) {
    const isOfOthers = needed.every(({ state }) => state === 'off');
    if (last === undefined || !isOfOthers || textOf(one) !== textOf(last)) needed = [one, ...needed];
  }
  return needed;
}

function textOf({ settings, agentAway }: Said): string {
  return JSON.stringify([settings, agentAway]);
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  for (let at = 1; ; at += 1) {
    const other = `${id.slice(0, 48)}-settings${at === 1 ? '' : `-${at}`}`;
    if (!taken.has(other)) return other;
  }
}

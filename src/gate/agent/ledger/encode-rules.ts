import type { Collection } from '#access/contract.ts';
import { isInCollection } from '#access/index.ts';
import type { Ledger } from '#admission/contract.ts';
import { type CheckSettings, settingsIn, settingsOfChecks } from '#admission/index.ts';
import type { ComplianceRule, SettingsRule } from '#compliance/contract.ts';
import { kernelFileSystems, usualMasked, usualReadonly } from '#inventory/index.ts';
import type { ScopedRule } from '#rules/contract.ts';

/** What the runtime wrapper needs to know of its host to judge settings: it looks at files itself. */
export interface WrapperView {
  /** Folder of the engine's data. */
  readonly engineRoot: string;
  /** Sockets by which the host can be ruled. */
  readonly sockets: readonly string[];
  /** Environment of the host by the agent's own option. */
  readonly environment: string | undefined;
}

/** The rules over settings as the compiled ledger carries them, in JSON: `native/runtime-wrapper/settings-answer.c` reads them. */
export interface LedgerRules {
  readonly form: 1;
  readonly host: {
    readonly engineRoot: string;
    readonly sockets: readonly string[];
    readonly kernel: Readonly<Record<string, string>>;
    readonly masked: readonly string[];
    readonly readonly: readonly string[];
  };
  /** Environment of a container, and those that its label may choose instead. */
  readonly place: { readonly environment: string | null; readonly allowed: readonly string[] };
  /** In their order, up to the first that holds for everything on this host. */
  readonly rules: readonly EncodedRule<SettingsRule>[];
  /**
   * The same of compliance rules, as far as settings alone decide what they block; all else that they say is the agent's.
   * Missing: nothing, or more than the wrapper takes.
   */
  readonly checks?: readonly EncodedRule<CheckSettings>[];
}

interface EncodedRule<Setting> {
  readonly rule: Pick<ScopedRule, 'id' | 'version' | 'name'>;
  readonly settings: readonly Setting[];
  /** Any of these collections; missing: everything on this host. */
  readonly scope?: readonly Selects[];
}

type Selects = Omit<Collection['selects'], 'hosts'>;

/** Bytes of all of it, and of one path, that the wrapper takes. */
const most = 1024 * 1024;
const longestPath = 4095;

export interface RulesContext {
  /** How the host is called everywhere. */
  readonly host: string;
  /** Environments that a container's label may choose. */
  readonly environments: readonly string[];
  readonly view: WrapperView;
}

/** `undefined` where they are more than the wrapper takes, and it asks the agent. */
export function encodeRules(ledger: Ledger, { host, environments, view }: RulesContext): LedgerRules | undefined {
  const rules = encodedRules(settingsIn(ledger), { ledger, host, settingsOf: ({ settings }) => settings });
  // A collection that holds the host says more than the agent's option and any label.
  const allowed = ledger.environment === view.environment ? environments : [];
  const { engineRoot, sockets } = view;
  const compiled: LedgerRules = {
    form: 1,
    host: { engineRoot, sockets, kernel: kernelFileSystems, masked: usualMasked, readonly: usualReadonly },
    place: { environment: ledger.environment ?? null, allowed },
    rules,
  };
  if (isTooLong(compiled)) return undefined;
  const checks = encodedChecks(ledger, host);
  const whole = { ...compiled, checks };
  return checks.length === 0 || isTooLong(whole) ? compiled : whole;
}

/** Empty where no compliance rule blocks anything that settings decide. */
function encodedChecks(ledger: Ledger, host: string): readonly EncodedRule<CheckSettings>[] {
  const { compliance } = ledger;
  if (compliance === undefined) return [];
  const settingsOf = (rule: ComplianceRule) => settingsOfChecks(rule, compliance);
  const rules = encodedRules(compliance.rules, { ledger, host, settingsOf });
  return rules.some(({ settings }) => settings.length > 0) ? rules : [];
}

interface Encoding<Kind, Setting> {
  readonly ledger: Ledger;
  readonly host: string;
  readonly settingsOf: (rule: Kind) => readonly Setting[];
}

/** In their order, up to the first that holds for everything on this host. */
function encodedRules<Kind extends ScopedRule, Setting>(
  all: readonly Kind[],
  encoding: Encoding<Kind, Setting>,
): readonly EncodedRule<Setting>[] {
  const rules: EncodedRule<Setting>[] = [];
  for (const rule of all) {
    const compiled = rule.state === 'on' ? encodedRule(rule, encoding) : undefined;
    if (compiled !== undefined) rules.push(compiled);
    if (compiled !== undefined && compiled.scope === undefined) break;
  }
  return rules;
}

/** `undefined` where it never holds on this host. */
function encodedRule<Kind extends ScopedRule, Setting>(
  rule: Kind,
  { ledger, host, settingsOf }: Encoding<Kind, Setting>,
): EncodedRule<Setting> | undefined {
  const { id, version, name, collections } = rule;
  const compiled = { rule: { id, version, name }, settings: settingsOf(rule) };
  if (collections === undefined) return compiled;
  const scope = ledger.collections.flatMap(({ id: one, selects: { hosts, ...selects } }): Selects[] => {
    if (!collections.includes(one)) return [];
    const isHere = isInCollection({ selects: hosts === undefined ? {} : { hosts } }, { images: [], labels: {}, host });
    return isHere ? [selects] : [];
  });
  if (scope.length === 0) return undefined;
  const isForAll = scope.some((selects) => Object.values(selects).every((patterns) => (patterns ?? []).length === 0));
  return isForAll ? compiled : { ...compiled, scope };
}

function isTooLong(rules: LedgerRules): boolean {
  const paths = rules.rules.flatMap(({ settings }) =>
    settings.flatMap((one) => (one.kind === 'host-paths' ? one.deny : [])),
  );
  return paths.some((path) => Buffer.byteLength(path) > longestPath) || Buffer.byteLength(JSON.stringify(rules)) > most;
}

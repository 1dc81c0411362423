import { worstFirst } from '#vulnerability/index.ts';
import type { PolicyFacts, PolicyFinding } from '../facts.ts';

/**
 * The stored form of facts. Findings name their component by its place in a list: one package has many, and reading
 * them is most of the work when everything is judged again.
 */
export interface FactsForm extends Omit<PolicyFacts, 'findings'> {
  readonly components: readonly Component[];
  readonly findings: readonly FindingForm[];
}

export type Component = Pick<PolicyFinding, 'package' | 'type' | 'purl' | 'installed' | 'layer' | 'path'>;
type FindingForm = readonly [component: number, finding: Omit<PolicyFinding, keyof Component>];

export function toForm({ findings, ...facts }: PolicyFacts): FactsForm {
  const places = new Map<string, number>();
  const components: Component[] = [];
  const forms = findings.map((finding): FindingForm => {
    const { package: name, type, purl, installed, layer, path, ...rest } = finding;
    const key = JSON.stringify([name, type, purl, installed, layer, path]);
    const place = places.get(key) ?? components.length;
    if (place === components.length) {
      places.set(key, place);
      components.push({ package: name, type, purl, installed, layer, ...(path === undefined ? {} : { path }) });
    }
    return [place, rest];
  });
  return { ...facts, components, findings: forms };
}

/** Other findings in some components, and all that is found there now. */
export interface FactsChange {
  readonly components: readonly ComponentName[];
  readonly findings: readonly PolicyFinding[];
}

export type ComponentName = Pick<Component, 'type' | 'package' | 'installed' | 'layer'>;

/** The form after these changes, oldest first; it keeps the order of a matching. */
export function changedForm({ components, findings, ...facts }: FactsForm, changes: readonly FactsChange[]): FactsForm {
  const newest = new Map<string, FactsChange>(
    changes.flatMap((change) => change.components.map((component) => [nameOf(component), change] as const)),
  );
  // Names are made of few: an image has many components, and a change concerns hardly any.
  const packages = new Set(changes.flatMap((change) => change.components.map((component) => component.package)));
  const isOther = (one: Component): boolean => packages.has(one.package) && newest.has(nameOf(one));
  const others = new Set(components.flatMap((component, place) => (isOther(component) ? [place] : [])));
  const kept = others.size === 0 ? [...findings] : findings.filter(([place]) => !others.has(place));
  const found = changes.flatMap((change) =>
    change.findings.filter((finding) => newest.get(nameOf(finding)) === change),
  );
  const more = toForm({ ...facts, findings: found });
  const all = [...components, ...more.components];
  for (const [place, rest] of more.findings) {
    const added: FindingForm = [place + components.length, rest];
    kept.splice(placeOf(added, kept, all), 0, added);
  }
  return { ...facts, components: all, findings: kept };
}

/** Where a finding belongs among others that are in order. */
function placeOf(added: FindingForm, among: readonly FindingForm[], components: readonly Component[]): number {
  const ranked = rankedFinding(added, components);
  let [from, to] = [0, among.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const other = among[middle];
    if (other !== undefined && worstFirst(rankedFinding(other, components), ranked) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** What the order of findings in a matching is told by. */
function rankedFinding([place, { id, severity, rank = 0 }]: FindingForm, components: readonly Component[]) {
  const { package: name, layer, purl } = componentAt(components, place);
  return { id, severity, package: name, layer, purl, risk: { score: rank } };
}

function componentAt(components: readonly Component[], place: number): Component {
  const component = components[place];
  if (component === undefined) throw new Error('Stored facts name a component that they do not hold.');
  return component;
}

function nameOf({ type, package: name, installed, layer }: ComponentName): string {
  return JSON.stringify([type, name, installed, layer]);
}

export function fromForm({ components, findings, ...facts }: FactsForm): PolicyFacts {
  return {
    ...facts,
    findings: findings.map(([place, rest]) => {
      return { ...componentAt(components, place), ...rest };
    }),
  };
}

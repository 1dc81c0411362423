import { worstFirst } from '#vulnerability/index.ts';
import type { JudgedFacts, JudgedFinding } from '../facts.ts';

/**
 * The stored form of facts. Findings name their component by its place in a list: one package has many, and reading
 * them is most of the work when everything is judged again.
 */
export interface FactsForm extends Omit<JudgedFacts, 'findings'> {
  readonly components: readonly Component[];
  readonly findings: readonly FindingForm[];
}

export type Component = Pick<JudgedFinding, 'package' | 'type' | 'purl' | 'installed' | 'layer' | 'path'>;
type FindingForm = readonly [component: number, finding: Omit<JudgedFinding, keyof Component>];

export function toForm({ findings, ...facts }: JudgedFacts): FactsForm {
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

/** The form with other findings in these components, and none but those. */
export function changedForm(
  { components, findings, ...facts }: FactsForm,
  changed: readonly Pick<Component, 'type' | 'package' | 'installed' | 'layer'>[],
  found: readonly JudgedFinding[],
): FactsForm {
  const others = new Set(changed.map(nameOf));
  const kept = findings.filter(([place]) => {
    const component = components[place];
    return component === undefined || !others.has(nameOf(component));
  });
  const more = toForm({ ...facts, findings: found });
  const all = [...components, ...more.components];
  const added = more.findings.map(([place, rest]): FindingForm => [place + components.length, rest]);
  const ranked = (form: FindingForm) => rankedFinding(form, all);
  return {
    ...facts,
    components: all,
    findings: [...kept, ...added].toSorted((left, right) => worstFirst(ranked(left), ranked(right))),
  };
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

function nameOf({ type, package: name, installed, layer }: Parameters<typeof changedForm>[1][number]): string {
  return JSON.stringify([type, name, installed, layer]);
}

/** Components that findings name. */
export function usedComponents({ components, findings }: FactsForm): readonly Component[] {
  return [...new Set(findings.map(([place]) => place))].flatMap((place) => components[place] ?? []);
}

export function fromForm({ components, findings, ...facts }: FactsForm): JudgedFacts {
  return {
    ...facts,
    findings: findings.map(([place, rest]) => {
      return { ...componentAt(components, place), ...rest };
    }),
  };
}

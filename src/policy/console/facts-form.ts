import type { JudgedFacts, JudgedFinding } from '../facts.ts';

/**
 * The stored form of facts. Findings name their component by its place in a list: one package has many, and reading
 * them is most of the work when everything is judged again.
 */
export interface FactsForm extends Omit<JudgedFacts, 'findings'> {
  readonly components: readonly Component[];
  readonly findings: readonly FindingForm[];
}

type Component = Pick<JudgedFinding, 'package' | 'type' | 'purl' | 'installed' | 'layer' | 'path'>;
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

export function fromForm({ components, findings, ...facts }: FactsForm): JudgedFacts {
  return {
    ...facts,
    findings: findings.map(([place, rest]) => {
      const component = components[place];
      if (component === undefined) throw new Error('Stored facts name a component that they do not hold.');
      return { ...component, ...rest };
    }),
  };
}

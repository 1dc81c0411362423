import { mostYamlProblems, readYaml, unknownFields, yamlPath, type YamlProblem } from '#rules/index.ts';
import { PolicyText } from './contract.ts';
import { limits } from './limits.ts';
import { problemsOfRules } from './problems.ts';

export type ReadPolicy =
  | { readonly state: 'read'; readonly policy: PolicyText }
  | { readonly state: 'refused'; readonly problems: readonly YamlProblem[] };

/** The YAML form of a policy: the same object, in the order in which people read it. */
export async function policyToYaml({ name, description, collections, state, rules }: PolicyText): Promise<string> {
  const { stringify } = await import('yaml');
  const ordered = {
    name,
    ...(description === undefined ? {} : { description }),
    ...(collections === undefined ? {} : { collections }),
    ...(state === undefined ? {} : { state }),
    rules,
  };
  return stringify(ordered, { lineWidth: 120, aliasDuplicateObjects: false });
}

/** Reads the YAML form. Fields that it does not know are refused, so that a slip of the pen never makes a rule weaker. */
export async function policyFromYaml(text: string): Promise<ReadPolicy> {
  const parsed = await readYaml(text, limits);
  if (parsed.state === 'refused') return parsed;
  const { value, lineOf } = parsed;
  const checked = PolicyText.safeParse(value);
  // Each line is looked up in the whole document.
  const some = <Item>(items: readonly Item[]): readonly Item[] => items.slice(0, mostYamlProblems);
  const problems: YamlProblem[] = [];
  const complain = (path: readonly PropertyKey[], message: string): void => {
    const line = lineOf(path);
    problems.push({ ...(line === undefined ? {} : { line }), message: message.slice(0, 500) });
  };
  for (const { path, message } of some(checked.error?.issues ?? [])) complain(path, `${nameOf(path)}: ${message}`);
  if (checked.success) {
    for (const path of some(unknownFields(value, checked.data, [])))
      complain(path, `${nameOf(path)} is not a known field.`);
    for (const { path, message } of some(await problemsOfRules(checked.data.rules)))
      complain(path, `${nameOf(path)}: ${message}`);
  }
  return checked.success && problems.length === 0
    ? { state: 'read', policy: checked.data }
    : { state: 'refused', problems: problems.slice(0, mostYamlProblems) };
}

function nameOf(path: readonly PropertyKey[]): string {
  return yamlPath(path) || 'The policy';
}

/** A rule of auditctl(8): its list and action, and its fields as they are written. */
interface AuditRule {
  readonly list: string;
  readonly action: string;
  /** `path=/etc/docker`, `perm=wa`; the arguments of `-F`, with watches written so too. */
  readonly fields: readonly string[];
  readonly calls: readonly string[];
}

/** Each rule in one way of writing, so that a loaded one can be found among those in a file. */
export function auditRulesOf(text: string): readonly string[] {
  return parseRules(text).map(({ list, action, fields, calls }) => {
    const what = [...fields.map(normalField), ...calls.map((call) => `call=${call}`)].toSorted();
    return [...(list === 'exit' && action === 'always' ? [] : [`${action},${list}`]), ...new Set(what)].join(' ');
  });
}

/** Paths that rules watch. One that is silenced by an earlier rule, or narrowed to some users, programs or system calls, is left out. */
export function auditedPathsOf(text: string): readonly string[] {
  const watched: string[] = [];
  const silenced = new Set<string>();
  for (const { list, action, fields, calls } of parseRules(text)) {
    const path = pathOf(fields);
    if (action === 'never' && list === 'task' && fields.length === 0) return [];
    if (action === 'never' && path !== undefined) silenced.add(path);
    if (
      action === 'always' &&
      list === 'exit' &&
      path !== undefined &&
      !silenced.has(path) &&
      isForAll(fields) &&
      calls.length === 0
    )
      watched.push(path);
  }
  return [...new Set(watched)];
}

function pathOf(fields: readonly string[]): string | undefined {
  const field = fields.find((each) => /^(?:path|dir)=/.test(each));
  return field?.slice(field.indexOf('=') + 1).replace(/(?<=.)\/+$/, '');
}

/** Rules for people who logged in leave out services alone, as most guides write them. */
function isForAll(fields: readonly string[]): boolean {
  return fields.every((field) =>
    /^(?:path|dir|perm|key|arch)=|^auid>=\d+$|^auid!=(?:-1|unset|4294967295)$/.test(field),
  );
}

/** `-w` tells no difference between a file and a folder, `-F` does. Letters of a permission stand in any order. */
function normalField(field: string): string {
  const [name = '', ...rest] = field.split('=');
  const value = rest.join('=');
  if (name === 'dir' || name === 'path') return `path=${value.replace(/(?<=.)\/+$/, '')}`;
  if (name === 'perm') return `perm=${value.split('').toSorted().join('')}`;
  if (field === 'auid!=4294967295' || field === 'auid!=unset') return 'auid!=-1';
  return field;
}

function parseRules(text: string): readonly AuditRule[] {
  return text.split('\n').flatMap((line) => parseRule(line.trim().split(/\s+/).filter(Boolean)) ?? []);
}

/** `undefined`: the line is a comment or a setting, no rule. */
function parseRule(words: readonly string[]): AuditRule | undefined {
  const [first = '', ...rest] = words;
  const lists = ['-a', '-A', '-w'];
  if (!lists.includes(first)) return undefined;
  const options = pairsOf(first === '-w' ? words : rest.slice(1));
  const named = (option: string): readonly string[] =>
    options.flatMap(([name, value]) => (name === option ? value : []));
  const keys = named('-k').map((key) => `key=${key}`);
  if (first === '-w') {
    const [path = ''] = named('-w');
    const [perm = 'rwxa'] = named('-p');
    return { list: 'exit', action: 'always', fields: [`path=${path}`, `perm=${perm}`, ...keys], calls: [] };
  }
  const pair = (rest[0] ?? '').split(',');
  const action = pair.find((word) => word === 'always' || word === 'never') ?? '';
  const list = pair.find((word) => word !== action) ?? '';
  const calls = named('-S')
    .flatMap((value) => value.split(','))
    .filter((call) => call !== 'all');
  const fields = [...named('-F'), ...named('-C').map((each) => `compare ${each}`), ...keys];
  return { list, action, fields, calls };
}

function pairsOf(words: readonly string[]): readonly (readonly [name: string, value: string])[] {
  return words.flatMap((word, at) => (/^-[a-zA-Z]$/.test(word) ? [[word, words[at + 1] ?? ''] as const] : []));
}

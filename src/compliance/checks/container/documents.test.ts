import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  containerOfBundle,
  containerOfCreate,
  containerOfFiles,
  containerOfInspect,
  containerOfProcesses,
  containerOfSpec,
  nothingAround,
  withProcesses,
} from '#inventory/index.ts';
import { aroundFor, recorded } from '../../../inventory/settings/container/testing.ts';
import { evaluate } from '../../evaluate.ts';
import { isDecidedBy } from '../../start-gates.ts';
import { containerChecks } from './index.ts';

const fixtures = new URL('../../../inventory/settings/fixtures/', import.meta.url);
const context = { now: new Date('2026-11-30T00:00:00Z'), lists: { 'approved-ports': ['8443/tcp', '18080/tcp'] } };
const around = aroundFor({ containers: { plain: { hostNamespaces: [], mounts: [] } } });

type Fields = Awaited<ReturnType<typeof containerOfInspect>>;

function statesOf(facts: Fields): ReadonlyMap<string, string> {
  return new Map(evaluate(containerChecks, facts, context).map(({ id, state }) => [id, state]));
}

function idsWith(states: ReadonlyMap<string, string>, state: string): readonly string[] {
  return [...states]
    .filter(([, one]) => one === state)
    .map(([id]) => id.slice('CTR-'.length))
    .toSorted();
}

const names = ['plain', 'privileged', 'hardened'] as const;

/** What only a running container's processes tell: capabilities as held, labels, filters, users. */
const ofProcesses = ['003', '016', '025', '048', '057', '064', '065'];

/** What an engine does not write into a spec; what it says of IPC and swap depends on the container. */
const notInSpec =
  '001 003 016 021 022 025 026 027 028 029 037 044 048 049 053 057 058 061 062 063 065 068 069 071 072 073 090'.split(
    ' ',
  );

function differences(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): readonly string[] {
  return [...left].flatMap(([id, state]) => {
    const states = [state, right.get(id)];
    return states.includes('not-assessed') || states[0] === states[1] ? [] : [`${id}: ${states.join(', ')}`];
  });
}

describe.each(names)('a %s container', (name) => {
  test('gets the same answers as a create request and as its engine describes it, or none', async () => {
    const asked = statesOf(await containerOfCreate(recorded(`create-${name}`), around));
    const inspected = statesOf(await containerOfInspect(recorded(`inspect-${name}`), around));
    expect(differences(asked, inspected)).toEqual([]);
  });

  test('gets the same answers from the engine’s files', async () => {
    const files = { config: recorded(`config-v2-${name}`), hostConfig: recorded(`hostconfig-${name}`) };
    const ofFiles = statesOf(await containerOfFiles(files, around));
    const inspected = statesOf(await containerOfInspect(recorded(`inspect-${name}`), around));
    expect([...ofFiles]).toEqual([...inspected]);
  });

  test('gets the same answers from its runtime’s spec, or none', async () => {
    const ofSpec = statesOf(
      await containerOfSpec(recorded(`spec-${name}`), { host: around.view.host, facts: around.facts }),
    );
    const inspected = statesOf(await containerOfInspect(recorded(`inspect-${name}`), around));
    expect(differences(ofSpec, inspected)).toEqual([]);
    const missing = idsWith(ofSpec, 'not-assessed').filter((id) => id !== '041' && id !== '033');
    expect(missing).toEqual(notInSpec);
  });

  test('gets the same answers from what a gate reads when it starts, or none', async () => {
    const bundle = {
      spec: recorded(`spec-${name}`),
      config: recorded(`config-v2-${name}`),
      hostConfig: recorded(`hostconfig-${name}`),
    };
    const fields = await containerOfBundle(bundle, { host: around.view.host, facts: nothingAround });
    const starting = statesOf(fields);
    const inspected = statesOf(await containerOfInspect(recorded(`inspect-${name}`), around));
    expect(differences(starting, inspected)).toEqual([]);
    for (const check of containerChecks.filter((one) => isDecidedBy('bundle', one)))
      expect([check.id, starting.get(check.id)]).not.toEqual([check.id, 'not-assessed']);
  });

  test('is not assessed by its engine’s words where only its processes tell', async () => {
    const inspected = statesOf(await containerOfInspect(recorded(`inspect-${name}`), around));
    const missing = idsWith(inspected, 'not-assessed');
    // Without AppArmor the label of its process does not matter, but nobody read it.
    expect(missing).toEqual(ofProcesses);
  });
});

describe('answers about recorded containers', () => {
  test.each([
    ['hardened', [], []],
    ['plain', ['006', '013', '032', '034', '035', '045', '054', '056', '058', '060'], []],
    [
      'privileged',
      (
        '001 005 006 007 008 009 010 011 012 013 014 015 017 019 020 021 026 027 028 029 032 033 034 035 036 038 040 ' +
        '042 043 045 046 047 054 055 056 058 060 066 069 071 090'
      ).split(' '),
      ['037'],
    ],
  ] as const)('%s', async (name, failing, warned) => {
    const states = statesOf(await containerOfInspect(recorded(`inspect-${name}`), around));
    expect(idsWith(states, 'fail')).toEqual([...failing].toSorted());
    expect(idsWith(states, 'warn')).toEqual(warned);
    expect(idsWith(states, 'error')).toEqual([]);
  });

  test('fold what a privileged container brings under one', async () => {
    const facts = await containerOfInspect(recorded('inspect-privileged'), around);
    const folded = evaluate(containerChecks, facts, context).flatMap(({ id, foldedUnder }) =>
      foldedUnder === undefined ? [] : [`${id} ${foldedUnder}`],
    );
    expect(folded).toHaveLength(15);
    expect(folded).toContain('CTR-007 CTR-001');
  });
});

describe('a document that is none', () => {
  const readers: readonly (readonly [string, (document: unknown) => Promise<Fields>])[] = [
    ['request', (document) => containerOfCreate(document, around)],
    ['inspected container', (document) => containerOfInspect(document, around)],
    ['inspected container without settings', (document) => containerOfInspect({ Id: document, State: {} }, around)],
    ['pair of files', (document) => containerOfFiles({ config: document, hostConfig: document }, around)],
    ['spec', (document) => containerOfSpec(document, { host: around.view.host, facts: around.facts })],
  ];

  test.each(readers)('read as %s passes only what does not rest on it', async (_, read) => {
    for (const document of [undefined, null, 7, 'text', []]) {
      const passed = idsWith(statesOf(await read(document)), 'pass');
      expect(passed).toEqual(['023', '059', '077']);
    }
  });
});

describe('a container that runs as user 1000 with --cap-add SYS_ADMIN', () => {
  const status = readFileSync(new URL('status-capped.txt', fixtures), 'utf8');

  test('fails by its processes, whose effective set is empty', async () => {
    expect(status).toMatch(/^CapEff:\t0{16}$/m);
    // The document is another's, which grants nothing.
    const document = await containerOfInspect(recorded('inspect-hardened'), around);
    const effective = containerOfProcesses({
      processes: [{ pid: 7, status, program: 'sleep' }],
      hostNamespaces: {},
      cgroup: { namespaces: {} },
    });
    const states = statesOf(withProcesses(document, effective));
    expect(['007', '005', '016', '057'].map((id) => states.get(`CTR-${id}`))).toEqual(['fail', 'fail', 'fail', 'fail']);
    expect(states.get('CTR-048')).toBe('pass');
  });

  test('fails by its document', async () => {
    const states = statesOf(await containerOfInspect(recorded('inspect-capped'), around));
    expect(states.get('CTR-007')).toBe('fail');
  });
});

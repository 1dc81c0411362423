import { describe, expect, it } from 'vitest';
import { known, missing } from '#base/index.ts';
import { containerOfInspect } from '#inventory/index.ts';
import { aroundFor, recorded } from '../inventory/settings/container/testing.ts';
import { assessDocuments, assessMany, type KeptDocument } from './catalogue.ts';
import { checksOf } from './check.ts';
import { packResults } from './console/pack-results.ts';
import type { UntypedFacts } from './custom-check.ts';
import { documentText, type Fields } from './document.ts';
import { fail, pass } from './judgement.ts';

const now = new Date('2026-11-30T12:00:00Z');
const lists = { 'allowed-capabilities': ['CHOWN'] } as const;
const around = aroundFor({ containers: { plain: { hostNamespaces: [], mounts: [] } } });

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What may stand in a field, of the right form or not. */
const values: readonly unknown[] = [true, false, 0, 65_536, '', 'host', null, [], ['ALL'], { a: 1 }, [{ b: [2] }]];

async function plainFields(): Promise<Fields> {
  const plain = recorded('inspect-plain') as { readonly HostConfig: object };
  return (await containerOfInspect(plain, around)) as unknown as Fields;
}

/** Containers that differ in a few fields each; some texts are broken. */
async function estate(seed: number, count: number): Promise<readonly (readonly KeptDocument[])[]> {
  const [next, plain] = [numbers(seed), await plainFields()];
  const names = Object.keys(plain);
  const changed = (): Fields => {
    const fields = { ...plain };
    for (let change = next(4); change > 0; change -= 1) {
      const name = names[next(names.length)] ?? '';
      const value = values[next(values.length)];
      const part = { value, at: 'seen' };
      const choices = [known(value, `At.${next(2)}`), missing('it is not there'), { ...missing('not all'), part }];
      fields[name as keyof typeof fields] = choices[next(choices.length)] as never;
    }
    return fields;
  };
  const textOf = (): string =>
    next(12) === 0 ? (['{', '[]', 'null', '{"privileged":7}'][next(4)] ?? '') : documentText(changed());
  return Array.from({ length: count }, () =>
    ['inspect', 'effective', 'spec'].slice(0, 1 + next(3)).map((kind) => ({ kind, text: textOf() })),
  );
}

describe('answers that many documents share', () => {
  it.each([1, 2, 3, 4, 5])('are those of each document by itself: estate %i', async (seed) => {
    const all = await estate(seed, 60);
    const assess = assessMany({ now, lists });
    const [shared, alone] = [[], []] as [unknown[], unknown[]];
    for (const [at, documents] of all.entries()) {
      const [one, other] = [assess('container', documents), assessDocuments('container', documents, { now, lists })];
      expect(one).toEqual(other);
      shared.push(await packResults(`facts ${at}`, one));
      alone.push(await packResults(`facts ${at}`, structuredClone(other)));
    }
    expect(shared).toEqual(alone);
  });

  it('are of other kinds of subjects too, each by its own checks', () => {
    const assess = assessMany({ now, lists });
    for (const kind of ['host', 'engine', 'container', 'image', 'network', 'service', 'registry', 'host'] as const) {
      const documents = [{ kind: 'one', text: documentText({ a: known(1, 'A') }) }];
      expect(assess(kind, documents)).toEqual(assessDocuments(kind, documents, { now, lists }));
    }
  });

  it('are given once by a check for equal values, and again for others', () => {
    const judged: unknown[] = [];
    const written = checksOf<UntypedFacts>('host')({
      ...about,
      needs: ['a', 'b'],
      judge: ({ a, b }) => {
        judged.push([a, b]);
        return a === b ? pass : fail(`${String(a)} is not ${String(b)}`);
      },
    });
    const assess = assessMany({ now, lists: {}, custom: [written] });
    const ask = (a: unknown, b: unknown, c: unknown) => {
      const text = documentText({ a: known(a, 'A'), b: known(b, 'B'), c: known(c, 'C') });
      return assess('host', [{ kind: 'one', text }]).find(({ id }) => id === about.id);
    };
    const [first, second, turned] = [ask(1, 2, 3), ask(1, 2, 4), ask(2, 1, 3)];
    expect(second).toBe(first);
    expect(turned).not.toEqual(first);
    expect(ask('1', 2, 3)).not.toBe(first);
    expect(judged).toEqual([
      [1, 2],
      [2, 1],
      ['1', 2],
    ]);
  });

  it('are given where a value lies deeper in itself than can be written', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const text = `{"privileged":{"kind":"known","at":"A","value":${deep}}}`;
    const assess = assessMany({ now, lists });
    const documents = [{ kind: 'inspect', text }];
    expect(assess('container', documents)).toEqual(assessDocuments('container', documents, { now, lists }));
    expect(assess('container', documents)).toEqual(assessDocuments('container', documents, { now, lists }));
  });
});

const about = {
  id: 'custom-both',
  title: 'Both are one',
  why: 'They should be.',
  remedy: { docker: 'Make them so' },
  severity: 'low',
  nist: [],
  version: 1,
} as const;

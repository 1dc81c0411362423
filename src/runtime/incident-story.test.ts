import { expect, test } from 'vitest';
import type { Detection } from './contract.ts';
import { storyOf } from './incident-story.ts';

const detection = (
  at: number,
  path: string,
  { outcome = 'observed', ...process }: Partial<Detection['process'] & Pick<Detection, 'outcome'>> = {},
): Detection =>
  ({
    id: String(at),
    detector: 'drift',
    outcome,
    notice: false,
    container: { id: 'web' },
    process: { path, ...process },
    ancestors: [{ path: '/usr/sbin/apache2' }],
  }) as unknown as Detection;

const many = (count: number, of: (at: number) => Detection): readonly Detection[] =>
  Array.from({ length: count }, (_, at) => of(at));

test('of what comes again and again the first and the last ones are told, and what came once among them', () => {
  const noise = many(800, (at) => detection(at, '/cgi/visits'));
  const story = storyOf([
    ...noise.slice(0, 400),
    detection(1000, '/tmp/evil', { outcome: 'refused' }),
    ...noise.slice(400),
  ]);
  expect(story.map(({ id }) => Number(id))).toEqual([0, 1, 2, 3, 4, 1000, 795, 796, 797, 798, 799]);
});

test('an answer that changes is another kind', () => {
  const story = storyOf(
    many(600, (at) => detection(at, '/cgi/visits', { outcome: at < 300 ? 'observed' : 'refused' })),
  );
  expect(story.filter(({ outcome }) => outcome === 'refused').map(({ id }) => id)).toContain('300');
});

test.each([
  ['other words', { argv: ['sh', '-c', 'curl'] }],
  ['another content', { sha256: 'a'.repeat(64) }],
])('%s are told among what looks alike', (_, process) => {
  const all = many(700, (at) => detection(at, '/bin/sh', at === 300 ? process : {}));
  expect(storyOf(all).map(({ id }) => id)).toContain('300');
});

test('what fits on a page is told whole', () => {
  const all = many(500, (at) => detection(at, '/bin/sh'));
  expect(storyOf(all)).toEqual(all);
});

test('of more kinds than fit those that came least stay', () => {
  const noise = many(6000, (at) => detection(at, `/tmp/${at % 600}`));
  const story = storyOf([...noise.slice(0, 3000), detection(9000, '/tmp/evil'), ...noise.slice(3000)]);
  expect(story).toHaveLength(500);
  expect(story.map(({ id }) => id)).toContain('9000');
});

test.each([
  [500, 0, 500],
  [501, 1, 500],
  [700, 700, 500],
])(
  'of %d kinds, %d of them stopped, %d are told: what was stopped first, then the newest',
  (kinds, stopped, reported) => {
    const all = many(kinds, (at) => detection(at, `/tmp/${at}`, { outcome: at < stopped ? 'killed' : 'observed' }));
    const story = storyOf(all);
    expect(story).toHaveLength(reported);
    expect(story.filter(({ outcome }) => outcome === 'killed')).toHaveLength(Math.min(stopped, reported));
    expect(story.at(-1)).toBe(all.at(-1));
    expect(story).toEqual(all.filter((one) => story.includes(one)));
  },
);

import { expect, test } from 'vitest';
import { overheard } from './overheard.ts';
import type { HostScanNews } from './news.ts';

test('words on sensor and gate are heard, each when it is new; all are passed on', () => {
  const [passed, news]: [unknown[], HostScanNews[]] = [[], []];
  const reporter = overheard(
    {
      state: (_, body) => void passed.push(body),
      report: () => undefined,
      forget: () => undefined,
      forgetAll: () => undefined,
    },
    (one) => void news.push(one),
  );
  const [sensor, gate] = [{ kind: 'sensor', id: '' } as const, { kind: 'gate', id: '' } as const];
  const works = { state: 'working', mechanisms: [], lost: 0, throttled: 0 } as const;
  const stands = { wrapper: 'absent', authorization: 'off', problems: [] } as const;
  reporter.state(sensor, works);
  reporter.state(gate, stands);
  reporter.state(sensor, { ...works });
  reporter.state(gate, { ...stands });
  reporter.state({ kind: 'image', id: 'one' }, {});
  reporter.state(sensor, { ...works, lost: 1 });
  reporter.state(sensor, works);
  expect(passed).toHaveLength(7);
  expect(news.map(({ kind }) => kind)).toEqual(['sensor', 'gate', 'sensor', 'sensor']);
  expect(news[2]).toMatchObject({ fact: { lost: 1 } });
});

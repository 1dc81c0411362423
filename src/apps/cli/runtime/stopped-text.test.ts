import { describe, expect, test } from 'vitest';
import type { StoppedEntry, Stops } from '#runtime/contract.ts';
import { evidenceText, exitCodeOfStops, stoppedText, stopsReason } from './stopped-text.ts';

const entry: StoppedEntry = {
  key: 'process "/usr/bin/dash" by="/usr/sbin/apache2"',
  entry: 'allow /usr/bin/dash by=/usr/sbin/apache2',
  image: 'web',
  path: '/usr/bin/dash',
  caller: '/usr/sbin/apache2',
  session: 'entry',
  part: 'model',
  effect: 'prevent',
  detectors: [],
  alerts: 0,
  stopped: 0,
  hours: 2,
  lastAt: '2026-11-28T10:00:00Z',
  containers: [],
  containerCount: 0,
  state: 'unconfirmed',
};
const stops = (entries: readonly StoppedEntry[], unknown: Stops['evidence']['unknown'] = []): Stops => ({
  entries,
  total: entries.length,
  evidence: {
    days: 14,
    from: '2026-11-20T00:00:00Z',
    to: '2026-11-28T12:00:00Z',
    watched: 190,
    of: 337,
    models: 1,
    left: 0,
    unknown,
  },
});
const gap = { kind: 'gaps', reason: '147 hours were not watched.', models: 1 } as const;
const denied = { ...entry, decidedBy: 'ada', state: 'denied' } as const;

describe('what prevent would have stopped, for people', () => {
  test.each([
    ['nothing, and all is known', [stops([])], [0, /^\D+$/]],
    ['nothing of what is known', [stops([], [gap])], [3, /^[^\d;]+;[^\d;]+$/]],
    ['what a person denied', [stops([denied])], [0, /^\D+1 \D*denied\D*$/]],
    ['an entry', [stops([denied]), stops([entry], [gap])], [1, /^\D+2 entries\b\D+\b1\. /]],
  ] as const)('%s', (_, all, [code, reason]) => {
    expect(exitCodeOfStops(all)).toBe(code);
    expect(stopsReason(all)).toMatch(reason);
  });

  test('is two lines of text each, and what is not known below', () => {
    const [first, second, ...others] = stoppedText(stops([entry])).split('\n');
    expect(first).toMatch(/^\/usr\/sbin\/apache2 \w+ \/usr\/bin\/dash$/);
    expect(second?.split(/[,;] /)).toHaveLength(5);
    expect(second).toMatch(/^ {4}seen in 2 hours, last 2026-11-28 10:00 UTC; /);
    expect(others).toEqual(['']);
    expect(stoppedText(stops([{ ...entry, session: 'exec' }])).split('\n')[0]).toMatch(
      /^.*\/usr\/bin\/dash, .*\bexec\b/,
    );
    const { key: _, caller: __, ...rest } = entry;
    const alerted = {
      ...rest,
      file: '/srv/x\u202e.php',
      part: 'code',
      alerts: 1,
      stopped: 2,
      hours: 0,
      detectors: ['code-drift'],
      containers: [{ name: 'web', host: 'quay-1' }],
      containerCount: 3,
    } as const;
    const lines = stoppedText({ ...stops([alerted]), total: 5 }).split('\n');
    expect(lines[0]).toMatch(/^\/usr\/bin\/dash \w+ \/srv\/x\ufffd\.php$/);
    expect(lines[1]).toMatch(
      /^ {4}1 alert, stopped 2 times, last 2026-11-28 10:00 UTC; in web on quay-1 and 2 more; .*\bcode-drift; /,
    );
    expect(lines.slice(2)).toEqual([expect.stringMatching(/^4 more /), '']);
    expect(evidenceText(stops([], [gap])).split('\n')).toEqual([
      expect.stringMatching(/ 2026-11-20 00:00 to 2026-11-28 12:00 UTC: 190 of 337 hours /),
      expect.stringMatching(new RegExp(`^ {2}not known: ${gap.reason}$`)),
      '',
    ]);
  });
});

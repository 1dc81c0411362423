import { describe, expect, it } from 'vitest';
import { brokenIn, briefTitle, firstSentence, type HeadlineContext, headlineOf } from './headline.ts';

const none = { unknown: 0, unprotected: 0, partly: 0, protected: 0, watched: 0 };
const well = {
  overview: {
    images: 3,
    verdicts: { pass: 3, fail: 0, cannotJudge: 0, pending: 0 },
    unscanned: 0,
    staleHosts: 0,
    database: { state: 'ready' },
  },
  protection: { all: none, preventing: none },
  incidents: { open: 0 },
  refused: 0,
} as const satisfies HeadlineContext;
const judged = (more: Partial<HeadlineContext['overview']['verdicts']>): HeadlineContext['overview'] => ({
  ...well.overview,
  verdicts: { ...well.overview.verdicts, ...more },
});

it('says of an incident what happened, and leaves the reason to its page', () => {
  expect(briefTitle('api: It is not protected as the rule Prevent asks. Its root is not marked.')).toBe(
    'api: It is not protected as the rule Prevent asks.',
  );
  expect(briefTitle('web: /tmp/x.1 was started.')).toBe('web: /tmp/x.1 was started.');
});

describe('brokenIn', () => {
  const row = (fail: number, environment?: string) => ({
    ...(environment === undefined ? {} : { environment }),
    images: 9,
    verdicts: { ...well.overview.verdicts, fail },
  });
  const overview = (...environments: ReturnType<typeof row>[]) => ({ ...judged({ fail: 5 }), environments });

  it('names prod before other environments in which images fail', () => {
    expect(brokenIn(overview(row(2, 'dev'), row(1, 'prod')), undefined)).toEqual({
      environment: 'prod',
      fail: 1,
      images: 9,
    });
    expect(brokenIn(overview(row(0, 'prod'), row(4), row(2, 'dev')), undefined).environment).toBe('dev');
    expect(brokenIn(overview(row(0, 'prod'), row(4)), undefined).environment).toBe('none');
    expect(brokenIn(overview(row(0, 'prod')), undefined)).toEqual({ fail: 5, images: 3 });
  });

  it('keeps to the environment that was chosen', () => {
    expect(brokenIn(overview(row(2, 'prod')), 'test')).toEqual({ environment: 'test', fail: 5, images: 3 });
  });

  it('keeps the first sentence of a reason, whatever versions it names', () => {
    expect(firstSentence('1 finding reaches the limit, worst in curl 8.1.0, High (7.5). 2 others do.')).toBe(
      '1 finding reaches the limit, worst in curl 8.1.0, High (7.5).',
    );
    expect(firstSentence('No stop')).toBe('No stop');
  });
});

describe('headlineOf', () => {
  it('says that all pass only where all of it is known', () => {
    expect(headlineOf(well)).toBe('all-pass');
    expect(headlineOf({ ...well, protection: undefined })).toBe('unread');
    expect(headlineOf({ ...well, incidents: undefined })).toBe('unread');
    expect(headlineOf({ ...well, refused: undefined })).toBe('unread');
    expect(headlineOf({ ...well, overview: { ...well.overview, database: { state: 'missing' } } })).toBe('no-database');
    expect(headlineOf({ ...well, overview: judged({ cannotJudge: 1 }) })).toBe('unjudged');
    expect(headlineOf({ ...well, overview: judged({ pending: 1 }) })).toBe('unjudged');
    expect(headlineOf({ ...well, overview: { ...well.overview, unscanned: 1 } })).toBe('unscanned');
    expect(headlineOf({ ...well, overview: { ...well.overview, staleHosts: 1 } })).toBe('away');
    expect(headlineOf({ ...well, protection: { all: { ...none, unknown: 1 }, preventing: none } })).toBe('unwatched');
  });

  it('puts open incidents first, then refused starts, what is not protected, and what breaks the rules', () => {
    const broken = { ...well, overview: judged({ fail: 1, cannotJudge: 1 }) };
    expect(headlineOf(broken)).toBe('broken-rule');
    expect(headlineOf({ ...broken, protection: undefined })).toBe('broken-rule');
    for (const state of ['unknown', 'unprotected', 'partly'] as const) {
      const lacking = { ...broken, protection: { all: none, preventing: { ...none, [state]: 1 } } };
      expect(headlineOf(lacking), state).toBe('lacking');
      expect(headlineOf({ ...lacking, incidents: undefined }), state).toBe('lacking');
      expect(headlineOf({ ...lacking, refused: 1 }), state).toBe('refused');
      expect(headlineOf({ ...lacking, refused: 1, incidents: { open: 1 } }), state).toBe('incidents');
      expect(headlineOf({ ...lacking, incidents: { open: 1 } }), state).toBe('incidents');
    }
    expect(headlineOf({ ...well, overview: { ...well.overview, images: 0 } })).toBe('nothing-scanned');
    expect(headlineOf({ ...well, protection: undefined, incidents: { open: 2 } })).toBe('incidents');
  });
});

import { describe, expect, it } from 'vitest';
import { inEnvironmentOrder, parseFrameSearch } from './environment.ts';

describe('the environment in an address', () => {
  it('is kept when it could be one, and left out when it could not', () => {
    expect(parseFrameSearch({ environment: 'prod' })).toEqual({ environment: 'prod' });
    expect(parseFrameSearch({ environment: 'none' })).toEqual({ environment: 'none' });
    expect(parseFrameSearch({ environment: 'Not one' })).toEqual({});
    expect(parseFrameSearch({})).toEqual({});
  });

  it('stands in the order of what matters most, once each', () => {
    expect(inEnvironmentOrder(['none', 'dev', 'staging', 'canary', 'prod', 'test', 'dev'])).toEqual([
      'prod',
      'test',
      'dev',
      'canary',
      'staging',
      'none',
    ]);
  });
});

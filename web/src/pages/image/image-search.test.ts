import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../../app/search-text.ts';
import { findingQuery } from '../vulnerability/finding-filter.ts';
import { parseVulnerabilitySearch } from '../vulnerability/vulnerability-search.ts';
import { parseImageSearch } from './image-search.ts';
import { parseImagesSearch } from './images-search.ts';

describe('addresses of pages', () => {
  it('keep every filter over a round trip', () => {
    const image =
      '?search=ssl&severity=high&fix=none&kev=yes&suppressed=yes&type=deb&tab=packages&layer=0&package=a:b&finding=CVE-1';
    expect(stringifySearch({ ...parseImageSearch(parseSearch(image)) })).toBe(image);
    const vulnerability = '?severity=unrated&type=maven&vulnerability=CVE-1&package=@scope/name';
    expect(stringifySearch({ ...parseVulnerabilitySearch(parseSearch(vulnerability)) })).toBe(vulnerability);
    for (const images of [
      '?search=x&verdict=cannot-judge&sort=scanned',
      '?verdict=unscanned',
      '?verdict=pending',
      '',
    ]) {
      expect(stringifySearch({ ...parseImagesSearch(parseSearch(images)) })).toBe(images);
    }
  });

  it('drop what no page knows', () => {
    const odd = parseSearch('?severity=awful&layer=-1&tab=x&kev=1&verdict=maybe&sort=&other=1');
    expect(stringifySearch({ ...parseImageSearch(odd) })).toBe('');
    expect(stringifySearch({ ...parseImagesSearch(odd) })).toBe('');
  });

  it('ask the console in its own words', () => {
    const query = findingQuery({ kev: 'yes', suppressed: undefined, severity: 'low' });
    expect(query).toEqual({ kev: 'true', severity: 'low' });
  });
});

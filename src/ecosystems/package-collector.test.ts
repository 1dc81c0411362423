import { expect, test } from 'vitest';
import { packageCollector } from './package-collector.ts';

test('a file that names packages without end is cut, and says so once', () => {
  const collector = packageCollector('jar', 'app/bomb.jar');
  for (let at = 0; at < 50_003; at += 1) {
    const foundBy = { analyzer: 'jar', evidence: 'pom.properties' };
    collector.add({ type: 'npm', name: `p${at}`, version: '1', path: 'app/bomb.jar', foundBy });
  }
  const { packages, faults } = collector.analysis();
  expect(packages).toHaveLength(50_000);
  expect(faults).toMatchObject([{ code: 'entry-limit', path: 'app/bomb.jar' }]);
});

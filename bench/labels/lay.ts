import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packages of this machine's Debian, by their names, unpacked into one folder, or each into one of its own name. */
export function debian(names: string, into: 'one' | 'each' = 'one'): (root: string) => string {
  return (root) => {
    const work = mkdtempSync(join(tmpdir(), 'seawall-labels-'));
    try {
      execFileSync('apt-get', ['download', '-qq', ...names.split(' ')], {
        cwd: work,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const shown = readdirSync(work).map((file) => {
        const deb = join(work, file);
        const told = execFileSync('dpkg-deb', ['--show', '--showformat=${Package} ${Version}', deb], {
          encoding: 'utf8',
        });
        const folder = into === 'one' ? root : join(root, told.replace(' ', '='));
        execFileSync('dpkg-deb', ['-x', deb, folder]);
        return told;
      });
      return `Debian: ${shown.join(', ')}`;
    } finally {
      rmSync(work, { recursive: true });
    }
  };
}

/** Packages of npm with what they require, as `npm install` lays them into a folder. */
export function npm(packages: readonly string[]): (root: string) => string {
  return (root) => {
    const project = join(root, 'srv/app');
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'package.json'), '{}');
    const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...packages];
    execFileSync('npm', words, { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] });
    return `npm: ${packages.join(', ')}`;
  };
}

/** Opens the wheels of a tree beside where they lie, as `pip` does. */
export function withWheels(lay: (root: string) => string): (root: string) => string {
  return (root) => {
    const origin = lay(root);
    const site = join(root, 'usr/local/lib/python3/site-packages');
    mkdirSync(site, { recursive: true });
    const wheels = execFileSync('find', [root, '-name', '*.whl'], { encoding: 'utf8' }).split('\n').filter(Boolean);
    for (const wheel of wheels) execFileSync('python3', ['-m', 'zipfile', '-e', wheel, site]);
    return origin;
  };
}

/** An installed Debian of the smallest kind with these packages, as `mmdebstrap` makes it. */
export function installed(packages: readonly string[]): (root: string) => string {
  return (root) => {
    const words = ['--quiet', '--variant=minbase', `--include=${packages.join(',')}`, 'trixie', root];
    execFileSync('mmdebstrap', words, { stdio: 'pipe' });
    return `Debian 13 by mmdebstrap, with ${packages.join(', ')}`;
  };
}

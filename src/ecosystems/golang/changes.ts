import { changeByCommand, type Changes } from '../changes.ts';
import { quoted } from '../face.ts';

export const golang: Changes = {
  id: 'golang',
  change({ name, installed, to, paths }) {
    if (name === 'stdlib')
      return changeByCommand({ before: `go ${installed}`, after: `go ${to}` }, `go get ${quoted(`go@${to}`)}`);
    const wanted = to.startsWith('v') ? to : `v${to}`;
    return changeByCommand(
      { before: `${name} ${installed}`, after: `${name} ${wanted}` },
      `go get ${quoted(`${name}@${wanted}`)}${isVendored(paths) ? ' && go mod vendor' : ''}`,
    );
  },
};

function isVendored(paths: readonly string[]): boolean {
  return paths.some((path) => path.endsWith('vendor/modules.txt'));
}

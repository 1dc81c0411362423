import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { known } from '#base/index.ts';
import { collectHost } from '#inventory/agent/index.ts';
import { usualEnginePlaces } from '../../../../src/inventory/agent/facts/host/engine-places.ts';

/** In the machine that is recorded: writes what the product's collectors tell of it, with its engine, to a file. */
const [path = ''] = process.argv.slice(2);
const info: unknown = JSON.parse(execFileSync('docker', ['info', '--format', '{{json .}}'], { encoding: 'utf8' }));
const facts = await collectHost({ root: '/', engine: { ...usualEnginePlaces, info: known(info, '/info') } });
writeFileSync(path, `${JSON.stringify(facts)}\n`);

import { fingerprintOf } from '#apps/cli/release/keys.ts';
import { makeKey, readKey, stateChange } from './release/key-file.ts';

/**
 * `npm run release:key -- make FILE | show FILE | change OLD NEW`: makes a release key, prints its fingerprint, or states
 * with the old key that a new one takes its place.
 */
const [what, first = '', second = ''] = process.argv.slice(2);

try {
  if (what === 'make' && first !== '') {
    console.log(makeKey(first));
    console.error(
      `The key is in ${first}. Keep it outside of the repository, with a copy; publish the fingerprint above.`,
    );
  } else if (what === 'show' && first !== '') console.log(fingerprintOf(readKey(first)));
  else if (what === 'change' && first !== '' && second !== '') {
    stateChange(first, second, new Date().toISOString());
    console.error(
      `${second}.changes.json says that the key of ${second} takes the place of that of ${first}. Releases signed with it bring that along.`,
    );
  } else {
    console.error('seawall: call this as `make FILE`, `show FILE` or `change OLD NEW`.');
    process.exitCode = 2;
  }
} catch (error) {
  console.error(`seawall: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

import { packageParts } from '#ecosystems/contract.ts';
import { Link } from '@tanstack/react-router';
import type { CSSProperties, ReactNode } from 'react';
import type { Overview } from '#explorer/contract.ts';
import { counted, percent } from '../../ui/format.ts';
import { SeverityMark, totalOf } from '../../ui/severity.tsx';

/** The upgrades that remove the most risk. */
export function DoNext({ overview }: { readonly overview: Overview }): ReactNode {
  const { upgrades } = overview;
  return (
    <section className="section">
      <header>
        <h2>Do next</h2>
        <span className="quiet small">removes the most risk</span>
      </header>
      {upgrades.length === 0 && <p className="soft">{withoutUpgrade(overview)}</p>}
      <ol className="acts">
        {upgrades.map((upgrade) => (
          <li key={`${upgrade.type} ${upgrade.package}`}>
            <h3 className="breakable">
              <Link to="/vulnerabilities" search={{ search: upgrade.package, type: upgrade.type, fix: 'available' }}>
                <span title={upgrade.package}>{packageParts(upgrade.type, upgrade.package).own}</span> to {upgrade.to}
              </Link>
            </h3>
            <p className="small soft">
              <Link to="/vulnerabilities" search={{ tab: 'fixes', search: upgrade.package, type: upgrade.type }}>
                Removes {counted(upgrade.removes, 'finding')} from {counted(upgrade.images, 'image')}
              </Link>
              , worst <SeverityMark severity={upgrade.worst} />
            </p>
            <div className="drop">
              <span className="dropbar" aria-hidden="true">
                <i style={{ '--v': upgrade.share * 100 } as CSSProperties} />
              </span>
              <span className="small nowrap">{percent(upgrade.share)} of all risk</span>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Why no upgrade is advised. No known finding is no all-clear while images are not judged. */
function withoutUpgrade({ findings, verdicts, unscanned, database }: Overview): string {
  if (totalOf(findings) > 0) return 'No upgrade is known that removes a finding.';
  if (database.state === 'missing') return 'Unknown: there is no vulnerability database. See Feeds for how to get one.';
  const open = verdicts.cannotJudge + verdicts.pending + unscanned;
  if (open === 0) return 'Nothing: no image has a finding.';
  return `Unknown: ${counted(open, 'image is', 'images are')} not scanned or not judged. No other finding is known.`;
}

import { Link } from '@tanstack/react-router';
import type { CSSProperties, ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import type { ImageSubject } from '#image/contract.ts';
import { bytes, count, counted } from '../../ui/format.ts';
import { Counts, StackBar, totalOf } from '../../ui/severity.tsx';
import { type ProvenBase, useBase } from '../provenance/base.ts';
import { type Course, coursesOf, readable } from './wall.ts';
import { type Seen, seenOf } from './seen.ts';

interface WallProps {
  readonly detail: ImageDetail;
  readonly image: ImageSubject;
  /** The layer whose findings the lists below are narrowed to. */
  readonly layer: number | undefined;
}

/** The layers, newest on top, each drawn to scale. A click on one narrows the lists to it. */
export function LayerWall({ detail, image, layer }: WallProps): ReactNode {
  const courses = coursesOf(image, detail.layers);
  const base = useBase(image);
  const size = image.layers.reduce((sum, one) => sum + one.size, 0);
  return (
    <section className="section">
      <header>
        <h2>Layers</h2>
        <span className="quiet small">
          {counted(image.layers.length, 'layer')}, {bytes(size)} unpacked, drawn to scale.{' '}
          {base === undefined ? (
            'Base unknown: no approved base is proven.'
          ) : (
            <>
              {counted(image.layers.length - base.layers, 'own layer')} with{' '}
              <PartLink detail={detail} base={base} part="own" />, on base {base.name} with{' '}
              <PartLink detail={detail} base={base} part="base" />.
            </>
          )}
        </span>
      </header>
      <div className="wall">
        <table aria-label="Layers, newest first">
          <thead>
            <tr>
              <th scope="col" className="w-number">
                #
              </th>
              <th scope="col" className="w-course">
                <span className="sr">Drawing</span>
              </th>
              <th scope="col" className="w-size num">
                Size
              </th>
              <th scope="col">Build step</th>
              <th scope="col" className="w-counts">
                Findings
              </th>
            </tr>
          </thead>
          <tbody>
            {courses.map((course) => (
              <CourseRow
                key={course.layer.index}
                course={course}
                base={base}
                subject={detail.row.subject}
                selected={course.layer.index === layer}
              />
            ))}
          </tbody>
        </table>
        <Whole detail={detail} image={image} />
      </div>
    </section>
  );
}

interface PartProps {
  readonly detail: ImageDetail;
  readonly base: ProvenBase;
  readonly part: 'base' | 'own';
}

/** Findings of the base, or of the layers above it, as a link to them. */
function PartLink({ detail, base, part }: PartProps): ReactNode {
  const layers = detail.layers.filter(({ index }) => index < base.layers === (part === 'base'));
  const findings = layers.reduce((sum, { counts }) => sum + totalOf(counts), 0);
  return (
    <Link to="/images/$subject" params={{ subject: detail.row.subject }} search={{ part }} hash="lists">
      {counted(findings, 'finding')}
    </Link>
  );
}

interface CourseProps {
  readonly course: Course;
  readonly base: ProvenBase | undefined;
  readonly subject: string;
  readonly selected: boolean;
}

function CourseRow({ course, base, subject, selected }: CourseProps): ReactNode {
  const { layer, settings } = course;
  const narrowed = selected ? {} : { layer: layer.index };
  const step = layer.createdBy === undefined ? 'The image does not tell the step' : readable(layer.createdBy);
  const part = base === undefined ? 'unknown' : layer.index < base.layers ? 'base' : 'own';
  const seam = base !== undefined && layer.index === base.layers - 1;
  return (
    <tr
      style={{ '--h': `${course.height}px` } as CSSProperties}
      aria-selected={selected || undefined}
      data-part={part}
      className={seam ? 'seam' : undefined}
    >
      <td className="w-number">{layer.index + 1}</td>
      <td className="w-course">
        <span className="brick" />
      </td>
      <td className="w-size num">{bytes(layer.size)}</td>
      <th scope="row" className="w-step">
        <Link
          to="/images/$subject"
          params={{ subject }}
          search={narrowed}
          hash="lists"
          title={step}
          aria-label={`Layer ${layer.index + 1}: ${step}`}
        >
          <code className="clip">{step}</code>
        </Link>
        <span className="l2" title={settings.join('\n')}>
          {course.packages === 0 ? 'no packages' : counted(course.packages, 'package')}
          {part === 'base' && `; base ${base?.name ?? ''}`}
          {settings.length > 0 && `; then ${settings.map((one) => one.split(' ')[0]).join(', ')}`}
        </span>
      </th>
      <td className="w-counts">
        <Counts
          counts={course.counts}
          form="columns"
          linkTo={(severity) => ({
            to: '/images/$subject',
            params: { subject },
            search: { layer: layer.index, severity },
            hash: 'lists',
          })}
        />
      </td>
    </tr>
  );
}

const noFindings = {
  everything: 'No findings',
  part: 'No findings in what was seen',
  'not all judged': 'No findings in what was judged',
  nothing: 'Findings not known yet',
} as const satisfies Record<Seen['kind'], string>;

function Whole({ detail, image }: { readonly detail: ImageDetail; readonly image: ImageSubject }): ReactNode {
  const { counts, subject } = detail.row;
  const { settings } = image;
  const total = totalOf(counts);
  const none = noFindings[seenOf(detail).kind];
  const starts = [...settings.entrypoint, ...settings.command].join(' ');
  return (
    <div className="whole">
      <h3>{total === 0 ? none : counted(total, 'finding')}</h3>
      {total > 0 && (
        <>
          <StackBar counts={counts} />
          <Counts
            counts={counts}
            form="line"
            linkTo={(severity) => ({
              to: '/images/$subject',
              params: { subject },
              search: { severity },
              hash: 'lists',
            })}
          />
        </>
      )}
      {counts.suppressed > 0 && (
        <p className="small">
          <Link to="/images/$subject" params={{ subject }} search={{ suppressed: 'yes' }} hash="lists">
            {count(counts.suppressed)} suppressed
          </Link>
        </p>
      )}
      <h3>How it runs</h3>
      <dl className="kv">
        <dt>User</dt>
        <dd>{settings.user === undefined || settings.user === '' ? 'root, none is set' : settings.user}</dd>
        <dt>Starts</dt>
        <dd className="mono">
          <span className="few-lines" title={starts}>
            {starts || 'nothing by itself'}
          </span>
        </dd>
        {settings.exposedPorts.length > 0 && (
          <>
            <dt>Ports</dt>
            <dd>{settings.exposedPorts.join(', ')}</dd>
          </>
        )}
        <dt>Health check</dt>
        <dd>{settings.healthcheck ? 'yes' : 'none'}</dd>
      </dl>
    </div>
  );
}

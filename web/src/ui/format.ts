import { count } from '#base/index.ts';

export { count, counted } from '#base/index.ts';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const minute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** As `count`, but from 10,000 in three figures: `12.3K`, for columns of a fixed width. */
export function shortCount(value: number): string {
  return value < 10_000 ? count(value) : compact.format(value);
}

/** In four characters at most: `999`, `1.2K`, `12K`, `999K`, `1.2M`; never rounded up, for columns of a fixed width. */
export function narrowCount(value: number): string {
  let [scaled, unit] = [value, ''];
  for (const next of ['K', 'M', 'B']) {
    if (scaled < 1000) break;
    [scaled, unit] = [scaled / 1000, next];
  }
  if (unit === '') return String(value);
  return `${scaled < 10 ? (Math.floor(scaled * 10) / 10).toFixed(1) : Math.floor(scaled)}${unit}`;
}

/** Bytes in decimal units as registries show them: `82.3 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let scaled = value / 1000;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}

/** A span as one figure: `8 s`, `14 min`, `2 h`, `3 d`. */
export function span(milliseconds: number): string {
  const past = Math.max(0, milliseconds);
  if (past < minuteMs) return `${Math.floor(past / 1000)} s`;
  if (past < hourMs) return `${Math.floor(past / minuteMs)} min`;
  if (past < 2 * dayMs) return `${Math.floor(past / hourMs)} h`;
  return `${Math.floor(past / dayMs)} d`;
}

/** How long ago a moment was; from 30 days on its date. */
export function ago(moment: string, now: Date): string {
  const past = now.getTime() - Date.parse(moment);
  if (past < 10_000) return 'just now';
  return past < 30 * dayMs ? `${span(past)} ago` : date(moment);
}

/** `18 Nov 2026` */
export function date(moment: string): string {
  return day.format(new Date(moment));
}

/** `18 Nov 2026, 14:32 CET`, in the reader's time zone, which is named. */
export function dateTime(moment: string): string {
  return minute.format(new Date(moment));
}

const dayMinute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** `18 Nov, 14:32 CET`, of seconds since 1970, in the reader's time zone: where the year is plain. */
export function shortTime(seconds: number): string {
  return dayMinute.format(new Date(seconds * 1000));
}

const second = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** `18 Nov 2026, 14:32:05 CET`, in the reader's time zone, which is named. */
export function zonedTime(moment: string): string {
  return second.format(new Date(moment));
}

/** `2026-11-18 13:32:05 UTC` */
export function utcTime(moment: string): string {
  return `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const shortDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `18 Nov`, of seconds since 1970. */
export function shortDay(seconds: number): string {
  return shortDate.format(new Date(seconds * 1000));
}

/** A probability as per cent: `94 %`, `<1 %`, `>99 %`; only what is certain is `100 %`. */
export function percent(probability: number): string {
  const value = probability * 100;
  if (value > 0 && value < 1) return '<1 %';
  return value < 100 && value > 99 ? '>99 %' : `${Math.round(value)} %`;
}

/** Where a percentile stands among all: `higher than 97 %`, `among the highest 0.1 %`. Nothing is higher than all. */
export function percentile(share: number): string {
  if (share >= 0.999) return 'among the highest 0.1 %';
  const tenths = Math.floor(share * 1000 + 1e-6) / 10;
  return `higher than ${tenths >= 99 ? tenths : Math.floor(tenths)} %`;
}

/** A risk score without decimals; from just under a whole one it is not rounded up. */
export function risk(score: number): string {
  return String(Math.floor(score + 1e-9));
}

/** `e02d55a1…4b07` of `sha256:e02d55a1…`. Other text stays as it is. */
export function shortDigest(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  return hex === undefined ? digest : `${hex.slice(0, 8)}…${hex.slice(-4)}`;
}

/** What a subject is called: its first name, else its shortened digest, else the host's name. */
export function subjectName(subject: string, names: readonly string[] = []): string {
  return names[0] ?? shortDigest(subject.replace(/^host:/, ''));
}

/** Days since the date that a feed states; nothing when it states none. */
export function daysOld(asOf: string | undefined, now: Date): number | undefined {
  return asOf === undefined ? undefined : Math.floor((now.getTime() - Date.parse(asOf)) / dayMs);
}

/** A feed older than this many days is shown as stale; a policy may set another limit for its verdicts. */
export const staleAfterDays = 7;

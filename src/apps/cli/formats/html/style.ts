/** Style of the page: light and dark, from 390 pixels up, and on paper. The words alone say everything without it. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #10171d); --sunken: light-dark(#f4f6f8, #161f27); --line: light-dark(#dde3e8, #222d36);
  --ink: light-dark(#12202b, #e8eef2); --quiet: light-dark(#566571, #93a3af); --accent: light-dark(#0a5f6b, #6bc9d4);
  --pass: light-dark(#03624f, #5fd1b3); --fail: light-dark(#98103a, #ff8aab); --unknown: light-dark(#4a5864, #a7b4be);
  --critical: light-dark(#98103a, #ff8aab); --high: light-dark(#9a3f00, #ffa566); --medium: light-dark(#6d5200, #f3d171);
  --low: light-dark(#2a5798, #93b8ee); --hatch: light-dark(#d3dae0, #43525e);
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 16px 48px; max-width: 1120px; background: var(--ground); color: var(--ink);
  font: 14px/1.45 Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, Arial, sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0 0 12px; font-size: 20px; line-height: 1.3; }
h2 { margin: 32px 0 8px; font-size: 15px; }
p { margin: 0 0 8px; }
h1, h2, p, li, td, dd { overflow-wrap: anywhere; }
a { color: var(--accent); }
code { font: 12px/1.4 "JetBrains Mono", ui-monospace, Menlo, Consolas, monospace; }
ul { margin: 0 0 12px; padding-left: 20px; }
.unknown ul { margin: 0; padding-left: 24px; }
.quiet { color: var(--quiet); }
.verdict { padding: 12px 16px; border-left: 4px solid var(--unknown); background: var(--sunken); }
.verdict strong { display: block; font-size: 20px; line-height: 1.4; color: var(--unknown); }
.verdict[data-kind="pass"] { border-color: var(--pass); }
.verdict[data-kind="pass"] strong { color: var(--pass); }
.verdict[data-kind="fail"] { border-color: var(--fail); }
.verdict[data-kind="fail"] strong { color: var(--fail); }
.verdict p:last-child { margin: 0; }
.verdict[data-kind="cannot-judge"], .unknown {
  background: repeating-linear-gradient(-45deg, var(--sunken) 0 6px, var(--hatch) 6px 7px); }
.unknown { padding: 8px 12px; }
.verdict[data-kind="cannot-judge"] > *, .unknown > * { width: fit-content; padding: 0 4px; background: var(--ground); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-size: 12px; font-weight: 500; white-space: nowrap; }
th.number, td.number { text-align: right; }
td.word { white-space: nowrap; }
[data-severity] { color: var(--quiet); white-space: nowrap; }
[data-severity="critical"] { color: var(--critical); font-weight: 600; }
[data-severity="high"] { color: var(--high); }
[data-severity="medium"] { color: var(--medium); }
[data-severity="low"] { color: var(--low); }
.stops { color: var(--fail); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
@media (max-width: 640px) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody { display: block; width: 100%; }
  tr { display: flex; flex-wrap: wrap; gap: 1px 14px; padding: 8px 0; border-bottom: 1px solid var(--line); }
  td, td.number { display: block; min-width: 0; max-width: 100%; padding: 0; border: 0; text-align: left; white-space: normal; }
  td:empty { display: none; }
  td::before { content: attr(data-label) " "; color: var(--quiet); font-size: 12px; font-weight: 400; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  thead { display: table-header-group; }
  tr, dl > * { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;

/** How the report looks, on a screen and on paper. Every state has a word and a mark besides its colour. */
export const reportStyle = `
:root { color-scheme: light; font: 14px/1.45 system-ui, sans-serif; color: #1c2430; }
body { max-width: 62rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.25rem; margin: 1.6rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.1rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; } th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid #cfd6df; }
th { font-weight: 600; } th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: .9rem; }
.answers { table-layout: fixed; overflow-wrap: anywhere; } .answers th:nth-child(1) { width: 18%; } .answers th:nth-child(3) { width: 20%; } .answers th:nth-child(4) { width: 23%; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; } dt { font-weight: 600; } dd { margin: 0; }
.figures { display: flex; gap: 2rem; margin: .6rem 0; } .figures b { display: block; font-size: 1.35rem; }
.state { display: inline-block; font-weight: 600; white-space: nowrap; }
.state::before { content: "\\25CB"; margin-right: .35em; } .state.met::before, .state.pass::before { content: "\\2713"; }
.state.not-met::before, .state.fail::before { content: "\\2715"; } .state.incomplete::before, .state.not-assessed::before, .state.error::before { content: "?"; }
.state.met-with-exceptions::before, .state.excepted::before { content: "\\25D0"; } .state.warn::before { content: "!"; }
.met, .pass { color: #176b3a; } .not-met, .fail { color: #a8201a; } .warn { color: #8a5a00; }
.incomplete, .not-assessed, .error { color: #404a57; background: repeating-linear-gradient(135deg, #e4e8ee 0 4px, #fff 4px 8px); padding: 0 .3em; }
.quiet { color: #56606d; } .strip { display: flex; flex-wrap: wrap; gap: 2px; margin: .3rem 0; } .strip span { width: 1.1rem; text-align: center; border: 1px solid #cfd6df; font-size: .7rem; }
.open { border-left: 4px solid #404a57; padding-left: .8rem; }
code { font-size: .92em; overflow-wrap: anywhere; }
a { color: #0b57a4; }
@media print { body { max-width: none; padding: 0; font-size: 9pt; } .control { break-before: page; } tr, .strip, .figures, dl { break-inside: avoid; } h2, h3, h3 + p { break-after: avoid; } thead { display: table-header-group; } a { color: inherit; } }
@media (max-width: 600px) { body { padding: .8rem; } dl { grid-template-columns: 1fr; } dt { margin-top: .3rem; } thead { display: none; } tr { display: block; padding: .4rem 0; border-bottom: 1px solid #cfd6df; } td, td.number { display: block; border: 0; padding: 0; text-align: left; } td[data-label]::before { content: attr(data-label) " "; color: #56606d; } }
@page { margin: 16mm 14mm; }
`;

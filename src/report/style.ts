/**
 * The look of a report, one style sheet for every page this room writes. Colours are those of Okabe and Ito,
 * which colour-blind readers tell apart, darkened or lightened until each stands out 3 : 1 from its ground.
 */

/** What a drawing needs, on a page and by itself. */
export const DRAWING_STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1d2024; --quiet: #5c636c; --line: #e2e5e9;
  --c0: #0072b2; --c1: #c75400; --c2: #00845f; --c3: #a8479a; --c4: #7a6a00; --c5: #2a8fbd; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181b; --text: #e4e7ea; --quiet: #9aa2ab;
  --line: #2d3136; --c0: #5ab4ee; --c1: #f0995a; --c2: #35c196; --c3: #d98bd0; --c4: #e3d24f; --c5: #8fd3f5; } }
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
svg .name { fill: var(--text); }
.end { text-anchor: end; } .middle { text-anchor: middle; }
svg path { fill: none; stroke-linecap: round; stroke-linejoin: round; }
.grid { stroke: var(--line); } .axis { stroke: var(--quiet); }
.raw { stroke: var(--c); opacity: .24; } .mean { stroke: var(--c); stroke-width: 1.8; }
.dot { stroke-width: 7; }
svg .mark { stroke: var(--c); stroke-width: 1.5; fill: var(--ground); }
.c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); }
.c4 { --c: var(--c4); } .c5 { --c: var(--c5); } .plain { --c: var(--quiet); }
`;

export const STYLE = `${DRAWING_STYLE}* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.55 system-ui, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 32px 72px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 17px; margin: 56px 0 14px; }
p { margin: 6px 0; max-width: 72ch; }
.quiet, figcaption { color: var(--quiet); font-size: 13px; }
.facts { display: flex; flex-wrap: wrap; gap: 14px 30px; margin: 22px 0 36px; padding: 16px 0;
  border: solid var(--line); border-width: 1px 0; }
.facts dt { color: var(--quiet); font-size: 12px; }
.facts dd { margin: 0; font-weight: 550; }
.figures { display: grid; grid-template-columns: 680fr 360fr; gap: 20px 32px; }
figure { margin: 0; min-width: 0; }
.loss { grid-row: span 2; }
.narrow { display: none; }
figcaption { margin-top: 6px; }
svg { display: block; width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 0 0 10px; padding: 0; list-style: none;
  font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.swatch { width: 28px; flex: none; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; font-size: 13px; padding: 0 0 4px; }
th, td { text-align: left; font-weight: inherit; padding: 5px 0; border-bottom: 1px solid var(--line);
  vertical-align: baseline; }
th + *, td + * { padding-left: 20px; }
thead th { color: var(--quiet); font-size: 12px; }
.number { text-align: right; white-space: nowrap; }
.total { font-weight: 600; }
.inner th { padding-left: 18px; color: var(--quiet); }
.tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr));
  gap: 28px 48px; align-items: start; }
.recipe { columns: 320px 3; column-gap: 40px; font-size: 13px; }
.recipe table { break-inside: avoid; margin-bottom: 22px; }
.recipe th { color: var(--quiet); } .recipe td { text-align: right; }
.answer { padding: 18px 0; border-top: 1px solid var(--line); }
.answer p { max-width: none; margin: 0; white-space: pre-wrap; }
.asked { font-weight: 600; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 32px; margin-top: 12px; align-items: start; }
.alone { grid-column: 1 / -1; }
.label { display: block; color: var(--quiet); font-size: 12px; }
.part { border-left: 3px solid var(--c, var(--line)); padding-left: 12px; }
:lang(ko) { word-break: keep-all; }
.fit { max-width: 680px; }
.empty { color: var(--quiet); font-style: italic; }
@media (max-width: 760px) { main { padding: 24px 16px 48px; }
  .figures, .pair { grid-template-columns: minmax(0, 1fr); }
  .loss { grid-row: auto; } .wide { display: none; } .narrow { display: block; } h2 { margin-top: 40px; }
  th + *, td + * { padding-left: 10px; } .inner th { padding-left: 10px; }
  .facts { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 20px; margin-bottom: 24px; } }
@media print { :root { color-scheme: light; } .answer, figure, table { break-inside: avoid; } }
`;

/** Rules of the page of a comparison, after those of every report. */

/** What its drawings need, on the page and by themselves. */
export const COMPARISON_DRAWING_STYLE = `
:root { --c6: #8a5a3c; --c7: #5b5fc7; }
@media (prefers-color-scheme: dark) { :root { --c6: #cfa284; --c7: #a9acf5; } }
.c6 { --c: var(--c6); } .c7 { --c: var(--c7); }
.again path { stroke-dasharray: 5 4; } .again .mark, .again .bar { stroke-dasharray: none; }
.plots svg text { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; stroke-linejoin: round; }
svg .heading { fill: var(--text); font-weight: 600; }
svg .bar { fill: var(--c); fill-opacity: .55; stroke: none; }
svg .win { --c: var(--c0); fill-opacity: 1; } svg .tie { --c: var(--quiet); fill-opacity: .35; }
svg .loss { --c: var(--c1); fill-opacity: 1; }
.whisker { stroke: var(--text); stroke-width: 1.4; }
svg .band { fill: var(--c); fill-opacity: .16; stroke: none; }
`;

export const COMPARISON_STYLE = `${COMPARISON_DRAWING_STYLE}.plots { margin-top: 20px; }
.plots figcaption { color: var(--text); font-size: 14px; font-weight: 600; margin: 0 0 8px; }
.unfinished { border-left: 3px solid var(--c1); padding-left: 12px; }
.command { font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; max-width: none; margin: 8px 0 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 310px), 1fr)); gap: 32px 36px;
  align-items: start; }
.legend.block { margin-bottom: 14px; }
.scroll { overflow-x: auto; }
.scroll + .scroll { margin-top: 28px; }
.wide-table { font-size: 13px; overflow-wrap: normal; } .wide-table th + *, .wide-table td + * { padding-left: 16px; }
.wide-table th[scope=row], .wide-table td { white-space: nowrap; }
.wide-table thead th { vertical-align: bottom; white-space: normal; }
.wide-table tbody + tbody th[scope=rowgroup] { padding-top: 18px; }
th[scope=rowgroup] { font-weight: 600; }
.interval { color: var(--quiet); font-weight: 400; }
.best { font-weight: 650; }
.shade { background: color-mix(in srgb, var(--c0) calc(var(--share) * .5), transparent);
  border-left: 2px solid var(--ground); }
.shaded { width: auto; } .shaded .number { min-width: 76px; }
.shaded th[scope=row] { padding-right: 14px; }
.shaded td, .shaded thead .number { padding-left: 8px; padding-right: 8px; }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px 32px;
  margin-top: 12px; align-items: start; }
.verdict { font-weight: 600; } .right { --c: var(--c2); } .wrong { --c: var(--c1); }
.right .verdict, .wrong .verdict { color: var(--c); }
summary { cursor: pointer; }
`;

import { html } from '../report/markup.ts';
import type { Report } from './report.ts';
import { tableLines } from './table.ts';

export const comparisonPage = (report: Report): string =>
  html`<!doctype html><title>${report.name}</title><h1>${report.name}</h1><pre>${tableLines(report).join('\n')}</pre>`
    .text;

/** One page at one width in one colour scheme: what is wrong with it, and a picture of it. */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Devtools, Event, Fields } from './devtools.ts';

export interface View {
  /** Pixels. */
  width: number;
  scheme: 'light' | 'dark';
}

/** Runs in the page; gives a line for each thing that is wrong. */
const CHECKS = `(() => {
  const faults = [];
  const name = (element) => element.tagName.toLowerCase() + (element.className.baseVal ?? element.className ? '.' + (element.className.baseVal ?? element.className) : '') +
    ' "' + element.textContent.trim().slice(0, 40) + '"';
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > width + 0.5 && !e.closest('.scroll'));
    faults.push('overflows ' + width + ' px by ' + (document.documentElement.scrollWidth - width) + ': ' + wide.slice(0, 3).map(name).join(', '));
  }
  const drawings = [...document.querySelectorAll('svg')];
  const shown = drawings.filter((svg) => svg.checkVisibility());
  if (shown.length === 0) faults.push('shows no drawing');
  for (const svg of shown) {
    const { width, height } = svg.getBoundingClientRect();
    if (!(width > 0 && height > 0)) faults.push('drawing of no size: ' + name(svg));
    const box = svg.viewBox.baseVal;
    for (const text of svg.querySelectorAll('text')) {
      const { x, width } = text.getBBox();
      if (x < box.x - 1 || x + width > box.x + box.width + 1) faults.push('text leaves its drawing: ' + name(text));
    }
    if (!svg.hasAttribute('aria-hidden') && !svg.querySelector('title, desc')) faults.push('drawing without a text: ' + name(svg));
  }
  return faults;
})()`;

/** What the browser complained of, and any request but the page itself. */
function complaints(events: Event[], url: string): string[] {
  return events.flatMap(({ method, params }) => {
    const text = () => JSON.stringify(params).slice(0, 300);
    if (method === 'Runtime.consoleAPICalled' || method === 'Runtime.exceptionThrown')
      return `console: ${text()}`;
    if (method === 'Log.entryAdded') return `log: ${text()}`;
    if (method === 'Network.loadingFailed') return `failed request: ${text()}`;
    const requested = method === 'Network.requestWillBeSent' && (params.request as Fields).url;
    return requested && requested !== url ? `request: ${requested}` : [];
  });
}

/** Faults of the page, none for a good one; its picture, full length, goes to `picture`. */
export async function inspect(
  devtools: Devtools,
  file: string,
  { width, scheme }: View,
  picture: string,
): Promise<string[]> {
  const { send } = devtools;
  await send('Emulation.setDeviceMetricsOverride', {
    width,
    height: 900,
    deviceScaleFactor: 1,
    mobile: width < 600,
  });
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  const url = pathToFileURL(file).href;
  devtools.takeEvents();
  const loaded = devtools.next('Page.loadEventFired');
  await send('Page.navigate', { url });
  await loaded;
  const { result, exceptionDetails } = await send('Runtime.evaluate', {
    expression: CHECKS,
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(`checks: ${JSON.stringify(exceptionDetails)}`);
  const { data } = await send('Page.captureScreenshot', { captureBeyondViewport: true });
  await writeFile(picture, Buffer.from(data as string, 'base64'));
  return [...((result as Fields).value as string[]), ...complaints(devtools.takeEvents(), url)];
}

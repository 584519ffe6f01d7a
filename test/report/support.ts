/** What every page and drawing must hold, checked on its text. */
import assert from 'node:assert/strict';

const VOID = new Set(['meta', 'br', 'img', 'hr', 'input', 'link', '!doctype']);

/** `pattern` is nowhere in `text`; says where it is, rather than all of a page. */
export function assertNone(text: string, pattern: RegExp): void {
  const at = text.search(pattern);
  assert.equal(at < 0 ? '' : text.slice(Math.max(0, at - 60), at + 60), '');
}

/** Every tag is closed, in the order of opening, and no bare `<` or `&` stands in the text. */
export function assertBalanced(markup: string): void {
  const open: string[] = [];
  const text = markup
    .replace(/<style>[^<]*<\/style>/g, '')
    .replace(
      /<(\/?)([a-z!][a-z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"<]*")?)*)\s*(\/?)>/g,
      (_, closing, name, _attributes, self) => {
        if (closing) assert.equal(open.pop(), name, `</${name}> closes another`);
        else if (!self && !VOID.has(name)) open.push(name);
        return ' ';
      },
    );
  assert.deepEqual(open, []);
  assertNone(text, /[<>]|&(?!(amp|lt|gt|quot|#39);)/);
}

/** Nothing that a computation failed to find is written. */
export function assertNumbersFinite(markup: string): void {
  assertNone(markup, /NaN|Infinity|undefined|\[object|>null</);
  for (const [, path] of markup.matchAll(/ d="([^"]*)"/g)) assert.match(path, /^M[-\d.,MLHVhvlamz\s]+$/);
}

/** The frame of every page: head, style sheet and body. The page needs no other file, no script and no network. */
import { type Content, html, Markup } from './markup.ts';
import { STYLE } from './style.ts';

/**
 * A whole page as text.
 * @param content what stands in `main`
 * @param style rules of this kind of page, after those of all
 */
export function documentText(title: string, content: Content, style = ''): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – plug-tune</title>
<style>${new Markup(STYLE + style)}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`.text;
}

/** A picture as a page of its own, which needs nothing else. */

import type { IFigure, ILook } from './figure.ts';

/** Return the page. */
export async function pictureHtml(
  title: string,
  figure: IFigure,
  look: ILook,
  plotly: BlobPart
): Promise<Blob> {
  const code = await new Blob([plotly]).text();
  const given = JSON.stringify({ data: figure.data, layout: figure.layout });
  return new Blob(
    [
      `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>${escaped(title)}</title>\n`,
      `<style>body { margin: 16px; background: ${escaped(look.ground)}; color: ${escaped(look.text)}; `,
      'font-family: system-ui, sans-serif; } h1 { font-size: 1.1rem; }</style>\n',
      `</head>\n<body>\n<h1>${escaped(title)}</h1>\n<div id="picture"></div>\n<script>`,
      inScript(code),
      '</script>\n<script>\nconst figure = ',
      // In a script, only the end of it is special; and what begins a comment of HTML.
      given.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'),
      ";\nPlotly.newPlot('picture', figure.data, figure.layout, { responsive: true, displaylogo: false });\n",
      '</script>\n</body>\n</html>\n'
    ],
    { type: 'text/html' }
  );
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Return code that no browser takes for the end of its script. */
function inScript(code: string): string {
  return code.replace(/<\/script/gi, '<\\/script').replaceAll('<!--', '<\\!--');
}

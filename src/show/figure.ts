import type { TopLevelSpec } from 'vega-lite';
import { escapeHtml, type Part, uniqueId } from './parts.ts';
import { patterns } from './patterns.ts';

/** A picture for vega-lite to draw, and the same facts in words. */
interface FigureSpec {
  /** A few words: the picture's accessible name. */
  readonly title: string;
  /** The facts in sentences, for a reader who cannot see the picture. */
  readonly description: string;
  /** A visible line above the picture. */
  readonly caption?: string;
  /** The text twin. */
  readonly text: string;
  /** The specification for a picture of `width` px. A fill such as `url(#il-queue)` names a pattern. */
  readonly spec: (width: number) => TopLevelSpec;
}

/** Two drawings, since one that is scaled down to a phone cannot be read: the style shows the one that fits. */
const widths = { wide: 700, narrow: 340 } as const;

/** Draws a figure. vega is loaded when first needed (0.2–0.4 s); a drawing takes some 10 ms. */
export async function figure({ title, description, caption, text, spec }: FigureSpec): Promise<Part> {
  const drawings: string[] = [];
  for (const [name, width] of Object.entries(widths)) {
    const svg = await draw(spec(width));
    drawings.push(`<div class="il-picture il-${name}" hidden>${accessible(svg, title, description)}</div>`);
  }
  const above = caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  const twin = `<pre class="il-twin">${escapeHtml(text)}</pre>`;
  return { html: `<figure>${above}${drawings.join('')}${twin}</figure>`, text: caption ? `${caption}\n${text}` : text };
}

async function draw(spec: TopLevelSpec): Promise<string> {
  // Not at the top: vega has a top-level await, which a cell's require() cannot load, and costs 0.2 s and more.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const compiled = compile({ ...spec, config: theme }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

const text = { labelFontSize: 12, titleFontSize: 12, labelColor: 'var(--il-soft)', titleColor: 'var(--il-soft)' };
const theme = {
  background: 'transparent',
  padding: 2,
  font: 'inherit',
  aria: false,
  view: { stroke: null },
  axis: { ...text, titleFontWeight: 400, gridColor: 'var(--il-line)', domain: false, ticks: false, labelPadding: 5 },
  legend: { ...text },
  text: { fontSize: 12, fill: 'var(--il-ink)' },
} as const;

/** Vega's SVG with name, description and ids of its own, and without what a browser assumes anyway. */
function accessible(svg: string, title: string, description: string): string {
  const id = uniqueId(svg);
  const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
  const inner = svg
    .replace(/^<svg[^>]*>|<\/svg>$/g, '')
    .replace(
      /<path class="(?:background|foreground)"[^>]*><\/path>|<path class="(?:background|foreground)"[^>]*\/>/g,
      '',
    )
    .replace(/<text[^>]* opacity="0"[^>]*>[^<]*<\/text>/g, '')
    .replace(/ (?:class|role|aria-[a-z]+|pointer-events|font-family|stroke-miterlimit)="[^"]*"/g, '')
    .replace(/ opacity="1"| stroke-width="1"| transform="translate\(0,0\)"/g, '')
    .replace(/ font-size="12px"/g, '') // the style's own
    .replace(/<[^>]*>/g, (tag) => tag.replace(/\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10)))
    .replace(/(?:<g><\/g>)+/g, '')
    .replace(/url\(#il-/g, `url(#${id}-`);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-t ${id}-d" viewBox="0 0 ${width} ${height}"` +
    ` style="max-width:${width}px"><title id="${id}-t">${escapeHtml(title)}</title>` +
    `<desc id="${id}-d">${escapeHtml(description)}</desc>${patterns(inner, id)}${inner}</svg>`
  );
}

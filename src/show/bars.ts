import type { TopLevelSpec } from 'vega-lite';
import { figure } from './figure.ts';
import type { Part } from './parts.ts';
import { textWidth } from './table.ts';

/** One bar, with its spread where there is one. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
}

interface BarOptions {
  readonly title: string;
  /** How a value is written, with its unit. */
  readonly format: (value: number) => string;
  readonly caption: string;
}

/** Horizontal bars from zero, each with its value written at its end and a whisker from least to most. */
export async function drawBars(bars: readonly Bar[], { title, format, caption }: BarOptions): Promise<Part> {
  const facts = bars.map(({ name, value, least, most }) => {
    const range = least === undefined || most === undefined ? '' : ` (${format(least)} to ${format(most)})`;
    return `${name} ${format(value)}${range}`;
  });
  return figure({
    title,
    caption,
    description: `${facts.join('; ')}.`,
    text: barsAsText(bars, format),
    spec: (width) => barsSpec(bars, format, width),
  });
}

/** The text twin: a line for each bar. */
export function barsAsText(bars: readonly Bar[], format: (value: number) => string): string {
  const wide = Math.max(...bars.map((bar) => textWidth(bar.name)));
  const top = Math.max(...bars.map((bar) => bar.most ?? bar.value));
  return bars
    .map(({ name, value, most }) => {
      const cells = (part: number) => Math.max(0, Math.round((part / top) * 40));
      const bar = '█'.repeat(cells(value));
      const whisker = '─'.repeat(Math.max(0, cells(most ?? value) - cells(value)));
      return `${name}${' '.repeat(wide - textWidth(name))} ${bar}${whisker} ${format(value)}`;
    })
    .join('\n');
}

function barsSpec(bars: readonly Bar[], format: (value: number) => string, width: number): TopLevelSpec {
  const narrow = width < 500;
  const gutter = narrow ? 2 : Math.min(180, 14 + 7 * Math.max(...bars.map((bar) => textWidth(bar.name))));
  const values = bars.map(({ value }) => format(value));
  const right = 16 + 7 * Math.max(...values.map((text) => text.length));
  const inner = width - gutter - right;
  const top = Math.max(...bars.map((bar) => bar.most ?? bar.value), 1e-9);
  const pitch = narrow ? 40 : 28;
  const rows = bars.map((bar, index) => {
    const y = index * pitch + (narrow ? 17 : 4);
    const end = Math.max(bar.value, bar.most ?? 0);
    return {
      ...bar,
      zero: 0,
      y,
      y2: y + 18,
      middle: y + 9,
      end,
      text: values[index],
      label: narrow ? y - 8 : y + 9,
      left: ((2 - gutter) / inner) * top,
    };
  });
  const x = (field: string) => ({ field, type: 'quantitative', scale: { domain: [0, top], nice: false }, axis: null });
  const y = (field: string) => ({ field, type: 'quantitative', scale: null, axis: null });
  const text = { type: 'text', align: 'left', baseline: 'middle' };
  const whiskers = rows.filter(({ least, most }) => least !== undefined && most !== undefined && most > least);
  return {
    data: { values: rows },
    width: inner,
    height: bars.length * pitch,
    padding: { left: gutter, right, top: 2, bottom: 2 },
    autosize: { type: 'none' },
    layer: [
      {
        mark: { type: 'rect', fill: 'var(--il-run)' },
        encoding: { x: x('zero'), x2: { field: 'value' }, y: y('y'), y2: { field: 'y2' } },
      },
      ...(whiskers.length === 0
        ? []
        : [
            {
              data: { values: whiskers },
              mark: { type: 'rule', stroke: 'var(--il-bg)', strokeWidth: 4 },
              encoding: { x: x('least'), x2: { field: 'most' }, y: y('middle') },
            },
            {
              data: { values: whiskers },
              mark: { type: 'rule', stroke: 'var(--il-ink)', strokeWidth: 1.5 },
              encoding: { x: x('least'), x2: { field: 'most' }, y: y('middle') },
            },
            ...['least', 'most'].map((field) => ({
              data: { values: whiskers },
              mark: { type: 'tick', orient: 'vertical', size: 9, thickness: 1.5, color: 'var(--il-ink)' },
              encoding: { x: x(field), y: y('middle') },
            })),
          ]),
      { mark: { ...text, dx: 8 }, encoding: { x: x('end'), y: y('middle'), text: { field: 'text', type: 'nominal' } } },
      { mark: text, encoding: { x: x('left'), y: y('label'), text: { field: 'name', type: 'nominal' } } },
    ],
  } as unknown as TopLevelSpec;
}

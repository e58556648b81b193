import { escapeHtml, type Part, partsOf, Shown } from '../show/parts.ts';
import { table } from '../show/table.ts';

/** What a card says; asked for each time it is shown, so that it tells the state of that moment. */
interface CardFace {
  readonly title: string;
  readonly rows?: readonly Readonly<Record<string, string>>[];
  readonly lines: readonly string[];
  /** Source code, folded under these words. */
  readonly folded?: { readonly summary: string; readonly code: string };
}

/** A small panel of words: a task, a verdict, a hint, a solution. */
export class Card extends Shown {
  readonly #face: () => CardFace;

  /** @internal */
  constructor(face: () => CardFace) {
    super();
    this.#face = face;
  }

  protected override parts(): readonly Part[] {
    const { title, rows = [], lines, folded } = this.#face();
    const parts: Part[] = [{ html: `<p><strong>${escapeHtml(title)}</strong></p>`, text: title }];
    if (rows.length > 0) parts.push(...partsOf(table(rows)));
    if (lines.length > 0) {
      parts.push({ html: lines.map((line) => `<p>${escapeHtml(line)}</p>`).join(''), text: lines.join('\n') });
    }
    if (folded) {
      const code = `<pre>${escapeHtml(folded.code)}</pre>`;
      parts.push({
        html: `<details><summary>${escapeHtml(folded.summary)}</summary>${code}</details>`,
        text: `${folded.summary}\n${folded.code}`,
      });
    }
    return parts;
  }
}

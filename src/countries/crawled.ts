import { bytes, duration, plain } from '../show/format.ts';
import { type Part, partsOf, Shown } from '../show/parts.ts';
import { table } from '../show/table.ts';
import type { PageError, PageFailure } from './failure.ts';
import type { Page } from './page.ts';

/** What came of a crawl; it shows itself as a table of pages and times, and one of failures by cause. */
export class Crawled extends Shown {
  /** The pages that this crawl fetched, as they came. The `ms` of a page are from its first request to its file. */
  readonly fetched: readonly Page[];
  /** The pages that were whole from an earlier crawl. */
  readonly kept: readonly Pick<Page, 'url' | 'file' | 'bytes' | 'crc32'>[];
  /** The pages that did not come. */
  readonly failed: readonly PageError[];
  /** How many attempts failed, by cause, those that were then made good among them. */
  readonly failures: Readonly<Partial<Record<PageFailure, number>>>;
  /** Ms that it took. */
  readonly ms: number;

  /** @param failures why attempts failed, one by one */
  constructor(
    { fetched, kept, failed, ms }: Pick<Crawled, 'fetched' | 'kept' | 'failed' | 'ms'>,
    failures: readonly PageFailure[],
  ) {
    super();
    this.fetched = fetched;
    this.kept = kept;
    this.failed = failed;
    this.ms = ms;
    const counts: Partial<Record<PageFailure, number>> = {};
    for (const failure of failures) counts[failure] = (counts[failure] ?? 0) + 1;
    this.failures = counts;
  }

  /** Pages fetched in a second. */
  get rate(): number {
    return this.fetched.length / (this.ms / 1000);
  }

  /**
   * Ms in which that share of the pages came, from the first request to the file (nearest rank); NaN if none was
   * fetched.
   *
   * @example
   * crawled.percentile(95);
   */
  percentile(percent: number): number {
    const times = this.fetched.map(({ ms }) => ms).sort((a, b) => a - b);
    return times[Math.max(0, Math.ceil((percent / 100) * times.length) - 1)] ?? Number.NaN;
  }

  protected override parts(): readonly Part[] {
    const { fetched, kept, failed, failures, ms } = this;
    const figures: [string, string][] = [
      ['fetched', `${plain(fetched.length)} (${bytes(fetched.reduce((sum, page) => sum + page.bytes, 0))})`],
      ['kept from before', plain(kept.length)],
      ['failed', plain(failed.length)],
      ['time', duration(ms)],
      ['pages a second', plain(Math.round(this.rate * 10) / 10)],
    ];
    if (fetched.length > 0) {
      for (const percent of [50, 90, 99, 100]) {
        figures.push([
          percent === 100 ? 'slowest page' : `${percent} % of pages within`,
          duration(this.percentile(percent)),
        ]);
      }
    }
    const rows = figures.map(([what, value]) => ({ what, value }));
    const parts = [
      ...partsOf(
        table(rows, {
          caption: 'Crawl',
          columns: [
            { key: 'what', title: '' },
            { key: 'value', title: '', align: 'right' },
          ],
        }),
      ),
    ];
    const causes = Object.entries(failures).sort(([, one], [, other]) => other! - one!);
    if (causes.length > 0) {
      const last = (cause: string): number => failed.filter(({ failure }) => failure === cause).length;
      const lines = causes.map(([cause, attempts]) => ({ cause, attempts, 'pages lost': last(cause) }));
      parts.push(...partsOf(table(lines, { caption: 'Failures by cause' })));
    }
    return parts;
  }
}

/** What a manifest says of a page. */
export interface ManifestEntry {
  readonly url: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The name it had when the line was written, just before it got its own. */
  readonly part: string;
}

/** One page's line: one write of little text, so that lines of several processes do not mix. */
export function manifestLine(entry: ManifestEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** What a notebook kernel offers to the library. Ours sets it; under plain tslab, in tests and in scripts it is absent. */
export interface Host {
  /**
   * Shows one bundle of representations under the running cell.
   *
   * @param bundle MIME type to content, `text/plain` always among them
   * @param options `id` names the display, so that a later call with `update: true` replaces it in place
   */
  display(bundle: Readonly<Record<string, string>>, options?: { id?: string; update?: boolean }): void;
  /**
   * Calls `end` when the reader interrupts the running cell.
   *
   * @returns a function that takes the registration back
   */
  onInterrupt(end: () => void): () => void;
}

const key = Symbol.for('interleaved.host');

/** The kernel this code runs under, or undefined outside our kernel. */
export function host(): Host | undefined {
  return (globalThis as { [key]?: Host })[key];
}

/** Called once by the kernel. */
export function setHost(value: Host | undefined): void {
  (globalThis as { [key]?: Host | undefined })[key] = value;
}

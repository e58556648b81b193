/** A token bucket per client. */
export class Rate {
  readonly #perSecond: number;
  readonly #burst: number;
  /** What each client may still ask for, and when that was reckoned, ms. */
  readonly #clients = new Map<string, { tokens: number; at: number }>();

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Lets a request pass, which is 0, or tells after how many whole seconds the client may ask again. */
  take(client: string): number {
    const at = performance.now();
    const known = this.#clients.get(client) ?? { tokens: this.#burst, at };
    const tokens = Math.min(this.#burst, known.tokens + ((at - known.at) / 1000) * this.#perSecond);
    const passes = tokens >= 1;
    this.#clients.set(client, { tokens: passes ? tokens - 1 : tokens, at });
    return passes ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.#perSecond));
  }

  reset(): void {
    this.#clients.clear();
  }
}

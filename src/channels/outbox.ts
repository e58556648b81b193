import type { Wire } from './wires.ts';

/** One thing that is said over a wire; what moves with it, if anything does, is the fifth. */
export type Said = readonly [
  what: unknown,
  id?: number,
  value?: unknown,
  more?: unknown,
  transfer?: readonly unknown[],
];

/** What is told of what was sent. */
interface OutboxEvents {
  /** One could not be copied; the others have gone out. */
  refused(said: Said, error: unknown): void;
  /** All that was collected has gone out, or was refused. */
  sent?(): void;
}

/** So many lines are sent though nobody waits for them. */
const many = 256;

/** Collects what is said in one turn, and sends it as one message. */
export class Outbox {
  readonly #wire: Wire;
  readonly #on: OutboxEvents;
  #lines: Said[] = [];
  #isPlanned = false;

  constructor(wire: Wire, on: OutboxEvents) {
    this.#wire = wire;
    this.#on = on;
  }

  push(...said: Said): void {
    this.#lines.push(said);
    this.#plan();
  }

  /** Says what nobody waits for: with what is said next, or with many of its kind. */
  later(...said: Said): void {
    this.#lines.push(said);
    if (this.#lines.length >= many) this.#plan();
  }

  flush(): void {
    this.#isPlanned = false;
    const lines = this.#lines;
    if (lines.length === 0) return;
    this.#lines = [];
    try {
      this.#post(lines);
    } catch {
      for (const line of lines) {
        try {
          this.#post([line]);
        } catch (error) {
          this.#on.refused(line, error);
        }
      }
    }
    this.#on.sent?.();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() => this.flush());
  }

  #post(lines: readonly Said[]): void {
    this.#wire.post(lines, lines.length === 1 ? (lines[0]![4] ?? []) : lines.flatMap((line) => line[4] ?? []));
  }
}

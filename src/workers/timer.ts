/** Calls `late` after that time; never when there is none, or it is more than the 24 days that a timer can take. */
export function timer(ms: number | undefined, late: () => void): NodeJS.Timeout | undefined {
  return ms !== undefined && ms < 2 ** 31 ? setTimeout(late, ms) : undefined;
}

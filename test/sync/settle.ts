/** Lets everything go on that is ready to. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
